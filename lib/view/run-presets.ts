import { EMPTY_FORM, type RunForm } from './run-form.ts';

/** What is peculiar about a provider, and a form that fits it. */
export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly form: Partial<RunForm>;
  /** Sentences; names of parameters in backticks. */
  readonly quirks: readonly string[];
}

/** `YOUR-…` stands for what only the person knows. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'google',
    name: 'Google',
    form: { issuer: 'https://accounts.google.com', method: 'client_secret_post', scope: 'openid email' },
    quirks: [
      'Clients of the type "Web application" need their secret, also with PKCE.',
      'A refresh token comes with `access_type=offline`, and again only with `prompt=consent`.',
    ],
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    form: { issuer: 'https://login.microsoftonline.com/YOUR-TENANT-ID/v2.0', scope: 'openid profile' },
    quirks: [
      'Take the id of the tenant: with `common` the metadata name an issuer that no token has.',
      'Register the redirect URI as "Mobile and desktop": one of a single-page application wants an `Origin`.',
    ],
  },
  {
    id: 'github',
    name: 'GitHub',
    form: {
      server: 'endpoints',
      endpoints: {
        authorization_endpoint: 'https://github.com/login/oauth/authorize',
        token_endpoint: 'https://github.com/login/oauth/access_token',
      },
      method: 'client_secret_post',
      scope: 'read:user',
    },
    quirks: ['It speaks OAuth only: no ID token, no metadata.', 'Errors of the token endpoint come with status 200.'],
  },
  {
    id: 'okta',
    name: 'Okta',
    form: { issuer: 'https://YOUR-DOMAIN.okta.com/oauth2/default' },
    quirks: ['`/oauth2/default` is the custom server; without it the tokens are for Okta itself and stay opaque.'],
  },
  {
    id: 'auth0',
    name: 'Auth0',
    form: { issuer: 'https://YOUR-TENANT.auth0.com/', extra: 'audience=YOUR-API' },
    quirks: [
      'The issuer ends in a slash, and has to.',
      'Without `audience` the access token is opaque and for userinfo only.',
    ],
  },
  {
    id: 'keycloak',
    name: 'Keycloak',
    form: { issuer: 'https://YOUR-HOST/realms/YOUR-REALM' },
    quirks: [
      'Before version 17 there is `/auth` in front of `/realms`.',
      '"Web origins" of the client decide on CORS.',
    ],
  },
  {
    id: 'cognito',
    name: 'Amazon Cognito',
    form: { issuer: 'https://cognito-idp.YOUR-REGION.amazonaws.com/YOUR-POOL-ID', scope: 'openid' },
    quirks: ['Issuer and endpoints are at different hosts; the metadata lead there.'],
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    form: { issuer: 'https://gitlab.com', scope: 'openid' },
    quirks: ['The application has to be registered as not confidential to go without a secret.'],
  },
  {
    id: 'apple',
    name: 'Apple',
    form: { issuer: 'https://appleid.apple.com', method: 'client_secret_post', scope: 'openid' },
    quirks: [
      'The secret is a JWT that you sign, good for half a year at most.',
      'With the scopes `name` or `email` it insists on `response_mode=form_post`, which no extension receives.',
    ],
  },
  {
    id: 'salesforce',
    name: 'Salesforce',
    form: { issuer: 'https://login.salesforce.com', scope: 'openid refresh_token' },
    quirks: ['The scope for a refresh token is `refresh_token`.', 'Sandboxes are at `https://test.salesforce.com`.'],
  },
  {
    id: 'spotify',
    name: 'Spotify',
    form: {
      server: 'endpoints',
      endpoints: {
        authorization_endpoint: 'https://accounts.spotify.com/authorize',
        token_endpoint: 'https://accounts.spotify.com/api/token',
      },
      scope: 'user-read-email',
    },
    quirks: ['It speaks OAuth only: no ID token.'],
  },
];

/** The form of a preset; how the run is to go stays as it was. */
export function presetForm({ id, form }: Preset, { mode }: RunForm): RunForm {
  return { ...EMPTY_FORM, page: 'form', mode, preset: id, ...form };
}
