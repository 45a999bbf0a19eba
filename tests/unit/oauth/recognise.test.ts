import { describe, expect, test } from 'vitest';

import { parseTrace } from '../../../lib/http/trace.ts';
import type { OAuthMessage } from '../../../lib/model/message.ts';
import { seen } from '../../../lib/model/observation.ts';
import { recognise } from '../../../lib/oauth/recognise.ts';
import { encodeBase64url } from '../../../lib/token/base64url.ts';
import { answer, authorize, recognised, redirect, tokenRequest, trace } from './flows.ts';

const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const STATE = 'af0ifjsldkjQ2w7';
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const JSON_TYPE = 'Content-Type: application/json';

function only(text: string): OAuthMessage {
  const [message, ...more] = recognise(parseTrace(text));
  if (message === undefined || more.length > 0) throw new Error(`${more.length + (message ? 1 : 0)} messages`);
  return message;
}

function values(message: OAuthMessage): Record<string, string> {
  return Object.fromEntries(message.params.map((p) => [`${p.where} ${p.as ?? p.name}`, p.value]));
}

const jws = (claims: Readonly<Record<string, unknown>>): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => encodeBase64url(new TextEncoder().encode(part)))
    .join('.');

describe('every kind', () => {
  const tokens = { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'Bearer', expires_in: 3600 };
  const redeem = tokenRequest(`grant_type=authorization_code&code=${CODE}&client_id=web1`);
  const par = tokenRequest('response_type=code&client_id=web1', 'https://as.example/par');
  const device = tokenRequest('client_id=tv&scope=profile', 'https://as.example/device_authorization');
  const metadata = {
    issuer: 'https://as.example',
    authorization_endpoint: 'https://as.example/go',
    token_endpoint: 'https://as.example/change',
    pushed_authorization_request_endpoint: 'https://as.example/push',
    device_authorization_endpoint: 'https://as.example/screenless',
    revocation_endpoint: 'https://as.example/forget',
    introspection_endpoint: 'https://as.example/look',
    userinfo_endpoint: 'https://as.example/me',
    registration_endpoint: 'https://as.example/clients',
    end_session_endpoint: 'https://as.example/leave',
    jwks_uri: 'https://as.example/public',
  };
  const learned = trace('GET https://as.example/.well-known/openid-configuration', answer(metadata));
  const keys = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] };

  test.each<[string, string, string[]]>([
    ['authorization request', authorize({}), ['authorizationRequest request']],
    [
      'authorization request by POST',
      `POST https://as.example/authorize\n${FORM}\n\nresponse_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      ['authorizationRequest request'],
    ],
    [
      'authorization request that only a redirect shows',
      trace('GET https://app.example/login', redirect(authorize({}).slice(4))),
      ['authorizationRequest location'],
    ],
    [
      'authorization response in the query',
      `GET https://app.example/cb?code=${CODE}&state=${STATE}`,
      ['authorizationResponse request'],
    ],
    [
      'authorization response in the fragment',
      'GET https://app.example/#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer',
      ['authorizationResponse request'],
    ],
    [
      'authorization response by form_post',
      `POST https://app.example/cb\n${FORM}\n\ncode=${CODE}&state=${STATE}`,
      ['authorizationResponse request'],
    ],
    [
      'authorization response that only a redirect shows',
      trace('GET https://as.example/continue', redirect(`https://app.example/cb?code=${CODE}&state=${STATE}`)),
      ['authorizationResponse location'],
    ],
    [
      'error response',
      `GET https://app.example/cb?error=access_denied&state=${STATE}`,
      ['authorizationResponse request'],
    ],
    [
      'error response by form_post, whose body has nothing but the error',
      trace(authorize({}), `POST https://app.example/cb\n${FORM}\n\nerror=access_denied`),
      ['authorizationRequest request', 'authorizationResponse request'],
    ],
    ['token request, form', redeem, ['tokenRequest request']],
    [
      'token request, JSON',
      `POST https://as.example/token\n${JSON_TYPE}\n\n{"grant_type":"refresh_token","refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}`,
      ['tokenRequest request'],
    ],
    [
      'token request, multipart',
      'POST https://as.example/token\nContent-Type: multipart/form-data; boundary=x7f\n\n--x7f\nContent-Disposition: form-data; name="grant_type"\n\nclient_credentials\n--x7f--',
      ['tokenRequest request'],
    ],
    [
      'token request by GET',
      `GET https://graph.facebook.com/v19.0/oauth/access_token?client_id=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&client_secret=7f&code=${CODE}`,
      ['tokenRequest request'],
    ],
    ['token response', trace(redeem, answer(tokens)), ['tokenRequest request', 'tokenResponse response']],
    [
      'error of the token endpoint',
      trace(redeem, answer({ error: 'invalid_grant' }, 400)),
      ['tokenRequest request', 'tokenResponse response'],
    ],
    [
      'token response of a request that tells nothing',
      trace('POST https://app.example/session', answer(tokens)),
      ['tokenResponse response'],
    ],
    [
      'token response, form-encoded',
      trace(
        tokenRequest(`client_id=1&client_secret=7f&code=${CODE}`, 'https://github.com/login/oauth/access_token'),
        `200\n${FORM}\n\naccess_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo%2Cgist&token_type=bearer`,
      ),
      ['tokenRequest request', 'tokenResponse response'],
    ],
    [
      'pushed authorization request and its answer',
      trace(
        par,
        answer({ request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c', expires_in: 60 }, 201),
      ),
      ['pushedAuthorizationRequest request', 'pushedAuthorizationResponse response'],
    ],
    [
      'device authorization request and its answer',
      trace(
        device,
        answer({
          device_code: 'GmRhmhcxhwAzkoEqiMEg',
          user_code: 'WDJB-MJHT',
          verification_uri: 'https://as.example/device',
        }),
      ),
      ['deviceAuthorizationRequest request', 'deviceAuthorizationResponse response'],
    ],
    [
      'revocation',
      tokenRequest('token=45ghiukldjahdnhzdauz', 'https://as.example/revoke'),
      ['revocationRequest request'],
    ],
    [
      'introspection, JSON',
      `POST https://as.example/token/introspect\n${JSON_TYPE}\n\n{"token":"45ghiukldjahdnhzdauz"}`,
      ['introspectionRequest request'],
    ],
    [
      'userinfo',
      trace('GET https://as.example/userinfo\nAuthorization: Bearer SlAV32hkKG', answer({ sub: '248289761001' })),
      ['userinfoRequest request', 'userinfoResponse response'],
    ],
    [
      'client registration',
      `POST https://as.example/reg\n${JSON_TYPE}\n\n{"redirect_uris":["https://app.example/cb"],"client_name":"My App"}`,
      ['clientRegistrationRequest request'],
    ],
    [
      'metadata of OpenID Connect',
      trace('GET https://as.example/tenant/.well-known/openid-configuration', answer(metadata)),
      ['metadata request'],
    ],
    [
      'metadata of OAuth, answer unseen',
      'GET https://as.example/.well-known/oauth-authorization-server/tenant',
      ['metadata request'],
    ],
    [
      'metadata of a protected resource',
      trace(
        'GET https://api.example/.well-known/oauth-protected-resource',
        answer({ resource: 'https://api.example' }),
      ),
      ['metadata request'],
    ],
    [
      'key set with a key of no kind',
      trace('GET https://as.example/jwks', answer({ keys: [{ kid: 'old' }, ...keys.keys] })),
      ['jwks request'],
    ],
    ['key set', trace('GET https://as.example/oauth2/v3/certs', answer(keys)), ['jwks request']],
    [
      'sign-out',
      'GET https://as.example/session/end?id_token_hint=eyJhbGciOiJSUzI1NiJ9.e30.c2ln&post_logout_redirect_uri=https%3A%2F%2Fapp.example',
      ['logoutRequest request'],
    ],
    [
      'sign-out at Auth0',
      'GET https://tenant.auth0.com/v2/logout?client_id=spa&returnTo=https%3A%2F%2Fapp.example',
      ['logoutRequest request'],
    ],
    [
      'sign-out at Keycloak before version 18',
      'GET https://sso.example/realms/main/protocol/openid-connect/logout?redirect_uri=https%3A%2F%2Fapp.example',
      ['logoutRequest request'],
    ],
    [
      'sign-out at Cognito, which looks like an authorization request',
      'GET https://shop.auth.eu-west-1.amazoncognito.com/logout?client_id=1h57kf5cpq17m0eml12EXAMPLE&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&scope=openid&state=af0ifjsldkjQ2w7',
      ['logoutRequest request'],
    ],
    [
      'use of a token that was issued',
      trace(redeem, answer(tokens), 'GET https://api.example/orders\nAuthorization: Bearer 2YotnFZFEjr1zCsicMWpAA'),
      ['tokenRequest request', 'tokenResponse response', 'resourceRequest request'],
    ],
    [
      'use of a token in an address',
      trace(redeem, answer(tokens), 'GET https://api.example/orders?access_token=2YotnFZFEjr1zCsicMWpAA'),
      ['tokenRequest request', 'tokenResponse response', 'resourceRequest request'],
    ],
    [
      'endpoints that only the metadata names',
      trace(
        learned,
        'GET https://as.example/go?client_id=web1',
        tokenRequest('client_id=web1&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA', 'https://as.example/change'),
        tokenRequest('client_id=web1', 'https://as.example/push'),
        tokenRequest('client_id=web1', 'https://as.example/screenless'),
        tokenRequest('token=45ghiukldjahdnhzdauz', 'https://as.example/forget'),
        tokenRequest('token=45ghiukldjahdnhzdauz', 'https://as.example/look'),
        'GET https://as.example/me',
        `POST https://as.example/clients\n${JSON_TYPE}\n\n{"client_name":"My App"}`,
        'GET https://as.example/leave',
        trace('GET https://as.example/public', answer(keys)),
      ),
      [
        'metadata request',
        'authorizationRequest request',
        'tokenRequest request',
        'pushedAuthorizationRequest request',
        'deviceAuthorizationRequest request',
        'revocationRequest request',
        'introspectionRequest request',
        'userinfoRequest request',
        'clientRegistrationRequest request',
        'logoutRequest request',
        'jwks request',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(recognised(text)).toEqual(expected);
  });

  test('metadata that is fetched last counts for what came before', () => {
    expect(recognised(trace('GET https://as.example/go?client_id=web1', learned))).toEqual([
      'authorizationRequest request',
      'metadata request',
    ]);
  });

  test('an unseen answer is a message all the same, and says that it is hidden', () => {
    const [, response] = recognise(parseTrace(`# capture watch\n${trace(redeem, answer(tokens))}`));
    expect(response).toMatchObject({ kind: 'tokenResponse', bodyHidden: 'api-hides-it', params: [] });
  });

  test('an answer in another window, on another port, by another server is judged by its own shape', () => {
    for (const body of [
      { accessToken: 'x', token_type: 'Bearer' },
      { access_token_url: 'https://as.example/token', token_type: 'Bearer' },
      { access_token: 'x', token_types: ['Bearer'] },
    ]) {
      expect(recognised(trace('POST https://app.example/session', answer(body)))).toEqual([]);
    }
    expect(
      recognised(
        trace('GET https://app.example/help', '200\nContent-Type: text/html\n\n<p>access_token and token_type</p>'),
      ),
    ).toEqual([]);
  });
});

describe('parameters', () => {
  test('percent-encoded names are decoded once', () => {
    const message = only(
      `GET https://as.example/authorize?response%5Ftype=code&client%5Fid=web1&%72edirect_uri=https%253A%252F%252Fapp.example`,
    );
    expect(message.kind).toBe('authorizationRequest');
    expect(values(message)).toEqual({
      'query response_type': 'code',
      'query client_id': 'web1',
      'query redirect_uri': 'https%3A%2F%2Fapp.example',
    });
  });

  test('repeated names stay repeated, in order', () => {
    const message = only(`${authorize({})}&state=second&scope=`);
    expect(message.params.map((p) => p.name)).toEqual([
      'response_type',
      'client_id',
      'redirect_uri',
      'state',
      'state',
      'scope',
    ]);
  });

  test.each([
    ['clientId', 'redirectUri'],
    ['client_key', 'redirect_uri'],
    ['appid', 'redirect_uri'],
    ['app_id', 'redirect_url'],
    ['client_id', 'redirectUrl'],
    ['client_id', 'redirect_to'],
  ])('%s and %s are known by their standard names', (client, target) => {
    const message = only(
      `GET https://as.example/oauth2/authorize?response_type=code&${client}=a1&${target}=https%3A%2F%2Fapp.example%2Fcb`,
    );
    expect(message.kind).toBe('authorizationRequest');
    expect(values(message)).toMatchObject({ 'query client_id': 'a1', 'query redirect_uri': 'https://app.example/cb' });
  });

  test('claims of a request object are parameters, null ones are not', () => {
    const request = jws({ response_type: 'code', redirect_uri: 'https://app.example/cb', max_age: 60, state: null });
    const message = only(`GET https://as.example/authorize?client_id=web1&request=${request}`);
    expect(values(message)).toEqual({
      'query client_id': 'web1',
      'query request': request,
      'jwt response_type': 'code',
      'jwt redirect_uri': 'https://app.example/cb',
      'jwt max_age': '60',
    });
    expect(message).toMatchObject({ kind: 'authorizationRequest', opaque: null, responseType: ['code'] });
  });

  test.each([
    ['encrypted', 'request=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d', 'request'],
    ['broken', 'request=abc', 'request'],
    ['pushed', 'request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11', 'request_uri'],
  ])('an %s request hides its parameters', (_, parameter, opaque) => {
    expect(only(`GET https://as.example/authorize?client_id=web1&response_type=code&${parameter}`)).toMatchObject({
      opaque,
    });
  });

  test('claims of a JWT-secured response are parameters', () => {
    const response = jws({ iss: 'https://as.example', aud: 'web1', code: CODE, state: STATE });
    const [, message] = recognise(
      parseTrace(trace(authorize({ more: 'response_mode=jwt' }), `GET https://app.example/x?response=${response}`)),
    );
    expect(message?.kind).toBe('authorizationResponse');
    expect(message && values(message)).toMatchObject({
      'jwt code': CODE,
      'jwt state': STATE,
      'jwt iss': 'https://as.example',
    });
  });

  test('an error in a JWT-secured response is its error', () => {
    const response = jws({ iss: 'https://as.example', aud: 'web1', error: 'access_denied', state: STATE });
    const messages = recognise(parseTrace(trace(authorize({}), `GET https://app.example/cb?response=${response}`)));
    expect(messages[1]).toMatchObject({ error: 'access_denied', channel: 'query' });
  });

  test.each([
    ['#', 'fragment'],
    ['#/', 'fragment'],
    ['#!/', 'fragment'],
    ['#?', 'fragment'],
    ['#/login/callback?', 'fragment'],
    ['?', 'query'],
  ])('a response behind %s is in the %s', (lead, channel) => {
    const message = only(
      `GET https://app.example/cb${lead}access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer&state=${STATE}`,
    );
    expect(message).toMatchObject({ kind: 'authorizationResponse', channel });
    expect(values(message)).toMatchObject({ [`${channel} access_token`]: '2YotnFZFEjr1zCsicMWpAA' });
  });

  test('parameters in two places of one response are all there', () => {
    const message = only(
      `GET https://app.example/cb?state=${STATE}#code=${CODE}&id_token=eyJhbGciOiJSUzI1NiJ9.e30.c2ln`,
    );
    expect(message).toMatchObject({ channel: 'fragment' });
    expect(Object.keys(values(message))).toEqual(['query state', 'fragment code', 'fragment id_token']);
  });

  test('response_type is a list of words, without case, by space, comma or plus', () => {
    for (const type of ['code%20ID_TOKEN', 'code,id_token', 'code+id_token', 'code%2Bid_token']) {
      expect(only(`GET https://as.example/authorize?client_id=web1&response_type=${type}`)).toMatchObject({
        responseType: ['code', 'id_token'],
      });
    }
  });

  test('a body that cannot be read is said to be hidden', () => {
    const message = only('# hides request-body\nPOST https://www.linkedin.com/oauth/v2/accessToken');
    expect(message).toMatchObject({ kind: 'tokenRequest', bodyHidden: 'stripped', grant: null });
  });
});

test('fields of a form that the browser parsed', () => {
  const [asked, posted] = parseTrace(trace(authorize({}), 'POST https://app.example/cb'));
  if (asked === undefined || posted === undefined) throw new Error('no exchanges');
  const fields = [
    ['code', CODE],
    ['state', STATE],
  ] as const;
  const body = seen({ is: 'form', fields } as const);
  const [, message] = recognise([asked, { ...posted, request: { ...posted.request, body } }]);
  expect(message).toMatchObject({ kind: 'authorizationResponse', channel: 'form_post' });
});

test('polling at the address of the device authorization is a token request', () => {
  const body = 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmh&client_id=tv';
  expect(recognised(tokenRequest(body, 'https://as.example/auth/device'))).toEqual(['tokenRequest request']);
});

test.each([
  'https://as.example/device_authorization',
  'https://login.microsoftonline.com/common/oauth2/v2.0/devicecode',
  'https://oauth2.googleapis.com/device/code',
  'https://dev-1.okta.com/oauth2/default/v1/device/authorize',
  'https://sso.example/realms/main/protocol/openid-connect/auth/device',
  'https://gitlab.com/oauth/authorize_device',
  'https://ids.example/connect/deviceauthorization',
  'https://sso.example/as/device_authz.oauth2',
  'https://as.example/device_code',
])('a device asks at %s', (url) => {
  expect(recognised(tokenRequest('client_id=tv&scope=profile', url))).toEqual(['deviceAuthorizationRequest request']);
});

test('a device asks with a response type, as the first draft had it', () => {
  const body = 'response_type=device_code&client_id=tv&scope=profile';
  expect(recognised(tokenRequest(body, 'https://api.amazon.com/auth/o2/create/codepair'))).toEqual([
    'deviceAuthorizationRequest request',
  ]);
});

test.each([
  ['a grant of its own', tokenRequest('grant_type=ntlm&windows_token=abc', 'https://as.example/oauth2/token')],
  ['a grant by GET', 'GET https://graph.example/access_token?grant_type=ig_exchange_token&access_token=IGQ1'],
  [
    'names in camel case',
    'POST https://api.example/userAccessToken\n\n{"clientId":"web1","clientSecret":"x","code":"k7GhT1xa","grantType":"authorization_code"}',
  ],
])('a token request with %s', (_, request) => {
  expect(recognised(request)).toEqual(['tokenRequest request']);
});

test.each([
  ['revocationRequest', 'https://as.example/api/v1/revoke_token', 'token=abc&token_type_hint=access_token'],
  ['revocationRequest', 'https://as.example/-/oauth_revoke', 'client_id=web1&token=abc'],
  ['revocationRequest', 'https://oauth.yandex.ru/revoke_token', 'access_token=abc&client_id=web1'],
  ['introspectionRequest', 'https://as.example/oauth/v2/introspectToken', 'client_id=web1&token=abc'],
  ['introspectionRequest', 'https://as.example/oauth/check_token', 'token=abc'],
  [
    'pushedAuthorizationRequest',
    'https://as.example/pushed_authorization_request',
    'response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
  ],
  ['userinfoRequest', 'https://as.example/userinfo', 'access_token=mF_9.B5f-4.1JqM'],
])('%s at %s', (kind, url, body) => {
  expect(recognised(tokenRequest(body, url))).toEqual([`${kind} request`]);
});

test('a client is registered at an address of its own', () => {
  const client = '{"redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code"]}';
  expect(recognised(`POST https://as.example/clients\n\n${client}`)).toEqual(['clientRegistrationRequest request']);
  expect(recognised('POST https://as.example/clients\n\n{"redirect_uris":["https://app.example/cb"]}')).toEqual([]);
});

test.each([
  'https://as.example/oauth2/rp-logout-page?post_logout_redirect_uri=https%3A%2F%2Fapp.example',
  'https://as.example/end-session/?id_token_hint=eyJhbGciOiJub25lIn0.e30.',
  'https://auth.pingone.eu/1/as/signoff?id_token_hint=eyJhbGciOiJub25lIn0.e30.',
  'https://sso.example/idp/init_logout.openid?id_token_hint=eyJhbGciOiJub25lIn0.e30.',
  'https://tenant.auth0.com/v2/logout?returnTo=https%3A%2F%2Fapp.example',
  'https://as.example/oauth2/logout?client_id=web1&tenantId=1',
  'https://kauth.kakao.com/oauth/logout?client_id=web1&logout_redirect_uri=https%3A%2F%2Fapp.example',
])('a sign-out at the server: %s', (url) => {
  expect(recognised(`GET ${url}`)).toEqual(['logoutRequest request']);
});

test.each(['https://ids.example/.well-known/openid-configuration/jwks', 'https://sso.example/pf/JWKS'])(
  'keys at %s',
  (url) => {
    expect(recognised(trace(`GET ${url}`, answer({ keys: [{ kty: 'RSA', n: 'a', e: 'AQAB' }] })))).toEqual([
      'jwks request',
    ]);
  },
);

test('an access token in the address of userinfo is no answer of the server', () => {
  expect(recognised('GET https://www.googleapis.com/oauth2/v3/userinfo?access_token=ya29.a0AfH6')).toEqual([
    'userinfoRequest request',
  ]);
  expect(recognised('GET https://as.example/oauth2/tokeninfo?access_token=ya29.a0AfH6')).toEqual([]);
});

test('a request object that is fetched', () => {
  expect(
    recognised('GET https://as.example/authorize?client_id=web1&request_uri=https%3A%2F%2Fapp.example%2Fr'),
  ).toEqual(['authorizationRequest request']);
});

test.each([
  'https://app.example/?error=login_required&state=af0ifjsldkjQ2w7',
  'https://app.example/#error=access_denied',
  'http://localhost:3000/?error=unauthorized_client&error_description=the+client+may+not',
  'https://app.example/login?error=user_blocked&error_description=blocked&state=af0ifjsldkjQ2w7',
  'https://app.example/welcome?from=mail&code=SplxlOBeZQQYbYS6WxSbIA&state=xyz',
  'https://app.example/?code=4%2F0AX4XfWhQk3',
  'https://abcdefghijklmnop.chromiumapp.org/?code=k7GhT1xa',
  'https://login.live.com/oauth20_desktop.srf?code=k7GhT1xa&lc=1033',
  'https://www.facebook.com/connect/login_success.html?code=k7GhT1xa',
  'https://login.microsoftonline.com/common/oauth2/nativeclient?error=access_denied',
])('an answer by itself: %s', (url) => {
  expect(recognised(`GET ${url}`)).toEqual(['authorizationResponse request']);
});

describe('one callback is one message', () => {
  const callback = `https://app.example/cb?code=${CODE}&state=${STATE}`;

  test('seen as Location and as the next request: at the request', () => {
    expect(recognised(trace(authorize({}), redirect(callback), `GET ${callback}`))).toEqual([
      'authorizationRequest request',
      'authorizationResponse request',
    ]);
  });

  test('seen only as Location: at the redirect', () => {
    expect(recognised(trace(authorize({}), redirect(callback)))).toEqual([
      'authorizationRequest request',
      'authorizationResponse location',
    ]);
  });

  test('the answer of the very request that asked for it needs no tell-tale of its own', () => {
    const plain = authorize({ to: 'https://app.example/welcome', state: 'x1' });
    expect(recognised(trace(plain, redirect('https://app.example/welcome?code=k7&state=x1')))).toEqual([
      'authorizationRequest request',
      'authorizationResponse location',
    ]);
  });

  test('a redirect of the server tells as much about the next request as about its Location', () => {
    const pushed =
      'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11';
    const target = 'https://app.example/welcome?code=k7GhT1xa&state=x1';
    expect(recognised(trace(pushed, redirect(target)))[1]).toBe('authorizationResponse location');
    expect(recognised(trace(pushed, redirect(target), `GET ${target}`))[1]).toBe('authorizationResponse request');
  });

  test('a redirect whose history is unknown is judged like an address', () => {
    const target = `https://app.example/x?code=${CODE}&state=${STATE}`;
    expect(recognised(trace('GET https://app.example/start', redirect(target)))).toEqual([
      'authorizationResponse location',
    ]);
    const weak = 'https://app.example/x?code=k7GhT1xa&state=xyz';
    expect(recognised(trace('GET https://app.example/start', redirect(weak)))).toEqual([]);
  });

  test.each(['ticket=abc', 'service=mail', 'wa=yes', 'openid.realm=x'])(
    '%s alone is no other protocol',
    (parameter) => {
      expect(recognised(`${authorize({})}&${parameter}`)).toEqual(['authorizationRequest request']);
    },
  );

  test('a fragment that both show', () => {
    const target = 'https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer';
    expect(recognised(trace(authorize({ type: 'token' }), redirect(target), `GET ${target}`))).toEqual([
      'authorizationRequest request',
      'authorizationResponse request',
    ]);
  });

  test('a fragment that only the Location shows', () => {
    const target = 'https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer';
    expect(recognised(trace(authorize({ type: 'token' }), redirect(target), 'GET https://app.example/cb'))).toEqual([
      'authorizationRequest request',
      'authorizationResponse location',
    ]);
  });

  test.each([
    ['only the Location shows', `${callback}#_=_`, callback],
    ['the request inherited', callback, `${callback}#/home`],
  ])('a fragment without meaning that %s', (_, location, request) => {
    expect(recognised(trace(authorize({}), redirect(location), `GET ${request}`))).toEqual([
      'authorizationRequest request',
      'authorizationResponse request',
    ]);
  });

  test.each([
    ['relative', `/cb?code=${CODE}&state=${STATE}`],
    ['written differently', `HTTPS://APP.example:443/cb?code=${CODE}&state=${STATE}`],
  ])('a Location that is %s', (_, location) => {
    expect(recognised(trace('GET https://app.example/finish', redirect(location), `GET ${callback}`))).toEqual([
      'authorizationResponse request',
    ]);
  });

  test('a preflight is no message', () => {
    const preflight = 'OPTIONS https://as.example/token?grant_type=client_credentials';
    expect(recognised(trace(preflight, '204', tokenRequest('grant_type=client_credentials&client_id=job')))).toEqual([
      'tokenRequest request',
    ]);
  });

  test('another trace knows nothing of it', () => {
    const target = 'https://app.example/welcome?code=k7&state=x1';
    const asked = authorize({ to: 'https://app.example/welcome', state: 'x1' });
    expect(recognised(trace(asked, `# trace other\nGET ${target}`))).toEqual(['authorizationRequest request']);
  });
});

describe('providers', () => {
  test.each<[string, string, string]>([
    [
      'google',
      'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=1.apps.googleusercontent.com&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid',
      'Google',
    ],
    [
      'google',
      'GET https://accounts.google.com/o/oauth2/auth?response_type=permission%20id_token&client_id=1&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth123&openid.realm=&ss_domain=https%3A%2F%2Fapp.example',
      'Google',
    ],
    [
      'entra',
      'GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=1&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_mode=form_post',
      'Microsoft Entra ID',
    ],
    [
      'entra',
      'GET https://t.b2clogin.com/t.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/authorize?client_id=1&response_type=code',
      'Microsoft Entra ID',
    ],
    [
      'microsoft-account',
      'GET https://login.live.com/oauth20_authorize.srf?client_id=1&response_type=code',
      'Microsoft account',
    ],
    ['github', 'GET https://github.com/login/oauth/authorize?client_id=Ov23liEXAMPLE&state=af0ifjsldkjQ2w7', 'GitHub'],
    [
      'facebook',
      'GET https://www.facebook.com/v19.0/dialog/oauth?client_id=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
      'Facebook',
    ],
    [
      'apple',
      'GET https://appleid.apple.com/auth/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapp.example&response_type=code%20id_token&response_mode=web_message&frame_id=f&m=11&v=1.5.5',
      'Apple',
    ],
    ['okta', 'GET https://dev-1.okta.com/oauth2/default/v1/authorize?client_id=1&response_type=code', 'Okta'],
    ['auth0', 'GET https://tenant.eu.auth0.com/authorize?client_id=1&response_type=code&audience=api', 'Auth0'],
    [
      'keycloak',
      'GET https://sso.example/realms/main/protocol/openid-connect/auth?client_id=1&response_type=code',
      'Keycloak',
    ],
    [
      'cognito',
      'GET https://shop.auth.eu-west-1.amazoncognito.com/oauth2/authorize?client_id=1&response_type=token',
      'Amazon Cognito',
    ],
    [
      'slack',
      'GET https://slack.com/oauth/v2/authorize?client_id=1.2&scope=chat:write,bot&redirect_uri=https%3A%2F%2Fapp.example',
      'Slack',
    ],
    ['linkedin', 'GET https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=1', 'LinkedIn'],
    [
      'discord',
      'GET https://discord.com/api/oauth2/authorize?response_type=code&client_id=1&scope=identify',
      'Discord',
    ],
    [
      'discord',
      'GET https://discord.com/oauth2/authorize?response_type=code&client_id=1&scope=identify%20bot&permissions=8',
      'Discord',
    ],
    [
      'tiktok',
      'GET https://www.tiktok.com/v2/auth/authorize/?client_key=aw1&response_type=code&scope=user.info.basic&redirect_uri=https%3A%2F%2Fapp.example',
      'TikTok',
    ],
    [
      'wechat',
      'GET https://open.weixin.qq.com/connect/qrconnect?appid=wx1&redirect_uri=https%3A%2F%2Fapp.example&response_type=code&scope=snsapi_login#wechat_redirect',
      'WeChat',
    ],
    [
      'shopify',
      'GET https://shop.myshopify.com/admin/oauth/authorize?client_id=1&scope=read_orders&redirect_uri=https%3A%2F%2Fapp.example',
      'Shopify',
    ],
    [
      'supabase',
      'GET https://project.supabase.co/auth/v1/authorize?provider=google&redirect_to=https%3A%2F%2Fapp.example%2Fcb',
      'Supabase',
    ],
    ['supabase', 'GET https://project.supabase.co/auth/v1/authorize?provider=github', 'Supabase'],
    ['pingfederate', 'GET https://sso.example/as/authorization.oauth2?client_id=1&response_type=code', 'PingFederate'],
  ])('%s: %s', (id, text, name) => {
    expect(only(text)).toMatchObject({ kind: 'authorizationRequest', provider: { id, name } });
  });

  test('a broker’s token request with the grant in the address and the code in JSON', () => {
    const message = only(
      `POST https://project.supabase.co/auth/v1/token?grant_type=pkce\n${JSON_TYPE}\n\n{"auth_code":"1b0ac2f6-6d3b-4a37-9a0c-2ad1a3f5a0b5","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}`,
    );
    expect(message).toMatchObject({ kind: 'tokenRequest', grant: 'pkce', provider: { id: 'supabase' } });
    expect(values(message)).toMatchObject({ 'body code': '1b0ac2f6-6d3b-4a37-9a0c-2ad1a3f5a0b5' });
  });

  test.each([
    ['https://api.login.yahoo.com/oauth2/get_token', 'yahoo'],
    ['https://slack.com/api/oauth.access', 'slack'],
    ['https://www.linkedin.com/oauth/v2/accessToken', 'linkedin'],
    ['https://open.tiktokapis.com/v2/oauth/token/', 'tiktok'],
  ])('the token endpoint %s is known even when the body is hidden', (url, id) => {
    expect(only(`# hides request-body\nPOST ${url}`)).toMatchObject({ kind: 'tokenRequest', provider: { id } });
  });

  test.each([
    ['gsiwebsdk=3&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1', 'google-identity'],
    ['redirect_uri=postmessage', 'google-identity'],
    ['redirect_uri=https%3A%2F%2Fstaticxx.facebook.com%2Fx%2Fconnect%2Fxd_arbiter%2F', 'facebook-sdk'],
    ['redirect_uri=https%3A%2F%2Fp.firebaseapp.com%2F__%2Fauth%2Fhandler', 'firebase-auth'],
    ['redirect_uri=https%3A%2F%2Fapp.example&response_mode=web_message&frame_id=f1', 'apple-js'],
    ['redirect_uri=https%3A%2F%2Fapp.example&response_mode=web_message', undefined],
  ])('%s was sent by %s', (query, id) => {
    const message = only(`GET https://as.example/authorize?response_type=code&client_id=web1&${query}`);
    expect(message.sdk?.id).toBe(id);
  });
});

describe('sender of a token request', () => {
  const body = 'grant_type=client_credentials&client_id=job';
  const redeem = (headers: readonly string[] = []) => tokenRequest(body, 'https://as.example/token', headers);
  const page = '# resource document\nGET https://app.example/';

  test.each<[string, string, string | null]>([
    ['nothing', redeem(), null],
    ['watched in a browser', `# capture watch\n${redeem()}`, 'capture'],
    ['recorded in a browser', `# capture record\n${redeem()}`, 'capture'],
    ['developer tools', `# capture devtools\n${redeem()}`, 'capture'],
    ['the extension’s own run', `# capture run\n${redeem()}`, null],
    ['a page as initiator', `# initiator https://app.example/login\n${redeem()}`, 'initiator'],
    ['a stack as initiator', `# initiator parser\n${redeem()}`, null],
    ['sec-fetch-site', redeem(['Sec-Fetch-Site: cross-site']), 'fetch-metadata'],
    ['sec-fetch-mode', redeem(['sec-fetch-mode: cors']), 'fetch-metadata'],
    ['sec-fetch-dest', redeem(['SEC-FETCH-DEST: empty']), 'fetch-metadata'],
    ['an Origin', redeem(['Origin: https://app.example']), 'origin'],
    ['an Origin that names nobody', redeem(['Origin: null']), null],
    ['a User-Agent alone', redeem(['User-Agent: Mozilla/5.0']), null],
    ['a page before it', trace(page, redeem()), 'page-in-trace'],
    ['a page after it', trace(redeem(), page), 'page-in-trace'],
    ['a page of another trace', trace(`# trace other\n${page}`, redeem()), null],
    ['an image before it', trace('# resource image\nGET https://app.example/a.png', redeem()), null],
  ])('%s', (_, text, because) => {
    const message = recognise(parseTrace(text)).find((m) => m.kind === 'tokenRequest');
    expect(message).toMatchObject({ sentBy: because === null ? 'unknown' : 'browser', sentByBecause: because });
  });

  test('the person’s word counts, but the browser’s own capture says more', () => {
    const [told] = recognise(parseTrace(redeem()), { toldPublic: true });
    expect(told).toMatchObject({ sentBy: 'browser', sentByBecause: 'told' });
    const [watched] = recognise(parseTrace(`# capture watch\n${redeem()}`), { toldPublic: true });
    expect(watched).toMatchObject({ sentByBecause: 'capture' });
  });
});
