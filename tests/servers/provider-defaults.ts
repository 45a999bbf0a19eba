import type { Configuration } from 'oidc-provider';
import { errorPage, PAGE_HEADERS } from './sign-in-pages.ts';

/** Own sign-in pages and error pages, and lifetimes in seconds: what the servers of the tests have in common. */
export const PROVIDER_DEFAULTS = {
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    ClientCredentials: 300,
    DeviceCode: 300,
    Grant: 3600,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
  },
  renderError: (ctx, out) => {
    ctx.set(PAGE_HEADERS);
    ctx.body = errorPage('The authorization server refused the request', { ...out });
  },
} satisfies Configuration;
