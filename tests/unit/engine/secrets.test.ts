import { expect, test } from 'vitest';

import { collectSecrets, secretKind } from '../../../lib/engine/secrets.ts';
import { parseObservations, parseTrace } from '../../../lib/http/trace.ts';
import { recognise } from '../../../lib/oauth/recognise.ts';
import { answer, authorize, tokenRequest, trace } from '../oauth/flows.ts';

const secretsOf = (text: string): Record<string, string> =>
  Object.fromEntries(collectSecrets(recognise(parseTrace(text))));

test('every value that proves something is collected with what it is', () => {
  expect(
    secretsOf(
      trace(
        authorize({ more: 'nonce=n-0S6_WzA2Mj&scope=openid%20profile&login_hint=jane%40app.example' }),
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
        tokenRequest('grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_secret=gX1fBat3bV-eYd8s'),
        answer({
          access_token: '2YotnFZFEjr1zCsicMWpAA',
          refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
          token_type: 'Bearer',
        }),
      ),
    ),
  ).toEqual({
    af0ifjsldkjQ2w7: 'state',
    'n-0S6_WzA2Mj': 'nonce',
    'jane@app.example': 'other',
    SplxlOBeZQQYbYS6WxSbIA: 'code',
    'gX1fBat3bV-eYd8s': 'client secret',
    '2YotnFZFEjr1zCsicMWpAA': 'access token',
    tGzv3JOkF0XG5Qx2TlKWIA: 'refresh token',
  });
});

test('short values are hidden by their name only', () => {
  expect(secretsOf(authorize({ state: 'xyz' }))).toEqual({});
});

test('names that providers use are secret, too', () => {
  for (const name of ['auth_code', 'authCode', 'clientSecret', 'app_secret', 'Password', 'ACCESS_TOKEN'])
    expect(secretKind(name)).not.toBeNull();
  for (const name of ['client_id', 'scope', 'redirect_uri', 'response_type', 'iss'])
    expect(secretKind(name)).toBeNull();
});

test('credentials in HTTP Basic: as sent, decoded once, and form-decoded', () => {
  const sent = btoa('web1:gX1f%2FBat3bV+eYd8s');
  const text = tokenRequest('grant_type=client_credentials', 'https://as.example/token', [
    `Authorization: Basic ${sent}`,
  ]);
  expect(secretsOf(text)).toEqual({
    [sent]: 'client secret',
    'gX1f%2FBat3bV+eYd8s': 'client secret',
    'gX1f/Bat3bV eYd8s': 'client secret',
  });
});

test('a token inside an object of the token response', () => {
  const text = trace(
    tokenRequest('code=SplxlOBeZQQYbYS6WxSbIA&client_id=1.2', 'https://slack.com/api/oauth.v2.access'),
    answer({
      ok: true,
      authed_user: { id: 'U123456789', access_token: 'xoxp-1234-5678', nothing: null, token: 1_234_567_890 },
      incoming: [null, { token: 'inner-token-1' }],
    }),
  );
  expect(secretsOf(text)).toEqual({
    SplxlOBeZQQYbYS6WxSbIA: 'code',
    'xoxp-1234-5678': 'access token',
    'inner-token-1': 'access token',
  });
});

test('a token that is shown to a resource', () => {
  const text = trace(
    tokenRequest('grant_type=client_credentials'),
    answer({ access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'Bearer' }),
    'GET https://as.example/userinfo\nAuthorization: Bearer another-access-token',
  );
  expect(secretsOf(text)).toMatchObject({ 'another-access-token': 'access token' });
});

test('secrets in storage are collected by their names, however they are written and nested', () => {
  const text = `
    STORAGE local https://app.example
    accessToken = 2YotnFZFEjr1zCsicMWpAA
    cache = {"body":{"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","scope":"openid profile"},"list":[{"ID-Token":"eyJhbGciOiJub25lIn0"}]}
    nested = {"state":"{\\"code_verifier\\":\\"dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1\\"}"}
    theme = a-very-long-name-of-a-theme

    STORAGE cookie https://app.example
    auth.0 = base64-eyJhY2Nlc3NfdG9rZW4iOiJqYVhS
    auth.1 = bjBKcTRzbjI4WCJ9
    client_secret = a%2Fb%2Bc%3Dd0123456789
  `;
  const snapshots = parseObservations(text).filter((o) => o.is === 'storage');
  expect(Object.fromEntries(collectSecrets([], snapshots))).toEqual({
    '2YotnFZFEjr1zCsicMWpAA': 'access token',
    tGzv3JOkF0XG5Qx2TlKWIA: 'refresh token',
    eyJhbGciOiJub25lIn0: 'ID token',
    dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1: 'verifier',
    jaXRn0Jq4sn28X: 'access token',
    'a/b+c=d0123456789': 'client secret',
  });
});
