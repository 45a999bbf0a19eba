import { createHash, createPrivateKey, sign } from 'node:crypto';
import { harDocument } from '../../lib/har/write.ts';
import { parseObservations, parseTrace } from '../../lib/http/trace.ts';
import type { Body, Exchange, Seen } from '../../lib/model/observation.ts';

/** Every server here sends it, so that its absence is not what the pictures are about. */
const HSTS = { name: 'Strict-Transport-Security', value: 'max-age=31536000' };

const textOf = (body: Seen<Body | null>): string | null =>
  body.seen && body.value?.is === 'text' ? body.value.text : null;

/** A trace as the HAR file that DevTools would save of it, bodies included. `from`: when it began. */
export function harOf(trace: string, from: number): string {
  const exchanges = parseTrace(trace);
  const start = exchanges[0]?.time ?? 0;
  const headersOf = (headers: Exchange['request']['headers']) =>
    (headers.seen ? headers.value : []).map(([name, value]) => ({ name, value }));
  const entries = exchanges.map(({ request, outcome, time, initiator, resource }) => {
    const sent = textOf(request.body);
    const response = outcome.is === 'response' ? outcome.response : null;
    return {
      startedDateTime: new Date(from + (time ?? start) - start).toISOString(),
      time: 1,
      pageref: 'page_1',
      _resourceType: resource ?? 'document',
      ...(initiator === null ? {} : { _initiator: { type: 'script', url: initiator } }),
      request: {
        method: request.method,
        url: request.url,
        httpVersion: 'HTTP/2',
        cookies: [],
        headers: [
          ...headersOf(request.headers),
          ...(initiator === null ? [] : [{ name: 'Origin', value: new URL(initiator).origin }]),
        ],
        queryString: [],
        headersSize: -1,
        bodySize: sent?.length ?? 0,
        ...(sent === null ? {} : { postData: { mimeType: 'application/x-www-form-urlencoded', text: sent } }),
      },
      response: {
        status: response?.status ?? 0,
        statusText: '',
        httpVersion: 'HTTP/2',
        cookies: [],
        headers: response === null ? [] : [...headersOf(response.headers), HSTS],
        content: {
          size: 0,
          mimeType: 'application/json',
          text: response === null ? '' : (textOf(response.body) ?? ''),
        },
        redirectURL: '',
        headersSize: -1,
        bodySize: -1,
      },
      cache: {},
      timings: { send: 0, wait: 1, receive: 0 },
    };
  });
  const page = { startedDateTime: new Date(from).toISOString(), id: 'page_1', title: '', pageTimings: {} };
  return JSON.stringify({
    log: { version: '1.2', creator: { name: 'oauth-inspector', version: '1' }, pages: [page], entries },
  });
}

/** A trace with storage as the file that the inspector exports of a recorded tab. `from`: when it began. */
export function exportOf(trace: string, from: number): string {
  const observations = parseObservations(trace);
  const start = observations[0]?.time ?? 0;
  const moved = observations.map((one) => ({
    ...one,
    tab: 1,
    capture: one.is === 'exchange' ? ('record' as const) : ('page' as const),
    time: from + (one.time ?? start) - start,
  }));
  return JSON.stringify(harDocument(moved, { creator: { name: 'oauth-inspector', version: '1' }, comment: '' }));
}

const STATE = 'state=Zk3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const REDIRECT = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const OTHER_VERIFIER = 't4RwtJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const pkce = (verifier: string): Pick<Options, 'more' | 'verifier'> => ({
  more: `&code_challenge=${createHash('sha256').update(verifier).digest('base64url')}&code_challenge_method=S256`,
  verifier: `&code_verifier=${verifier}`,
});
const ACCESS = '2YotnFZFEjr1zCsicMWpAA8h3kQv7Lr0';
const NONCE = 'n-0S6_WzA2MjQ7xk3pLmQa';
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const JSON_TYPE = 'Content-Type: application/json';
const BY_PAGE = '# initiator https://app.example\n# resource xhr';

