import { describe, expect, test } from 'vitest';

import { answer, authorize, flowsOf, links, redirect, tokenRequest, trace } from './flows.ts';

const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const STATE = 'af0ifjsldkjQ2w7';
const CALLBACK = `GET https://app.example/cb?code=${CODE}&state=${STATE}`;
const REDEEM = tokenRequest(`grant_type=authorization_code&code=${CODE}&client_id=web1`);
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const TOKENS = {
  access_token: '2YotnFZFEjr1zCsicMWpAA',
  token_type: 'Bearer',
  refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
  id_token: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyNDgyODk3NjEwMDEifQ.c2lnbmF0dXJl',
};

describe('proofs', () => {
  test('state ties the response, the code the token request, the exchange its answer', async () => {
    expect(await links(trace(authorize({}), CALLBACK, REDEEM, answer(TOKENS)))).toEqual([
      [
        'authorizationRequest by starts-flow',
        'authorizationResponse by state',
        'tokenRequest by code',
        'tokenResponse by same-exchange',
      ],
    ]);
  });

  test('a refresh token ties every later refresh, rotated or not', async () => {
    const first = tokenRequest(`grant_type=refresh_token&refresh_token=${TOKENS.refresh_token}`);
    const second = tokenRequest('grant_type=refresh_token&refresh_token=8xLOxBtZp8t6Fg2TlKWIA');
    const rotated = answer({ ...TOKENS, refresh_token: '8xLOxBtZp8t6Fg2TlKWIA' });
    expect(await links(trace(REDEEM, answer(TOKENS), first, rotated, second))).toEqual([
      [
        'tokenRequest by starts-flow',
        'tokenResponse by same-exchange',
        'tokenRequest by refresh-token',
        'tokenResponse by same-exchange',
        'tokenRequest by refresh-token',
      ],
    ]);
  });

  test('request_uri ties the pushed request to the one in the address, and only the first of those is the client’s', async () => {
    const uri = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c';
    const address = `GET https://as.example/authorize?client_id=web1&request_uri=${encodeURIComponent(uri)}`;
    const found = await links(
      trace(
        tokenRequest(
          `response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${STATE}`,
          'https://as.example/par',
        ),
        answer({ request_uri: uri, expires_in: 60 }, 201),
        address,
        redirect(`https://as.example/authorize/resume?client_id=web1&request_uri=${encodeURIComponent(uri)}`),
        `GET https://as.example/authorize/resume?client_id=web1&request_uri=${encodeURIComponent(uri)}`,
        redirect(CALLBACK.slice(4)),
        CALLBACK,
      ),
    );
    expect(found).toEqual([
      [
        'pushedAuthorizationRequest by starts-flow',
        'pushedAuthorizationResponse by same-exchange',
        'authorizationRequest by request_uri',
        'authorizationRequest (server) by request_uri',
        'authorizationResponse by state',
      ],
    ]);
  });

  test('device_code ties the polling to the device authorization', async () => {
    const poll = tokenRequest(
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS&client_id=tv',
    );
    const found = await links(
      trace(
        tokenRequest('client_id=tv&scope=profile', 'https://as.example/device_authorization'),
        answer({
          device_code: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS',
          user_code: 'WDJB-MJHT',
          verification_uri: 'https://as.example/device',
        }),
        poll,
        answer({ error: 'authorization_pending' }, 400),
        poll,
      ),
    );
    expect(found).toEqual([
      [
        'deviceAuthorizationRequest by starts-flow',
        'deviceAuthorizationResponse by same-exchange',
        'tokenRequest by device_code',
        'tokenResponse by same-exchange',
        'tokenRequest by device_code',
      ],
    ]);
  });

  test.each([
    ['S256', CHALLENGE],
    ['plain', VERIFIER],
  ])('a code verifier ties the token request to its %s challenge when the code was not seen', async (method, value) => {
    const request = authorize({ more: `code_challenge=${value}&code_challenge_method=${method}` });
    const redeem = tokenRequest(`grant_type=authorization_code&code=${CODE}&code_verifier=${VERIFIER}`);
    expect(await links(trace(request, redeem))).toEqual([
      ['authorizationRequest by starts-flow', 'tokenRequest by code-verifier'],
    ]);
  });

  test('an access token, an ID token or a refresh token that is shown later belongs to the flow that issued it', async () => {
    const hint = encodeURIComponent(TOKENS.id_token);
    const found = await links(
      trace(
        REDEEM,
        answer(TOKENS),
        `GET https://as.example/userinfo\nAuthorization: Bearer ${TOKENS.access_token}`,
        answer({ sub: '248289761001' }),
        `GET https://api.example/orders\nAuthorization: Bearer ${TOKENS.access_token}`,
        tokenRequest(`token=${TOKENS.refresh_token}&client_id=web1`, 'https://as.example/revoke'),
        tokenRequest(`token=${TOKENS.access_token}`, 'https://as.example/introspect'),
        `GET https://as.example/logout?id_token_hint=${hint}`,
      ),
    );
    expect(found).toEqual([
      [
        'tokenRequest by starts-flow',
        'tokenResponse by same-exchange',
        'userinfoRequest by access-token',
        'userinfoResponse by same-exchange',
        'resourceRequest by access-token',
        'revocationRequest by refresh-token',
        'introspectionRequest by access-token',
        'logoutRequest by id-token',
      ],
    ]);
  });

  test('a redirect chain ties a response that lacks its state', async () => {
    const callback = `https://app.example/cb?code=${CODE}`;
    expect(await links(trace(authorize({}), redirect(callback), `GET ${callback}`))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by redirect-chain'],
    ]);
  });

  test('a redirect chain is followed over hops that mean nothing', async () => {
    const callback = `https://app.example/cb?code=${CODE}`;
    const login = 'https://as.example/login?continue=1';
    const found = await links(
      trace(authorize({}), redirect(login), `GET ${login}`, redirect(callback), `GET ${callback}`),
    );
    expect(found).toEqual([['authorizationRequest by starts-flow', 'authorizationResponse by redirect-chain']]);
  });

  test('an answer without a code leaves the client id to tell', async () => {
    const error = `GET https://app.example/cb?error=login_required&state=${STATE}`;
    expect(await links(trace(authorize({}), error, REDEEM))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state', 'tokenRequest by client?'],
    ]);
  });

  test('an error without state comes back down the redirect chain', async () => {
    const callback = 'https://app.example/cb?error=access_denied';
    expect(await links(trace(authorize({}), redirect(callback), `GET ${callback}`))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by redirect-chain'],
    ]);
  });

  test.each([
    ['posted by a page of the server', '# initiator https://as.example', ''],
    ['of unknown origin', '', '?'],
    ['posted by a site whose name ends alike', '# initiator https://evilas.example', '?'],
    ['posted by the client’s own page', '# initiator https://app.example', '?'],
  ])('the redirect URI ties a response without state that was %s', async (_, initiator, doubt) => {
    const form = [
      initiator,
      'POST https://app.example/cb',
      'Content-Type: application/x-www-form-urlencoded',
      '',
      `code=${CODE}`,
    ];
    const posted = form.filter((line, index) => line !== '' || index > 0).join('\n');
    expect(await links(trace(authorize({ state: null }), posted))).toEqual([
      ['authorizationRequest by starts-flow', `authorizationResponse by redirect-uri${doubt}`],
    ]);
  });

  test('another state than the one sent still ties by redirect URI when the server redirected', async () => {
    const callback = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyzOtherState1';
    const consent = 'POST https://as.example/consent\nContent-Type: application/x-www-form-urlencoded\n\nallow=yes';
    expect(await links(trace(authorize({}), consent, redirect(callback), `GET ${callback}`))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by redirect-uri'],
    ]);
  });

  test('the client id ties a token request whose code was never seen, without certainty', async () => {
    expect(await links(trace(authorize({}), REDEEM))).toEqual([
      ['authorizationRequest by starts-flow', 'tokenRequest by client?'],
    ]);
  });

  test('a client id in HTTP Basic is form-decoded before it is compared', async () => {
    const basic = btoa(`${encodeURIComponent('https://app.example')}:gX1fBat3bV-eYd8s`);
    const redeem = tokenRequest(`grant_type=authorization_code&code=${CODE}`, 'https://as.example/token', [
      `Authorization: Basic ${basic}`,
    ]);
    expect(await links(trace(authorize({ client: 'https://app.example' }), redeem))).toEqual([
      ['authorizationRequest by starts-flow', 'tokenRequest by client?'],
    ]);
  });

  test('a token request with another code than the one that came back is no part of the flow', async () => {
    const other = tokenRequest('grant_type=authorization_code&code=n3XtC0deThatIsAnother&client_id=web1');
    expect(await links(trace(authorize({}), CALLBACK, other))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state'],
      ['tokenRequest by starts-flow'],
    ]);
  });
});

