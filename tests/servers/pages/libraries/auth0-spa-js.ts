import { Auth0Client } from '@auth0/auth0-spa-js';
import { page, run } from '../library-page.ts';

const { client, id, issuer, urls } = page;

const auth0 = new Auth0Client({
  domain: new URL(issuer).host,
  issuer,
  clientId: id,
  cacheLocation: client.keeps === 'localStorage' ? 'localstorage' : 'memory',
  useRefreshTokens: client.refreshes,
  authorizationParams: { redirect_uri: urls.callback, scope: client.scope },
});

run({
  signIn: () => auth0.loginWithRedirect(),
  finish: async () => {
    await auth0.handleRedirectCallback();
    history.replaceState(null, '', location.pathname);
    return { ...(await auth0.getTokenSilently({ detailedResponse: true })) };
  },
  renew: async () => ({ access_token: await auth0.getTokenSilently({ cacheMode: 'off' }) }),
});