/** When the latest of these sign-ins happens, seconds since the epoch. */
const NOW = new Date(2026, 10, 23, 10, 42, 19).getTime() / 1000;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const idToken = (nonce: string): string =>
  `${base64url({ alg: 'ES256', kid: 'k2026-09' })}.${base64url({
    iss: 'https://as.example',
    sub: '248289761001',
    aud: 'web-portal',
    exp: NOW + 3600,
    iat: NOW,
    nonce,
  })}.TJvA0aJr5yW2bN7uGd4sLhEfPiK6tVwR9xZk3qOq8vT1mXc`;

interface Options {
  readonly more: string;
  readonly code?: string;
  readonly verifier?: string;
  readonly redeem?: string;
  readonly answer?: string;
  readonly state?: string;
  readonly nonce?: string;
  readonly access?: string;
  /** Seconds since the beginning of the capture. */
  readonly from?: number;
}

/** A sign-in of `web-portal`, its call of an API, and the pages of the server between. */
function codeFlow({
  more,
  code = CODE,
  verifier = '',
  redeem = REDIRECT,
  answer,
  state = STATE,
  nonce = NONCE,
  access = ACCESS,
  from = 0,
}: Options): string {
  const tokens = JSON.stringify({
    access_token: access,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA9bVr7PqLm4',
    id_token: idToken(nonce),
  });
  const call = `${BY_PAGE}
# time +${from + 12.6}
GET https://api.example/v1/orders
Authorization: Bearer ${access}

200
${JSON_TYPE}

[]`;
  return `
# time +${from}
GET https://as.example/authorize?response_type=code&client_id=web-portal&${REDIRECT}&scope=openid%20profile%20orders%3Aread&${state}&nonce=${nonce}${more}

302
Location: https://app.example/cb?code=${code}&${state}

# time +${from + 11.8}
GET https://app.example/cb?code=${code}&${state}

200

# resource script
# time +${from + 11.9}
GET https://tags.metrics.example/t.js
Referer: https://app.example/cb?code=${code}&${state}

200

# resource image
# time +${from + 11.9}
GET https://tags.metrics.example/p.gif?dl=https%3A%2F%2Fapp.example%2Fcb%3Fcode%3D${code}

200

${BY_PAGE}
# time +${from + 12.1}
POST https://as.example/token
${FORM}

grant_type=authorization_code&code=${code}&client_id=web-portal&${redeem}${verifier}

${answer ?? `200\n${JSON_TYPE}\nCache-Control: no-store\n\n${tokens}`}

${answer === undefined ? call : ''}`;
}

export const captures = {
  /** Code without PKCE, seen whole. */
  problems: codeFlow({ more: '' }),
  clean: codeFlow(pkce(VERIFIER)),
  /** The same sign-in twice; the second time the redirect URI of the token request has a slash more. */
  twoSignIns: `${codeFlow(pkce(VERIFIER))}
${codeFlow({
  ...pkce(OTHER_VERIFIER),
  code: 'aB7tQmOBeZQQYbYS6WxSbI',
  state: 'state=Pw9dOq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x',
  nonce: 'k7-1T_XaB3NkR8ymMqLbZe',
  redeem: `${REDIRECT}%2F`,
  answer: `400\n${JSON_TYPE}\n\n{"error":"invalid_grant","error_description":"redirect_uri mismatch"}`,
  from: 1583,
})}`,
} as const;

/**
 * A sign-in whose access token is kept, sent to its API for minutes and told to somebody else, and whose verifier stays
 * where it was.
 */