describe('hops of one request', () => {
  test('the server’s own later hop is not the client’s', async () => {
    const hop = authorize({ at: 'https://as.example/login/authorize' });
    expect(await links(trace(authorize({}), redirect(hop.slice(4)), hop))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationRequest (server) by redirect-chain'],
    ]);
  });

  test('a hop that no longer names the client is the server’s', async () => {
    const hop = 'https://as.example/oauth2/auth?response_type=code&login_challenge=3f2a1b9c8d7e';
    expect(await links(trace(authorize({}), redirect(hop), `GET ${hop}`))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationRequest (server) by redirect-chain'],
    ]);
  });

  test('another client on the server’s own site is a broker’s', async () => {
    const hop = authorize({ at: 'https://inner.as.example/authorize', client: 'broker', state: 'upStr3amStateV4lue' });
    expect(await links(trace(authorize({}), redirect(hop.slice(4)), hop))).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationRequest (upstream) by starts-flow'],
    ]);
  });

  test('a server of two sites that hands the request on is one server', async () => {
    const hop = authorize({ at: 'https://login.other.example/authorize' });
    const callback = `https://app.example/cb?code=${CODE}&state=${STATE}`;
    expect(
      await links(trace(authorize({}), redirect(hop.slice(4)), hop, redirect(callback), `GET ${callback}`)),
    ).toEqual([
      [
        'authorizationRequest by starts-flow',
        'authorizationRequest (server) by redirect-chain',
        'authorizationResponse by state',
      ],
    ]);
  });

  test('a reload of the request is no second flow', async () => {
    expect(await links(trace(`# tab 1\n${authorize({})}`, `# tab 1\n${authorize({})}`))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationRequest (server) by same-request'],
    ]);
  });

  test('the same request in two tabs is two flows', async () => {
    expect(await links(trace(`# tab 1\n${authorize({})}`, `# tab 2\n${authorize({})}`))).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationRequest by starts-flow'],
    ]);
  });

  test('the same request again after it was answered is a new flow', async () => {
    expect(await links(trace(authorize({}), CALLBACK, authorize({})))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state'],
      ['authorizationRequest by starts-flow'],
    ]);
  });

  test('a reload of the callback stays in its flow', async () => {
    expect(await links(trace(authorize({}), CALLBACK, CALLBACK))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state', 'authorizationResponse by state'],
    ]);
  });

  test('a reloaded callback stays in its flow although the same state waits for another answer', async () => {
    const found = await links(
      trace(authorize({ more: 'nonce=n-0S6_WzA2Mj' }), CALLBACK, authorize({ more: 'nonce=n-1T7_XaB3Nk' }), CALLBACK),
    );
    expect(found).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state', 'authorizationResponse by code'],
      ['authorizationRequest by starts-flow'],
    ]);
  });

  test('a client that redirects its callback to itself gets one flow', async () => {
    const slash = `https://app.example/cb/?code=${CODE}&state=${STATE}`;
    expect(await links(trace(CALLBACK, redirect(slash), `GET ${slash}`))).toEqual([
      ['authorizationResponse by starts-flow', 'authorizationResponse by redirect-chain'],
    ]);
  });
});

