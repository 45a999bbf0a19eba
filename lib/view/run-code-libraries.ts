import type { CodeFacts } from './run-code.ts';
import { ASK, exchangeFields, literal, registrationOf } from './run-code-http.ts';

type Lines = readonly string[];

const GRANT = 'urn:ietf:params:oauth:grant-type';

/** Variables of the environment that a program of a library needs. */
function secretsOf({ flow, authentication, options }: CodeFacts): Lines {
  const given = ['tokenExchange', 'refresh', 'introspection', 'revocation', 'userinfo', 'logout'].includes(flow);
  return [
    ...(authentication.startsWith('client_secret') ? ['CLIENT_SECRET'] : []),
    ...(authentication === 'private_key_jwt' || options.jar ? ['CLIENT_KEY'] : []),
    ...(given ? ['TOKEN'] : []),
  ];
}

function head(facts: CodeFacts, library: string, name: string): Lines {
  const secrets = secretsOf(facts);
  const asks = facts.flow === 'code' || facts.flow === 'resource';
  return [
    `import * as ${name} from '${library}';`,
    ...(asks ? ["import { createInterface } from 'node:readline/promises';"] : []),
    '',
    ...(secrets.length === 0 ? [] : [`const { ${secrets.join(', ')} } = process.env;`]),
    ...(secrets.includes('CLIENT_KEY')
      ? [
          '// CLIENT_KEY: private JWK for ES256',
          "const key = await crypto.subtle.importKey('jwk', JSON.parse(CLIENT_KEY), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);",
        ]
      : []),
  ];
}

const pairLines = (pairs: readonly (readonly [string, string])[]): Lines =>
  pairs.map(([name, value]) => `  [${literal(name)}, ${value}],`);