export function lineageTrace(): string {
  // Without the analytics of the callback, which are another story.
  const signIn = codeFlow(pkce(VERIFIER)).replace(
    /# resource (?:script|image)\n.*\nGET .*\n(?:Referer: .*\n)?\n200\n/g,
    '',
  );
  const orders = Array.from({ length: 3 }, (_, n) =>
    call(`https://api.example/v1/orders?page=${n + 1}`, [`Authorization: Bearer ${ACCESS}`], 20 + n * 170),
  );
  return `${signIn}

# time +13
STORAGE local https://app.example
portal.auth = {"token":"${ACCESS}"}

# time +60
STORAGE session https://app.example
pkce = ${VERIFIER}

${orders.join('\n\n')}

# resource image
# time +400
GET https://tags.metrics.example/p?dl=https%3A%2F%2Fapp.example%2Forders%3Ftoken%3D${ACCESS}

200
`;
}

interface PostOptions {
  readonly page?: string;
  readonly status?: number;
  /** Header lines of the request. */
  readonly headers?: readonly string[];
}

/** A request of a page, its parameters as a form. */
const post = (
  url: string,
  form: string,
  answer: object,
  from: number,
  { page = 'https://app.example', status = 200, headers = [] }: PostOptions = {},
): string => `
# initiator ${page}
# resource xhr
# time +${from}
POST ${url}
${[FORM, ...headers].join('\n')}

${form}

${status}
${JSON_TYPE}
Cache-Control: no-store

${JSON.stringify(answer)}`;

/** A call of an API by a page. */
const call = (url: string, headers: readonly string[], from: number, page = 'https://app.example'): string => `
# initiator ${page}
# resource xhr
# time +${from}
GET ${url}
${headers.join('\n')}

200
${JSON_TYPE}

[]`;

const REPORTS = 'https://reports.example';
const REPORTS_STATE = 'state=Qm4vXq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const PAY_STATE = 'state=Hw7rXq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const REFRESH = 'tGzv3JOkF0XG5Qx2TlKWIA9bVr7PqLm4';

/**
 * A morning at three applications: a pushed request, the implicit grant, a refresh, a sign-in with PKCE and, latest, one
 * without. Its clock begins 58 minutes before `NOW`.
 */
export function morning(): string {
  const at = (minutes: number): number => minutes * 60;
  const pkceOf = pkce(OTHER_VERIFIER);
  return `${post(
    'https://idp.bank.example/par',
    `client_id=pay-web&response_type=code&redirect_uri=https%3A%2F%2Fpay.example%2Fcb&scope=openid%20payments&${PAY_STATE}${pkceOf.more}`,
    { request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c', expires_in: 60 },
    0,
    { page: 'https://pay.example' },
  )}

# time +1
GET https://idp.bank.example/authorize?client_id=pay-web&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c

302
Location: https://pay.example/cb?code=Yd7pOBeZQQYbYS6WxSbIA2&${PAY_STATE}&iss=https%3A%2F%2Fidp.bank.example

# time +24
GET https://pay.example/cb?code=Yd7pOBeZQQYbYS6WxSbIA2&${PAY_STATE}&iss=https%3A%2F%2Fidp.bank.example

200

${post(
  'https://idp.bank.example/token',
  `grant_type=authorization_code&code=Yd7pOBeZQQYbYS6WxSbIA2&client_id=pay-web&redirect_uri=https%3A%2F%2Fpay.example%2Fcb${pkceOf.verifier ?? ''}`,
  { access_token: 'Vx2YotnFZFEjr1zCsicMWpAA8h3kQv7', token_type: 'Bearer', expires_in: 300 },
  25,
  { page: 'https://pay.example' },
)}

# time +${at(14)}
GET https://login.legacy.example/authorize?response_type=token&client_id=reports-ui&redirect_uri=https%3A%2F%2Freports.example%2Fcb&scope=reports&${REPORTS_STATE}

302
Location: ${REPORTS}/cb#access_token=Bw9tnFZFEjr1zCsicMWpAA8h3kQv7Lr0&token_type=Bearer&expires_in=3600&${REPORTS_STATE}

# time +${at(14) + 9}
GET ${REPORTS}/cb#access_token=Bw9tnFZFEjr1zCsicMWpAA8h3kQv7Lr0&token_type=Bearer&expires_in=3600&${REPORTS_STATE}

200

${call(
  'https://api.reports.example/v1/sales',
  ['Authorization: Bearer Bw9tnFZFEjr1zCsicMWpAA8h3kQv7Lr0'],
  at(14) + 10,
  REPORTS,
)}

${post(
  'https://as.example/token',
  'grant_type=refresh_token&refresh_token=pQzv3JOkF0XG5Qx2TlKWIA9bVr7PqLm4&client_id=web-portal',
  { access_token: 'Kt5YotnFZFEjr1zCsicMWpAA8h3kQv7', token_type: 'Bearer', expires_in: 3600, refresh_token: REFRESH },
  at(34),
)}
${codeFlow({
  ...pkceOf,
  code: 'aB7tQmOBeZQQYbYS6WxSbI',
  state: 'state=Pw9dOq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x',
  nonce: 'k7-1T_XaB3NkR8ymMqLbZe',
  access: 'Rr6YotnFZFEjr1zCsicMWpAA8h3kQv7L',
  from: at(47),
})}
${codeFlow({ more: '', from: at(58) })}`;
}