describe('a redirect chain that leads to a request of its own', () => {
  test('a sign-in after a sign-out is the client’s own', async () => {
    const request = authorize({});
    const out = 'https://as.example/logout?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye';
    const found = await links(
      trace(
        `GET ${out}`,
        redirect('https://app.example/bye'),
        'GET https://app.example/bye',
        redirect(request.slice(4)),
        request,
      ),
    );
    expect(found).toEqual([['logoutRequest by starts-flow'], ['authorizationRequest by starts-flow']]);
  });

  test('a second request after the answer to the first is the client’s own, on the same site or another', async () => {
    const silent = authorize({ more: 'prompt=none' });
    const error = `https://app.example/cb?error=login_required&state=${STATE}`;
    for (const at of ['https://as.example/authorize', 'https://as2.example/authorize']) {
      const again = authorize({ at, state: 'bH7kd0PqLm3sVw9' });
      const found = await links(trace(silent, redirect(error), `GET ${error}`, redirect(again.slice(4)), again));
      expect(found).toEqual([
        ['authorizationRequest by starts-flow', 'authorizationResponse by state'],
        ['authorizationRequest by starts-flow'],
      ]);
    }
  });

  test('an answer that comes down a chain from a sign-out starts a flow', async () => {
    const out = 'https://as.example/logout?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
    const callback = `https://app.example/cb?code=${CODE}&state=${STATE}`;
    expect(await links(trace(`GET ${out}`, redirect(callback), `GET ${callback}`))).toEqual([
      ['logoutRequest by starts-flow'],
      ['authorizationResponse by starts-flow'],
    ]);
  });
});