const literals = (pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  pairs.map(([name, value]) => [name, literal(value)]);

const METHOD = {
  none: 'None()',
  client_secret_basic: 'ClientSecretBasic(CLIENT_SECRET)',
  client_secret_post: 'ClientSecretPost(CLIENT_SECRET)',
  client_secret_jwt: 'ClientSecretJwt(CLIENT_SECRET)',
  private_key_jwt: 'PrivateKeyJwt({ key, kid: JSON.parse(CLIENT_KEY).kid })',
} as const;

/** `new URLSearchParams([…])` */
const parameters = (pairs: readonly (readonly [string, string])[]): Lines => [
  'new URLSearchParams([',
  ...pairLines(pairs),
  '])',
];

/** The lines as the last argument of a call: `before(` … `)after`. */
function call(before: string, lines: Lines, after: string): Lines {
  const [first = '', ...rest] = lines;
  const all = [`${before}${first}`, ...rest];
  return [...all.slice(0, -1), `${all.at(-1) ?? ''}${after}`];
}

const asking = ({ asked }: CodeFacts): readonly (readonly [string, string])[] => literals(asked);

const resourcesOnly = ({ asked }: CodeFacts): readonly (readonly [string, string])[] =>
  literals(asked.filter(([name]) => name === 'resource'));

/** The server's metadata as a literal, for servers that publish none. */
const metadataOf = ({ issuer, endpoints }: CodeFacts): string =>
  JSON.stringify({ issuer: issuer ?? originOf(endpoints), ...endpoints }).replace(/[\u2028\u2029]/g, '');

function originOf(endpoints: CodeFacts['endpoints']): string {
  const [first = 'https://as.example'] = Object.values(endpoints);
  return URL.canParse(first) ? new URL(first).origin : first;
}

export function oauth4webapiCode(facts: CodeFacts): Lines {
  const { issuer, insecure, options, authentication, clientId, openId } = facts;
  const plain = insecure ? ['[oauth.allowInsecureRequests]: true'] : [];
  const opts = (...more: readonly string[]): string => {
    const all = [...plain, ...more];
    return all.length === 0 ? '' : `, { ${all.join(', ')} }`;
  };
  const bound = options.dpop ? ['DPoP'] : [];
  const server: Lines =
    issuer === null
      ? [`const as = ${metadataOf(facts)};`]
      : [
          `const issuer = new URL(${literal(issuer)});`,
          `const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer${opts()}));`,
        ];
  const setUp: Lines = [
    ...head(facts, 'oauth4webapi', 'oauth'),
    ...server,
    ...(clientId === ''
      ? [
          '// The client becomes known to the server',
          'const client = await oauth.processDynamicClientRegistrationResponse(',
          `  await oauth.dynamicClientRegistrationRequest(as, ${JSON.stringify(registrationOf(facts))}${opts()}),`,
          ');',
        ]
      : [`const client = { client_id: ${literal(clientId)} };`]),
    `const proof = oauth.${METHOD[authentication]};`,
    ...(options.dpop ? ["const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));"] : []),
    '',
  ];
  /** A request with a proof is sent again where the server wants its nonce. */
  const sent = (request: Lines): Lines =>
    options.dpop
      ? [
          ...call('const send = () => ', request, ';'),
          'let response = await send();',
          "if (response.headers.has('dpop-nonce') && !response.ok) response = await send();",
        ]
      : call('const response = await ', request, ';');
  const show = (name: string): string => `console.log(await oauth.${name});`;
  switch (facts.flow) {
    case 'code':
    case 'resource': {
      const asked = [
        ['response_type', "'code'"],
        ['client_id', 'client.client_id'],
        ['redirect_uri', literal(facts.redirectUri)],
        ['state', 'state'],
        ['code_challenge', 'await oauth.calculatePKCECodeChallenge(codeVerifier)'],
        ['code_challenge_method', "'S256'"],
        ...(openId ? [['nonce', 'nonce'] as const] : []),
        ...(options.jarm ? [['response_mode', "'jwt'"] as const] : []),
        ...asking(facts),
      ] as const;
      return [
        ...setUp,
        'const codeVerifier = oauth.generateRandomCodeVerifier();',
        'const state = oauth.generateRandomState();',
        ...(openId ? ['const nonce = oauth.generateRandomNonce();'] : []),
        ...call('let parameters = ', parameters(asked), ';'),
        ...(options.jar
          ? [
              'const request = await oauth.issueRequestObject(as, client, parameters, { key, kid: JSON.parse(CLIENT_KEY).kid });',
              "parameters = new URLSearchParams([['client_id', client.client_id], ['request', request], ['response_type', 'code'], ['scope', parameters.get('scope') ?? '']]);",
            ]
          : []),
        ...(options.par
          ? [
              `const push = () => oauth.pushedAuthorizationRequest(as, client, proof, parameters${opts(...bound)});`,
              'let pushed = await push();',
              ...(options.dpop ? ["if (pushed.headers.has('dpop-nonce') && !pushed.ok) pushed = await push();"] : []),
              'const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, pushed);',
              "parameters = new URLSearchParams([['client_id', client.client_id], ['request_uri', request_uri]]);",
            ]
          : []),
        'const address = new URL(as.authorization_endpoint);',
        'for (const [name, value] of parameters) address.searchParams.append(name, value);',
        'console.log(address.href);',
        ...ASK,
        '',
        options.jarm
          ? `const answer = await oauth.validateJwtAuthResponse(as, client, callback, state${opts()});`
          : 'const answer = oauth.validateAuthResponse(as, client, callback, state);',
        ...sent([
          `oauth.authorizationCodeGrantRequest(as, client, proof, answer, ${literal(facts.redirectUri)}, codeVerifier${optionsWith(facts, [...plain, ...bound])})`,
        ]),
        `const tokens = await oauth.processAuthorizationCodeResponse(as, client, response${openId ? ', { expectedNonce: nonce, requireIdToken: true }' : ''});`,
        ...(openId ? [`await oauth.validateApplicationLevelSignature(as, response${opts()});`] : []),
        'console.log(tokens);',
        ...(facts.flow === 'resource' && facts.resourceUrl !== null
          ? [
              `const called = await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(${literal(facts.resourceUrl)}), undefined, undefined${opts(...bound)});`,
              'console.log(called.status, await called.text());',
            ]
          : []),
      ];
    }
    case 'device':
      return [
        ...setUp,
        ...call(
          'const started = await oauth.deviceAuthorizationRequest(as, client, proof, ',
          parameters(asking(facts)),
          `${opts()});`,
        ),
        'const device = await oauth.processDeviceAuthorizationResponse(as, client, started);',
        'console.log(device.verification_uri_complete ?? device.verification_uri, device.user_code);',
        'let tokens;',
        'for (let interval = device.interval ?? 5; tokens === undefined; ) {',
        '  await new Promise((done) => setTimeout(done, interval * 1000));',
        `  const response = await oauth.deviceCodeGrantRequest(as, client, proof, device.device_code${opts(...bound)});`,
        '  try {',
        '    tokens = await oauth.processDeviceCodeResponse(as, client, response);',
        '  } catch (error) {',
        "    if (error.error === 'slow_down') interval += 5;",
        "    else if (error.error !== 'authorization_pending') throw error;",
        '  }',
        '}',
        'console.log(tokens);',
      ];
    case 'clientCredentials':
      return [
        ...setUp,
        ...sent(
          call(
            'oauth.clientCredentialsGrantRequest(as, client, proof, ',
            parameters(asking(facts)),
            `${opts(...bound)})`,
          ),
        ),
        show('processClientCredentialsResponse(as, client, response)'),
      ];
    case 'tokenExchange':
      return [
        ...setUp,
        ...sent(
          call(
            `oauth.genericTokenEndpointRequest(as, client, proof, '${GRANT}:token-exchange', `,
            parameters([['subject_token', 'TOKEN'], ...literals(exchangeFields(facts.exchange)), ...asking(facts)]),
            `${opts(...bound)})`,
          ),
        ),
        show('processGenericTokenEndpointResponse(as, client, response)'),
      ];
    case 'refresh':
      return [
        ...setUp,
        ...sent([
          `oauth.refreshTokenGrantRequest(as, client, proof, TOKEN${optionsWith(facts, [...plain, ...bound])})`,
        ]),
        show('processRefreshTokenResponse(as, client, response)'),
      ];
    case 'introspection':
    case 'revocation': {
      const [verb, noun] =
        facts.flow === 'introspection' ? ['introspection', 'Introspection'] : ['revocation', 'Revocation'];
      const hint = facts.hint === '' ? [] : [`additionalParameters: { token_type_hint: ${literal(facts.hint)} }`];
      return [
        ...setUp,
        `const response = await oauth.${verb}Request(as, client, proof, TOKEN${opts(...hint)});`,
        show(`process${noun}Response(${facts.flow === 'introspection' ? 'as, client, ' : ''}response)`),
      ];
    }
    case 'userinfo':
      return [
        ...setUp,
        `const response = await oauth.userInfoRequest(as, client, TOKEN${opts(...bound)});`,
        show('processUserInfoResponse(as, client, oauth.skipSubjectCheck, response)'),
      ];
    case 'logout':
      return [...setUp, ...logout(facts, 'as.end_session_endpoint')];
    case 'registration':
      return [
        ...head(facts, 'oauth4webapi', 'oauth'),
        ...server,
        ...call(
          'const response = await oauth.dynamicClientRegistrationRequest(as, ',
          [JSON.stringify(registrationOf(facts))],
          `${opts()});`,
        ),
        show('processDynamicClientRegistrationResponse(response)'),
      ];
  }
}

/** `, { …, additionalParameters }` where resources go along with the token request. */
function optionsWith(facts: CodeFacts, own: Lines): string {
  const resources = resourcesOnly(facts);
  const more =
    resources.length === 0
      ? []
      : [`additionalParameters: new URLSearchParams([${resources.map(([n, v]) => `['${n}', ${v}]`).join(', ')}])`];
  const all = [...own, ...more];
  return all.length === 0 ? '' : `, { ${all.join(', ')} }`;
}

function logout(facts: CodeFacts, endpoint: string): Lines {
  return [
    `const address = new URL(${endpoint});`,
    "address.searchParams.set('id_token_hint', TOKEN);",
    `address.searchParams.set('client_id', ${literal(facts.clientId)});`,
    `address.searchParams.set('post_logout_redirect_uri', ${literal(facts.redirectUri)});`,
    'console.log(address.href);',
  ];
}

export function openidClientCode(facts: CodeFacts): Lines {
  const { issuer, insecure, options, authentication, clientId, openId } = facts;
  const proof = `client.${METHOD[authentication]}`;
  const execute = insecure ? ', { execute: [client.allowInsecureRequests] }' : '';
  const server: Lines =
    clientId === ''
      ? [
          '// The client becomes known to the server',
          `const config = await client.dynamicClientRegistration(new URL(${literal(issuer ?? originOf(facts.endpoints))}), ${JSON.stringify(registrationOf(facts))}, ${proof}${execute});`,
        ]
      : issuer === null
        ? [
            `const config = new client.Configuration(${metadataOf(facts)}, ${literal(clientId)}, {}, ${proof});`,
            ...(insecure ? ['client.allowInsecureRequests(config);'] : []),
          ]
        : [
            `const config = await client.discovery(new URL(${literal(issuer)}), ${literal(clientId)}, {}, ${proof}${execute});`,
          ];
  const setUp: Lines = [
    ...head(facts, 'openid-client', 'client'),
    ...server,
    ...(options.dpop ? ["const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));"] : []),
    '',
  ];
  const bound = options.dpop ? ', { DPoP }' : '';
  switch (facts.flow) {
    case 'code':
    case 'resource': {
      const asked = [
        ['redirect_uri', literal(facts.redirectUri)],
        ['state', 'state'],
        ['code_challenge', 'await client.calculatePKCECodeChallenge(codeVerifier)'],
        ['code_challenge_method', "'S256'"],
        ...(openId ? [['nonce', 'nonce'] as const] : []),
        ...asking(facts),
      ] as const;
      const signing = '{ key, kid: JSON.parse(CLIENT_KEY).kid }';
      const address: Lines = options.par
        ? options.jar
          ? [
              `const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, ${signing});`,
              `const address = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams${bound});`,
            ]
          : [`const address = await client.buildAuthorizationUrlWithPAR(config, parameters${bound});`]
        : [
            options.jar
              ? `const address = await client.buildAuthorizationUrlWithJAR(config, parameters, ${signing});`
              : 'const address = client.buildAuthorizationUrl(config, parameters);',
          ];
      return [
        ...setUp,
        ...(options.jarm ? ['client.useJwtResponseMode(config);'] : []),
        'const codeVerifier = client.randomPKCECodeVerifier();',
        'const state = client.randomState();',
        ...(openId ? ['const nonce = client.randomNonce();'] : []),
        ...call('const parameters = ', parameters(asked), ';'),
        ...address,
        'console.log(address.href);',
        ...ASK,
        '',
        'const tokens = await client.authorizationCodeGrant(config, callback, {',
        '  pkceCodeVerifier: codeVerifier,',
        '  expectedState: state,',
        ...(openId ? ['  expectedNonce: nonce,', '  idTokenExpected: true,'] : []),
        `}, new URLSearchParams([${resourcesOnly(facts)
          .map(([name, value]) => `['${name}', ${value}]`)
          .join(', ')}])${bound});`,
        'console.log(tokens);',
        ...(facts.flow === 'resource' && facts.resourceUrl !== null
          ? [
              `const called = await client.fetchProtectedResource(config, tokens.access_token, new URL(${literal(facts.resourceUrl)}), 'GET', undefined, undefined${bound});`,
              'console.log(called.status, await called.text());',
            ]
          : []),
      ];
    }
    case 'device':
      return [
        ...setUp,
        ...call('const device = await client.initiateDeviceAuthorization(config, ', parameters(asking(facts)), ');'),
        'console.log(device.verification_uri_complete ?? device.verification_uri, device.user_code);',
        `console.log(await client.pollDeviceAuthorizationGrant(config, device, undefined${bound}));`,
      ];
    case 'clientCredentials':
      return [
        ...setUp,
        ...call('console.log(await client.clientCredentialsGrant(config, ', parameters(asking(facts)), `${bound}));`),
      ];
    case 'tokenExchange':
      return [
        ...setUp,
        ...call(
          `console.log(await client.genericGrantRequest(config, '${GRANT}:token-exchange', `,
          parameters([['subject_token', 'TOKEN'], ...literals(exchangeFields(facts.exchange)), ...asking(facts)]),
          `${bound}));`,
        ),
      ];
    case 'refresh':
      return [
        ...setUp,
        ...call('console.log(await client.refreshTokenGrant(config, TOKEN, ', parameters(asking(facts)), `${bound}));`),
      ];
    case 'introspection':
    case 'revocation': {
      const name = facts.flow === 'introspection' ? 'tokenIntrospection' : 'tokenRevocation';
      const hint = facts.hint === '' ? '' : `, { token_type_hint: ${literal(facts.hint)} }`;
      return [...setUp, `console.log(await client.${name}(config, TOKEN${hint}));`];
    }
    case 'userinfo':
      return [...setUp, `console.log(await client.fetchUserInfo(config, TOKEN, client.skipSubjectCheck${bound}));`];
    case 'logout':
      return [...setUp, ...logout(facts, 'config.serverMetadata().end_session_endpoint')];
    case 'registration':
      return [
        ...head(facts, 'openid-client', 'client'),
        `const config = await client.dynamicClientRegistration(new URL(${literal(issuer ?? originOf(facts.endpoints))}), ${JSON.stringify(registrationOf(facts))}, ${proof}${execute});`,
        'console.log(config.clientMetadata());',
      ];
  }
}
