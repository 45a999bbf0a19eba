import type { Body, Exchange, Header, Observation } from '../../../lib/model/observation.ts';
import { seen } from '../../../lib/model/observation.ts';

/** A secret that must not leave, under the name that it has on the wire. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

const jwt = (claims: object): string =>
  [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('c2lnbmF0dXJlLW9mLXRoZS10b2tlbg')
    .join('.');

/** Forty kinds: what OAuth knows, what sessions and interfaces of other services look like, and what identifies a person. */
export const CANARIES: readonly Canary[] = [
  { name: 'code', value: 'SplxlOBeZQQYbYS6WxSbIA' },
  { name: 'access_token', value: '2YotnFZFEjr1zCsicMWpAA' },
  { name: 'refresh_token', value: 'tGzv3JOkF0XG5Qx2TlKWIA' },
  { name: 'id_token', value: jwt({ sub: 'user-7781', nonce: 'n-0S6_WzA2Mj' }) },
  { name: 'id_token_hint', value: jwt({ sub: 'user-9932' }) },
  { name: 'state', value: 'xyzAB-12$%/cd+ef=gh' },
  { name: 'nonce', value: 'n-1T7_XaB3Nk4Lm' },
  { name: 'code_verifier', value: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' },
  { name: 'code_challenge', value: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
  { name: 'client_secret', value: '7Fjfp0ZBr1KtDRbnfVdmIw' },
  { name: 'client_assertion', value: jwt({ iss: 'client-7', jti: 'jti-4411aa' }) },
  { name: 'assertion', value: jwt({ iss: 'https://saml.example', sub: 'carol-55' }) },
  { name: 'subject_token', value: 'subj.tok.88213-aa9' },
  { name: 'actor_token', value: 'actor.tok.9921-bb7' },
  { name: 'request', value: jwt({ client_id: 'c1', state: 'inner-state-77' }) },
  { name: 'request_uri', value: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c' },
  { name: 'response', value: jwt({ code: 'jarm-code-5521' }) },
  { name: 'device_code', value: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS' },
  { name: 'user_code', value: 'WDJB-MJHT' },
  { name: 'password', value: 'correct horse 99 & "battery"' },
  { name: 'username', value: 'alice.smith@example.org' },
  { name: 'login_hint', value: 'bob.jones@example.org' },
  { name: 'otp', value: '493817-AZ' },
  { name: 'session_state', value: 'a1b2c3d4.e5f6a7b8' },
  { name: 'sessionid', value: '0f8fad5b-d9cb-469f-a165-70867728950e' },
  { name: 'JSESSIONID', value: '7A3F5E9B1C2D4E6F8A0B' },
  { name: 'csrf_token', value: 'kR8vQ2mZ5xL1pT7w' },
  { name: 'api_key', value: 'AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY' },
  { name: 'x-api-key', value: 'sk_live_4eC39HqLyjWDarjtT1zdp7dc' },
  { name: 'github_pat', value: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' },
  { name: 'slack', value: 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy' },
  { name: 'aws_key', value: 'AKIAIOSFODNN7EXAMPLE' },
  { name: 'signature', value: 'd41d8cd98f00b204e9800998ecf8427e' },
  { name: 'registration_access_token', value: 'this.is.an.access.token.value.ffx83' },
  { name: 'sub', value: 'auth0|5f7c8ec7c33c6c004bbafe82' },
  { name: 'email', value: 'dave.müller@example.org' },
  { name: 'phone_number', value: '+49 170 5551234' },
  { name: 'birthdate', value: '1987-06-15' },
  { name: 'SAMLart', value: 'AAQAAMh48/1oXIM+sDo7Dh2qMp1HM4IF5DaRNmDj6RdUmllwn9jJHyEgIi8=' },
  { name: 'private_key', value: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA' },
];

const encode = encodeURIComponent;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const json = (type: string): Header => ['Content-Type', type];

interface Parts {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly Header[];
  readonly body?: Body | null;
  readonly initiator?: string;
  readonly responseHeaders?: readonly Header[];
  readonly responseBody?: Body | null;
}

export function exchange(parts: Parts, index = 0): Exchange {
  return {
    is: 'exchange',
    id: `0:${index}`,
    trace: '0',
    capture: 'devtools',
    time: 1_700_000_000_000 + index,
    tab: 1,
    resource: 'xhr',
    initiator: parts.initiator ?? null,
    redirectedFrom: null,
    truncated: false,
    request: {
      method: parts.method ?? 'GET',
      url: parts.url ?? 'https://as.example/token',
      headers: seen(parts.headers ?? []),
      body: seen(parts.body ?? null),
    },
    outcome: {
      is: 'response',
      response: {
        status: 200,
        headers: seen(parts.responseHeaders ?? []),
        body: seen(parts.responseBody ?? null),
      },
    },
    source: { source: 0, entry: index },
  };
}

const text = (value: string): Body => ({ is: 'text', text: value });

/** Where a secret can stand, each by itself. */
export const POSITIONS: Readonly<Record<string, (canary: Canary) => Observation>> = {
  query: ({ name, value }) => exchange({ url: `https://as.example/a?x=1&${encode(name)}=${encode(value)}` }),
  'query, all percent-encoded': ({ name, value }) =>
    exchange({
      url: `https://as.example/a?${name}=${[...Buffer.from(value)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')}`,
    }),
  fragment: ({ name, value }) => exchange({ url: `https://app.example/cb#${name}=${encode(value)}&z=1` }),
  'fragment of a router': ({ name, value }) => exchange({ url: `https://app.example/#/cb?${name}=${encode(value)}` }),
  userinfo: ({ value }) => exchange({ url: `https://user:${encode(value)}@as.example/` }),
  'path parameter': ({ name, value }) => exchange({ url: `https://as.example/a;${name}=${encode(value)}/b` }),
  header: ({ name, value }) => exchange({ headers: [[`X-${name}`, value]] }),
  'response header': ({ name, value }) => exchange({ responseHeaders: [[`X-${name}`, value]] }),
  bearer: ({ value }) => exchange({ headers: [['Authorization', `Bearer ${value}`]] }),
  basic: ({ value }) => exchange({ headers: [['Authorization', `Basic ${base64(`someone:${value}`)}`]] }),
  'basic, form-encoded': ({ value }) =>
    exchange({ headers: [['authorization', `Basic ${base64(`someone:${encode(value)}`)}`]] }),
  dpop: ({ value }) => exchange({ headers: [['DPoP', jwt({ jti: value })]] }),
  cookie: ({ name, value }) => exchange({ headers: [['Cookie', `theme=dark; ${name}=${encode(value)}; a=b`]] }),
  'set-cookie': ({ name, value }) =>
    exchange({ responseHeaders: [['Set-Cookie', `${name}=${encode(value)}; Path=/; Secure; HttpOnly; SameSite=Lax`]] }),
  'split over set-cookie': ({ name, value }) => {
    const half = Math.ceil(value.length / 2);
    return exchange({
      responseHeaders: [
        ['Set-Cookie', `${name}.0=${encode(value.slice(0, half))}; Path=/`],
        ['Set-Cookie', `${name}.1=${encode(value.slice(half))}; Path=/\n${name}.2=${encode(value)}; Path=/`],
      ],
    });
  },
  form: ({ name, value }) =>
    exchange({
      method: 'POST',
      headers: [json('application/x-www-form-urlencoded')],
      body: text(new URLSearchParams({ grant_type: 'x', [name]: value }).toString()),
    }),
  'form fields': ({ name, value }) => exchange({ method: 'POST', body: { is: 'form', fields: [[name, value]] } }),
  multipart: ({ name, value }) =>
    exchange({
      method: 'POST',
      headers: [json('multipart/form-data; boundary=b')],
      body: text(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`),
    }),
  'form of no type': ({ name, value }) => exchange({ method: 'POST', body: text(`a=1&${name}=${encode(value)}`) }),
  json: ({ name, value }) => exchange({ responseBody: text(JSON.stringify({ token_type: 'x', [name]: value })) }),
  'nested json': ({ name, value }) =>
    exchange({ responseBody: text(JSON.stringify({ data: [{ user: { [name]: value, ok: true } }] })) }),
  'json with escapes': ({ name, value }) =>
    exchange({
      responseBody: text(
        `{"${name}":"${[...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
      ),
    }),
  'json text in json': ({ name, value }) =>
    exchange({ responseBody: text(JSON.stringify({ payload: JSON.stringify({ [name]: value }) })) }),
  'token as body': ({ name, value }) =>
    exchange({ responseHeaders: [json('application/jwt')], responseBody: text(jwt({ [name]: value })) }),
  html: ({ name, value }) =>
    exchange({
      responseHeaders: [json('text/html')],
      responseBody: text(`<form><input name="${name}" value="${value}"></form>`),
    }),
  script: ({ name, value }) =>
    exchange({ responseHeaders: [json('text/javascript')], responseBody: text(`var ${name}="${value}"`) }),
  'nested token': ({ name, value }) =>
    exchange({
      responseBody: text(JSON.stringify({ id_token: jwt({ act: { [name]: value }, inner: jwt({ [name]: value }) }) })),
    }),
  referer: ({ name, value }) => exchange({ headers: [['Referer', `https://app.example/cb?${name}=${encode(value)}`]] }),
  location: ({ name, value }) =>
    exchange({ responseHeaders: [['Location', `https://app.example/cb#${name}=${encode(value)}`]] }),
  'address in an address': ({ name, value }) =>
    exchange({ url: `https://as.example/a?redirect_uri=${encode(`https://app.example/cb?${name}=${encode(value)}`)}` }),
  'address in an unknown parameter': ({ name, value }) =>
    exchange({ url: `https://as.example/a?next=${encode(encode(`https://app.example/cb?${name}=${encode(value)}`))}` }),
  'base64 in a parameter': ({ name, value }) =>
    exchange({ url: `https://as.example/a?state=${encode(base64(JSON.stringify({ [name]: value })))}` }),
  'base64url in json': ({ name, value }) =>
    exchange({ responseBody: text(JSON.stringify({ blob: base64url(`${name}=${encode(value)}`) })) }),
  initiator: ({ name, value }) => exchange({ initiator: `https://app.example/cb?${name}=${encode(value)}` }),
  'refresh header': ({ name, value }) =>
    exchange({ responseHeaders: [['Refresh', `0; url=https://app.example/cb?${name}=${encode(value)}`]] }),
  'link header': ({ name, value }) =>
    exchange({ responseHeaders: [['Link', `<https://app.example/cb?${name}=${encode(value)}>; rel=next`]] }),
  storage: ({ name, value }) => ({
    is: 'storage',
    id: 's',
    trace: '0',
    capture: 'record',
    time: 1,
    tab: 1,
    origin: 'https://app.example',
    area: 'local',
    items: [
      [name, value],
      ['user', JSON.stringify({ [name]: value })],
    ],
    truncated: false,
    source: { source: 0, entry: 0 },
  }),
  'page text': ({ name, value }) => ({
    is: 'script',
    id: 'p',
    trace: '0',
    capture: 'record',
    time: 1,
    tab: 1,
    url: `https://app.example/a.js?${name}=${encode(value)}`,
    found: 'file',
    text: `const ${name} = ${JSON.stringify(value)}`,
    truncated: false,
    source: { source: 0, entry: 0 },
  }),
};

/**
 * Places whose name is harmless: the value is recognised only because it stands under its own name elsewhere in the
 * capture.
 */
export const BY_VALUE: Readonly<Record<string, (canary: Canary) => Observation>> = {
  'harmless parameter': ({ value }) => exchange({ url: `https://as.example/a?scope=${encode(`openid ${value}`)}` }),
  'harmless header': ({ value }) => exchange({ headers: [['User-Agent', `agent (${value})`]] }),
  'harmless header, base64': ({ value }) => exchange({ headers: [['Accept', `x/${base64(`-${value}`)}`]] }),
  'harmless header, percent-encoded': ({ value }) => exchange({ headers: [['Accept', `x/${encode(encode(value))}`]] }),
  'host of an address': ({ value }) => exchange({ url: `https://${encode(value)}.example/` }),
  path: ({ value }) => exchange({ url: `https://as.example/users/${encode(value)}/x` }),
  'name of a parameter': ({ value }) => exchange({ url: `https://as.example/a?${encode(value)}=1` }),
  'name of a member': ({ value }) => exchange({ responseBody: text(JSON.stringify({ [value]: 1 })) }),
  'error text': ({ value }) => ({ ...exchange({}), outcome: { is: 'failed', reason: `net::ERR ${value}` } }),
  'label of an entry': ({ value }) => ({ ...exchange({}), source: { source: 0, entry: 0, id: `after ${value}` } }),
};

/** Of a token the signature and what it says of a person; a reference to a pushed request without its common beginning. */
function pieces(value: string): string[] {
  const [, claims, signature] = value.startsWith('eyJ') ? value.split('.') : [];
  if (claims !== undefined && signature !== undefined) {
    const said: Record<string, string> = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const { iss, client_id, ...secret } = said;
    return [value, signature, ...Object.values(secret)];
  }
  const secret = value.replace('urn:ietf:params:oauth:request_uri:', '');
  const half = Math.ceil(secret.length / 2);
  return secret.length >= 16 ? [secret, secret.slice(0, half), secret.slice(half)] : [secret];
}

/** How a value can be written in an output; pieces of a value that was split count, too. */
function writings(value: string): string[] {
  return pieces(value).flatMap((piece) => {
    const encoded = encode(piece);
    const cores = [0, 1, 2].map((shift) => {
      const bytes = Buffer.from(piece);
      const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
      return whole.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 4) / 3));
    });
    return [
      piece,
      encoded,
      encode(encoded),
      new URLSearchParams([['', piece]]).toString().slice(1),
      JSON.stringify(piece).slice(1, -1),
      JSON.stringify(JSON.stringify(piece)).slice(1, -1).slice(1, -1),
      Buffer.from(piece).toString('hex'),
      ...cores,
      ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_')),
    ];
  });
}

/** Writings of a canary that are found in a text, also below percent-encoding, escapes and base64. */
export function leaks(text: string, canary: Canary): string[] {
  return leaksIn(decodedEverything(text), canary);
}

/** The same in what `decodedEverything` gave. */
export function leaksIn(all: string, { value }: Canary): string[] {
  return writings(value).filter((written) => all.includes(written));
}

/** Percent-encoding, escapes and base64 taken off everything, a few times. */
export function decodedEverything(text: string): string {
  let all = text;
  let last = text;
  for (let round = 0; round < 4; round++) {
    last = last
      .replace(/\\(["\\/])/g, '$1')
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
        try {
          return decodeURIComponent(run);
        } catch {
          return run;
        }
      });
    all += last;
    last = last.replace(/[\w+/-]{12,}={0,2}/g, (run) => `${run} ${Buffer.from(run, 'base64').toString('utf8')} `);
    all += last;
  }
  return all;
}