describe('brokers', () => {
  const upstream = authorize({
    at: 'https://accounts.google.com/o/oauth2/v2/auth',
    client: 'broker-at-google',
    to: 'https://broker.example/login/callback',
    state: 'upStr3amStateV4lue',
  });

  test('a request that the broker redirects to is the broker’s, with an answer of its own', async () => {
    const inner = 'https://broker.example/login/callback?code=4%2F0AQlEd8xUpstreamC0de&state=upStr3amStateV4lue';
    const request = authorize({ at: 'https://broker.example/authorize' });
    const found = await links(
      trace(
        request,
        redirect(upstream.slice(4)),
        upstream,
        redirect(inner),
        `GET ${inner}`,
        redirect(CALLBACK.slice(4)),
        CALLBACK,
      ),
    );
    expect(found).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by state'],
      ['authorizationRequest (upstream) by starts-flow', 'authorizationResponse by state'],
    ]);
  });

  test('without a redirect chain, a redirect URI at a server that is being asked tells', async () => {
    const found = await links(trace(authorize({ at: 'https://broker.example/authorize' }), upstream));
    expect(found).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationRequest (upstream) by starts-flow'],
    ]);
  });

  test.each([
    'https://abcdefgh.supabase.co/auth/v1/callback',
    'https://tenant.eu.auth0.com/login/callback',
    'https://shop.auth.eu-west-1.amazoncognito.com/oauth2/idpresponse',
    'https://sso.example/realms/main/broker/google/endpoint',
    'https://tenant.b2clogin.com/tenant.onmicrosoft.com/oauth2/authresp',
    'https://dev-1.okta.com/oauth2/v1/authorize/callback',
    'https://project.firebaseapp.com/__/auth/handler',
  ])('the callback of a known broker tells by itself: %s', async (to) => {
    expect(await links(authorize({ at: 'https://accounts.google.com/o/oauth2/v2/auth', to }))).toEqual([
      ['authorizationRequest (upstream) by starts-flow'],
    ]);
  });

  test('once the broker has answered, a redirect URI on its host is an ordinary client', async () => {
    const found = await links(trace(authorize({ at: 'https://broker.example/authorize' }), CALLBACK, upstream));
    expect(found[1]).toEqual(['authorizationRequest by starts-flow']);
  });
});