const IMPLICIT_ANSWER = `https://app.example/cb#access_token=${ACCESS}&token_type=Bearer&expires_in=3600&${STATE}`;
const REQUEST_URI = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c';
const ISS = 'iss=https%3A%2F%2Fas.example';

/** The example key of RFC 7517 appendix A.2. */
const PROOF_KEY = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
  },
});

/** A DPoP proof (RFC 9449 §4.2) made so many seconds after the capture began. */
function proof(claims: Readonly<Record<string, unknown>>, from: number): string {
  const { kty, crv, x, y } = PROOF_KEY.export({ format: 'jwk' });
  const header = base64url({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  const signed = `${header}.${base64url({ ...claims, iat: NOW + from })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: PROOF_KEY, dsaEncoding: 'ieee-p1363' });
  return `DPoP: ${signed}.${signature.toString('base64url')}`;
}

const DEVICE_CODE = 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS';
const DEVICE_TOKEN = `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=${DEVICE_CODE}&client_id=tv-app`;
const PENDING = { error: 'authorization_pending' };

/** A sign-in of each other kind, seen whole. */
export const kinds = {
  implicit: `
GET https://as.example/authorize?response_type=token&client_id=web-portal&${REDIRECT}&scope=orders%3Aread&${STATE}

302
Location: ${IMPLICIT_ANSWER}

# time +11.8
GET ${IMPLICIT_ANSWER}

200
${call('https://api.example/v1/orders', [`Authorization: Bearer ${ACCESS}`], 12.6)}`,
  parDpop: `${post(
    'https://as.example/par',
    `client_id=web-portal&response_type=code&${REDIRECT}&scope=orders%3Aread&${STATE}${pkce(VERIFIER).more}`,
    { request_uri: REQUEST_URI, expires_in: 60 },
    0,
    { status: 201 },
  )}

# time +0.4
GET https://as.example/authorize?client_id=web-portal&request_uri=${encodeURIComponent(REQUEST_URI)}

302
Location: https://app.example/cb?code=${CODE}&${STATE}&${ISS}

# time +9.2
GET https://app.example/cb?code=${CODE}&${STATE}&${ISS}

200
${post(
  'https://as.example/token',
  `grant_type=authorization_code&code=${CODE}&client_id=web-portal&${REDIRECT}${pkce(VERIFIER).verifier ?? ''}`,
  { access_token: ACCESS, token_type: 'DPoP', expires_in: 300 },
  9.5,
  { headers: [proof({ jti: 'e1j3V_bKic8-LAEB_lccD0G', htm: 'POST', htu: 'https://as.example/token' }, 9)] },
)}
${call(
  'https://api.example/v1/orders',
  [
    `Authorization: DPoP ${ACCESS}`,
    proof(
      {
        jti: 'f7Zq2_LmWc9-TbYe_KxRu3S',
        htm: 'GET',
        htu: 'https://api.example/v1/orders',
        ath: createHash('sha256').update(ACCESS).digest('base64url'),
      },
      10,
    ),
  ],
  10.1,
)}`,
  device: `${post(
    'https://as.example/device_authorization',
    'client_id=tv-app&scope=orders%3Aread',
    {
      device_code: DEVICE_CODE,
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://as.example/device',
      expires_in: 900,
      interval: 5,
    },
    0,
    { page: 'https://tv.example' },
  )}
${[5, 10, 15, 20]
  .map((from) =>
    post('https://as.example/token', DEVICE_TOKEN, PENDING, from, { page: 'https://tv.example', status: 400 }),
  )
  .join('\n')}
${post('https://as.example/token', DEVICE_TOKEN, { access_token: ACCESS, token_type: 'Bearer', expires_in: 3600 }, 25, {
  page: 'https://tv.example',
})}
${call('https://api.example/v1/channels', [`Authorization: Bearer ${ACCESS}`], 25.6, 'https://tv.example')}`,
  refused: `
GET https://as.example/authorize?response_type=code&client_id=web-portal&${REDIRECT}&scope=openid%20admin&${STATE}&nonce=${NONCE}${pkce(VERIFIER).more}

302
Location: https://app.example/cb?error=invalid_scope&error_description=admin%20is%20not%20allowed&${STATE}&${ISS}

# time +3.2
GET https://app.example/cb?error=invalid_scope&error_description=admin%20is%20not%20allowed&${STATE}&${ISS}

200`,
} as const;

/** Would run, navigate or turn the text around, were it not shown as text. */
const MARKUP = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>';
const TURNED = '\u202egnp.exe\u2066\u200b';
const SCRIPT_LINK = 'javascript:globalThis.pwned=1';
const HOSTILE_TOKEN = `${base64url({ alg: MARKUP, jku: SCRIPT_LINK, kid: TURNED })}.${base64url({
  iss: SCRIPT_LINK,
  sub: MARKUP,
  aud: [TURNED, MARKUP],
  [MARKUP]: 'claim',
})}.c2ln`;

/** A sign-in whose every value is hostile: markup, script links, bidi controls, lone surrogates, a megabyte. */
export function hostileTrace(): string {
  const client = encodeURIComponent(`${MARKUP}${TURNED}`);
  const state = encodeURIComponent('"><b>Zk3qOq8vT1mXc0aJr5yW2bN7');
  const long = 'A9'.repeat(500_000);
  return `
GET https://as.example/authorize?response_type=code&client_id=${client}&redirect_uri=${encodeURIComponent(SCRIPT_LINK)}&scope=${client}&state=${state}&${encodeURIComponent(MARKUP)}=${client}&request=${HOSTILE_TOKEN}&ui_locales=${long}

302
Location: https://app.example/${encodeURIComponent(TURNED)}?code=${CODE}&state=${state}&error_uri=${encodeURIComponent(SCRIPT_LINK)}

GET https://app.example/${encodeURIComponent(TURNED)}?code=${CODE}&state=${state}&error_uri=${encodeURIComponent(SCRIPT_LINK)}

200
X-Note: ${MARKUP}${TURNED}

${BY_PAGE}
POST https://as.example/token
${FORM}

grant_type=authorization_code&code=${CODE}&client_id=${client}&redirect_uri=${encodeURIComponent(SCRIPT_LINK)}

400
${JSON_TYPE}

{"error":"${'invalid_\\ud800grant'}","error_description":"\\ud83d${MARKUP.replaceAll('"', '\\"')}\\u202e","error_uri":"${SCRIPT_LINK}","id_token":"${HOSTILE_TOKEN}"}`;
}

/** Milliseconds since the epoch at which the captures begin, so that their latest sign-in is at 10:42. */
export const CAPTURE_FROM = {
  problems: NOW * 1000,
  morning: (NOW - 58 * 60) * 1000,
  twoSignIns: (NOW - 1583) * 1000,
  lineage: (NOW - 14 * 60) * 1000,
} as const;