describe('two candidates', () => {
  const one = authorize({ state: null, more: 'scope=profile' });
  const two = authorize({ state: null, client: 'web2', more: 'scope=profile' });

  test('a response that fits two requests joins neither', async () => {
    expect(await links(trace(one, two, `GET https://app.example/cb?code=${CODE}`))).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationRequest by starts-flow'],
      ['authorizationResponse by starts-flow'],
    ]);
  });

  test('their tabs tell them apart', async () => {
    const found = await links(
      trace(`# tab 1\n${one}`, `# tab 2\n${two}`, `# tab 2\nGET https://app.example/cb?code=${CODE}`),
    );
    expect(found).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationRequest by starts-flow', 'authorizationResponse by redirect-uri?'],
    ]);
  });

  test('a state that two open requests share proves nothing without a redirect chain', async () => {
    const web1 = authorize({});
    const web2 = authorize({ client: 'web2' });
    expect((await links(trace(web1, web2, CALLBACK)))[2]).toEqual(['authorizationResponse by starts-flow']);
    const chained = await links(trace(web1, redirect(CALLBACK.slice(4)), web2, CALLBACK));
    expect(chained[0]?.at(-1)).toBe('authorizationResponse by redirect-chain');
  });

  test('a code that came back in two flows proves nothing', async () => {
    const second = authorize({ state: 'bH7kd0PqLm3sVw9' });
    const found = await links(
      trace(authorize({}), second, CALLBACK, `GET https://app.example/cb?code=${CODE}&state=bH7kd0PqLm3sVw9`, REDEEM),
    );
    expect(found.map((flow) => flow.length)).toEqual([2, 2, 1]);
  });

  test('a client id that two flows share proves nothing', async () => {
    const second = authorize({ state: 'bH7kd0PqLm3sVw9' });
    expect((await links(trace(authorize({}), second, REDEEM))).map((flow) => flow.length)).toEqual([1, 1, 1]);
  });

  test('two traces never share a flow', async () => {
    expect(await links(trace(`# trace one\n${authorize({})}`, `# trace two\n${CALLBACK}`))).toEqual([
      ['authorizationRequest by starts-flow'],
      ['authorizationResponse by starts-flow'],
    ]);
  });
});

test('two interleaved sign-ins stay apart', async () => {
  const other = { client: 'web2', to: 'https://shop.example/cb', state: 'bH7kd0PqLm3sVw9' };
  const found = await links(
    trace(
      authorize({}),
      authorize(other),
      'GET https://shop.example/cb?code=n3XtC0deThatIsAnother&state=bH7kd0PqLm3sVw9',
      CALLBACK,
      REDEEM,
      tokenRequest('grant_type=authorization_code&code=n3XtC0deThatIsAnother&client_id=web2'),
    ),
  );
  const whole = ['authorizationRequest by starts-flow', 'authorizationResponse by state', 'tokenRequest by code'];
  expect(found).toEqual([whole, whole]);
});

describe('requests whose parameters were not seen', () => {
  const reference = (client: string, uri: string): string =>
    `GET https://as.example/authorize?client_id=${client}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A${uri}`;
  const push = (state: string, status = 201): string =>
    trace(
      `# capture watch\n# tab 1\n${tokenRequest(
        `response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${state}`,
        'https://as.example/par',
      )}`,
      String(status),
    );
  const ask = (uri: string, client = 'web1', tab = 1): string =>
    `# capture watch\n# tab ${tab}\n${reference(client, uri)}`;
  const comeBack = (state: string, from = 'https://as.example/login', tab = 1): string =>
    trace(
      `# capture watch\n# tab ${tab}\nPOST ${from}`,
      redirect(`https://app.example/cb?code=${CODE}&state=${state}`),
      `# capture watch\n# tab ${tab}\nGET https://app.example/cb?code=${CODE}&state=${state}`,
    );

  test('the reference to what a page pushed belongs to it, whatever the unseen answer says', async () => {
    expect(await links(trace(push(STATE), ask('6esc'), comeBack(STATE)))).toEqual([
      [
        'pushedAuthorizationRequest by starts-flow',
        'pushedAuthorizationResponse by same-exchange',
        'authorizationRequest by client?',
        'authorizationResponse by state',
      ],
    ]);
  });

  test.each([
    ['two requests were pushed', trace(push(STATE), push('bH7kd0PqLm3sVw9'), ask('6esc'))],
    ['the push was refused', trace(push(STATE, 400), ask('6esc'))],
    ['another client refers to one', trace(push(STATE), ask('6esc', 'web2'))],
    ['another tab refers to one', trace(push(STATE), ask('6esc', 'web1', 2))],
  ])('it does not where %s', async (_what, whole) => {
    const found = (await links(whole)).filter((flow) => flow.some((link) => link.startsWith('authorizationRequest')));
    expect(found).toEqual([['authorizationRequest by starts-flow']]);
  });

  test('each reference to one of two pushed requests belongs to the one before it', async () => {
    const found = await links(trace(push(STATE), ask('6esc'), push('bH7kd0PqLm3sVw9'), ask('9Kx2')));
    expect(found.map((flow) => flow.at(-1))).toEqual([
      'authorizationRequest by client?',
      'authorizationRequest by client?',
    ]);
  });

  test('a response that comes from the server answers the one request of its tab', async () => {
    expect(await links(trace(ask('6esc'), comeBack(STATE)))).toEqual([
      ['authorizationRequest by starts-flow', 'authorizationResponse by server?'],
    ]);
  });

  test.each([
    ['it comes from elsewhere', trace(ask('6esc'), comeBack(STATE, 'https://other.example/login'))],
    ['it comes in another tab', trace(ask('6esc'), comeBack(STATE, 'https://as.example/login', 2))],
    ['two requests are open', trace(ask('6esc'), ask('9Kx2', 'web2'), comeBack(STATE))],
    ['the request was answered', trace(ask('6esc'), comeBack(STATE), comeBack('bH7kd0PqLm3sVw9'))],
  ])('it does not where %s', async (_what, whole) => {
    expect((await links(whole)).at(-1)).toEqual(['authorizationResponse by starts-flow']);
  });
});

describe('facts of a flow', () => {
  const document = {
    issuer: 'https://as.example',
    authorization_endpoint: 'https://as.example/authorize',
    token_endpoint: 'https://as.example/token',
    code_challenge_methods_supported: ['S256'],
  };
  const metadata = trace('GET https://as.example/.well-known/openid-configuration', answer(document));

  const signIn = async (whole: string) => (await flowsOf(whole)).find((flow) => flow.grant === 'authorization_code');

  test('metadata counts before and after the messages that it is about', async () => {
    for (const whole of [trace(metadata, authorize({})), trace(authorize({}), CALLBACK, metadata)]) {
      const flow = await signIn(whole);
      expect(flow).toMatchObject({ issuer: 'https://as.example', metadata: document, pkceSupport: 'yes' });
    }
  });

  test('metadata of another server, or of another trace, does not', async () => {
    for (const whole of [
      trace(metadata, authorize({ at: 'https://as2.example/authorize' })),
      trace(`# trace other\n${metadata}`, authorize({})),
    ]) {
      const flow = await signIn(whole);
      expect(flow).toMatchObject({ issuer: null, metadata: null, pkceSupport: 'unknown' });
    }
  });

  test('an endpoint of the metadata may have a query, a port or capitals', async () => {
    const written = answer({ ...document, authorization_endpoint: 'https://AS.example:443/authorize?p=b2c_1_signin' });
    const flow = await signIn(trace('GET https://as.example/.well-known/openid-configuration', written, authorize({})));
    expect(flow?.issuer).toBe('https://as.example');
  });

  test.each([
    [['S256', 'plain'], 'yes'],
    [['plain'], 'limited'],
    [undefined, 'unknown'],
  ])('methods %j: PKCE %s', async (methods, expected) => {
    const flow = await signIn(
      trace(
        'GET https://as.example/.well-known/openid-configuration',
        answer({ ...document, code_challenge_methods_supported: methods }),
        authorize({}),
      ),
    );
    expect(flow?.pkceSupport).toBe(expected);
  });

  test('documents have flows of their own, the same document one', async () => {
    const keys = answer({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] });
    const written = answer({ ...document, jwks_uri: 'https://as.example/jwks' });
    const fetched = trace('GET https://as.example/.well-known/openid-configuration', written);
    const whole = trace(fetched, trace('GET https://as.example/jwks', keys), authorize({}), fetched);
    expect(await links(whole)).toEqual([
      ['metadata by starts-flow', 'metadata by same-request'],
      ['jwks by starts-flow'],
      ['authorizationRequest by starts-flow'],
    ]);
    expect((await flowsOf(whole)).map((flow) => [flow.grant, flow.issuer])).toEqual([
      ['unknown', 'https://as.example'],
      ['unknown', 'https://as.example'],
      ['authorization_code', 'https://as.example'],
    ]);
  });

  test.each([
    [authorize({}), 'authorization_code'],
    [authorize({ type: 'token' }), 'implicit'],
    [authorize({ type: 'id_token token' }), 'implicit'],
    [authorize({ type: 'code id_token' }), 'hybrid'],
    [authorize({ type: 'none' }), 'unknown'],
    [
      'GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&state=af0ifjsldkjQ2w7',
      'authorization_code',
    ],
    [
      'GET https://project.supabase.co/auth/v1/authorize?provider=google&redirect_to=https%3A%2F%2Fapp.example%2Fcb',
      'implicit',
    ],
    [tokenRequest('grant_type=client_credentials&client_id=job'), 'client_credentials'],
    [tokenRequest('grant_type=password&username=jane&password=correct-horse'), 'password'],
    [tokenRequest('grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA'), 'refresh_token'],
    [
      tokenRequest(
        'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=2YotnFZFEjr1zCsicMWpAA',
      ),
      'token_exchange',
    ],
    [
      tokenRequest(
        'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
      ),
      'other',
    ],
    [tokenRequest('client_id=tv&scope=profile', 'https://as.example/device_authorization'), 'device_code'],
    [
      trace(tokenRequest('client_id=tv', 'https://as.example/device_authorization'), answer({ device_code: 'GmRhmh' })),
      'device_code',
    ],
    [
      'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc',
      'authorization_code',
    ],
    [CALLBACK, 'authorization_code'],
    ['GET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=Bearer&state=xyzabcde', 'implicit'],
    [
      'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&id_token=eyJhbGciOiJub25lIn0.e30.&state=xyzabcde',
      'hybrid',
    ],
    ['GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7', 'unknown'],
  ])('%s: %s', async (whole, grant) => {
    const flows = await flowsOf(whole);
    expect(flows.map((flow) => flow.grant)).toEqual([grant]);
  });

  test('a lone address or line is alone, a part of a recording is not', async () => {
    for (const [capture, alone] of [
      ['address', true],
      ['line', true],
      ['har', false],
      ['watch', false],
    ] as const) {
      const [flow] = await flowsOf(`# capture ${capture}\n${CALLBACK}`);
      expect(flow?.alone).toBe(alone);
    }
  });

  test('ids are unique, tabs are those of the first message', async () => {
    const flows = await flowsOf(
      trace(`# tab 4\n${authorize({})}`, `# tab 7\n${authorize({ client: 'web2', state: 'bH7kd0PqLm3sVw9' })}`),
    );
    expect(flows.map(({ id, tab, clientId }) => [id, tab, clientId])).toEqual([
      ['f1', 4, 'web1'],
      ['f2', 7, 'web2'],
    ]);
  });
});
