import { wordOf } from '../http/params.ts';
import { decodeToken } from './decode.ts';
import { jwkThumbprint, sha256Base64url } from './hash.ts';
import { innermost, type TokenReport } from './inspect.ts';
import { claimsOf, type TokenKind, tokenKind } from './kind.ts';
import { decodeSdJwt } from './sd-jwt.ts';
import { CLOCK_SKEW, MILLISECONDS_FROM, numericDate } from './time.ts';
import { verifySignature } from './verify.ts';

/** What the person knows of the request and answer that the token belongs to; `''`: nothing is known. */
export interface Known {
  readonly issuer: string;
  /** Who the token has to be for: the client of an ID token, the API of an access token. */
  readonly audience: string;
  readonly nonce: string;
  readonly code: string;
  readonly accessToken: string;
  /** Of the request that a DPoP proof goes with. */
  readonly method: string;
  readonly url: string;
}

export type KnownName = keyof Known;

export const NOTHING_KNOWN: Known = {
  issuer: '',
  audience: '',
  nonce: '',
  code: '',
  accessToken: '',
  method: '',
  url: '',
};

/** What can be compared for each sort of token, in the order in which it is asked for. */
export const ASKED: Readonly<Record<TokenKind, readonly KnownName[]>> = {
  idToken: ['issuer', 'audience', 'nonce', 'accessToken', 'code'],
  accessToken: ['issuer', 'audience'],
  logoutToken: ['issuer', 'audience'],
  dpopProof: ['method', 'url', 'accessToken', 'nonce'],
  requestObject: ['issuer', 'audience', 'nonce'],
  clientAssertion: ['issuer', 'audience'],
  jwt: ['issuer', 'audience'],
  jws: [],
  jwe: [],
  sdJwt: ['issuer', 'nonce', 'audience'],
};

export interface TokenCheck {
  /** Stable; the claim or header where it is about one. */
  readonly id: string;
  /** `cannotTell`: something is missing to say so, which `says` names. */
  readonly is: 'pass' | 'fail' | 'cannotTell';
  /** How bad a failure is. */
  readonly severity: 'high' | 'medium' | 'low' | 'info';
  /** One sentence, without its full stop. */
  readonly says: string;
  readonly section: string;
  /** The rule that judges the same in recorded traffic. */
  readonly rule?: string;
  /** What would decide it. */
  readonly missing?: KnownName;
}

type Claims = Readonly<Record<string, unknown>>;
type Judged = readonly (TokenCheck | null)[] | Promise<readonly (TokenCheck | null)[]>;

/**
 * What the content of a token proves and lacks, beside its signature and its end, as far as no rule for recorded traffic
 * says it: logout tokens, DPoP proofs, request objects, client assertions, SD-JWTs, and who an access token is for. Nothing
 * is judged of a token that cannot be read.
 * @param token the token itself, of which a DPoP proof needs the bytes
 * @param now seconds since the epoch
 */
export async function judgeToken(
  token: string,
  report: TokenReport,
  known: Known,
  now: number,
): Promise<readonly TokenCheck[]> {
  const inner = innermost(report);
  const claims = claimsOf(inner);
  if (inner.kind === 'unknown' || claims === null) return [];
  const header = inner.header ?? {};
  const kind = tokenKind(inner);
  const found = await JUDGES[kind]({ token: inner.text ?? token, header, claims, known, now });
  const isRuled = kind === 'idToken' || kind === 'accessToken';
  return [...found, ...(isRuled ? [] : times(claims, now))].filter((check) => check !== null);
}

interface Subject {
  readonly token: string;
  readonly header: Claims;
  readonly claims: Claims;
  readonly known: Known;
  readonly now: number;
}

const JUDGES: Readonly<Record<TokenKind, (subject: Subject) => Judged>> = {
  idToken: judgeIdToken,
  accessToken: judgeAccessToken,
  logoutToken: judgeLogoutToken,
  dpopProof: judgeProof,
  requestObject: judgeRequestObject,
  clientAssertion: judgeAssertion,
  jwt: (s) => [
    issuer(s, 'RFC 7519 §4.1.1'),
    audience(s, 'RFC 7519 §4.1.3', { severity: 'low' }),
    needs(s, ['exp'], 'low', 'RFC 7519 §4.1.4'),
  ],
  jws: () => [],
  jwe: () => [],
  sdJwt: judgeSdJwt,
};

type More = Partial<Pick<TokenCheck, 'severity' | 'rule' | 'missing'>>;
const check =
  (is: TokenCheck['is']) =>
  (id: string, says: string, section: string, more: More = {}): TokenCheck => ({
    id,
    is,
    severity: 'high',
    says,
    section,
    ...more,
  });
const pass = check('pass');
const fail = check('fail');
const cannotTell = check('cannotTell');

const SHOWN = 80;

const text = (value: unknown): string => {
  const found = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return found.length > SHOWN ? `${found.slice(0, SHOWN)}…` : found;
};

/** A claim against a known value, letter by letter (RFC 7519 §4.1.1). */
function compared(
  id: string,
  found: unknown,
  wanted: string,
  missing: KnownName,
  what: string,
  section: string,
  more: More = {},
): TokenCheck {
  if (wanted === '')
    return cannotTell(id, `${what} is not known, so \`${id}\` cannot be compared`, section, { missing });
  return found === wanted
    ? pass(id, `\`${id}\` is ${what}`, section, more)
    : fail(id, `\`${id}\` is "${text(found)}", not "${text(wanted)}"`, section, more);
}

const issuer = ({ claims, known }: Subject, section: string): TokenCheck =>
  compared('iss', claims['iss'], known.issuer.trim(), 'issuer', 'the issuer', section, {
    rule: 'id-token-iss-mismatch',
  });

function audience({ claims, known }: Subject, section: string, more: More = {}): TokenCheck {
  const wanted = known.audience.trim();
  const { aud } = claims;
  const all: readonly unknown[] = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
  if (all.length === 0)
    return fail('aud', 'It has no `aud`: it says for nobody in particular that it is theirs', section, more);
  if (wanted === '') {
    return cannotTell('aud', 'The audience is not known, so `aud` cannot be compared', section, {
      missing: 'audience',
    });
  }
  return all.includes(wanted)
    ? pass('aud', '`aud` is the audience', section, more)
    : fail('aud', `\`aud\` is "${text(aud)}", not "${text(wanted)}"`, section, more);
}

/** Claims that have to be there. */
function needs(
  { claims }: Subject,
  names: readonly string[],
  severity: TokenCheck['severity'],
  section: string,
  rule?: string,
): TokenCheck {
  const missing = names.filter((name) => (claims[name] ?? null) === null);
  const more = { severity, ...(rule === undefined ? {} : { rule }) };
  const listed = (all: readonly string[]): string => all.map((name) => `\`${name}\``).join(', ');
  return missing.length === 0
    ? pass('required', `It has ${listed(names)}`, section, more)
    : fail('required', `It lacks ${listed(missing)}`, section, more);
}

/** What the rules for recorded traffic leave to whoever holds one token (OIDC Core §2). */
function judgeIdToken({ claims, known }: Subject): readonly (TokenCheck | null)[] {
  return [azpCheck(claims['azp'], claims['aud'], known.audience.trim())];
}

function azpCheck(azp: unknown, aud: unknown, client: string): TokenCheck | null {
  const section = 'OIDC Core §2';
  const several = Array.isArray(aud) && aud.length > 1;
  if (azp === undefined) {
    return several
      ? fail('azp', 'It is for several audiences and `azp` does not say which one it was issued to', section, {
          severity: 'medium',
        })
      : null;
  }
  return compared('azp', azp, client, 'audience', 'the client', section, { severity: several ? 'high' : 'medium' });
}

/** The nonce of an authorization request (`null`: it has none), or the text itself where it is no address. */
export function nonceIn(given: string): string | null {
  const trimmed = given.trim();
  return /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed).searchParams.get('nonce') : trimmed;
}

function nonceCheck(nonce: unknown, given: string): TokenCheck {
  const section = 'OIDC Core §3.1.3.7';
  const more = { rule: 'nonce-mismatch' };
  const wanted = nonceIn(given);
  if (wanted === null) return fail('nonce', 'The request has no nonce', section, { severity: 'medium' });
  if (typeof nonce !== 'string') {
    return wanted === ''
      ? cannotTell('nonce', 'No nonce: nothing ties it to one request', section)
      : fail('nonce', 'It has no nonce, and the request had one', section, { rule: 'nonce-missing-in-id-token' });
  }
  if (wanted === '') return cannotTell('nonce', 'The nonce of the request is not known', section, { missing: 'nonce' });
  return wanted === nonce
    ? pass('nonce', 'The nonce is that of the request', section, more)
    : fail('nonce', 'The nonce is not that of the request', section, more);
}

const HOUR = 3600;

/** RFC 9068 §4: whether it is for this API, of this issuer. What it has to hold is a matter of the rules. */
function judgeAccessToken(s: Subject): readonly (TokenCheck | null)[] {
  return [
    issuer(s, 'RFC 9068 §4'),
    s.claims['aud'] === undefined ? null : audience(s, 'RFC 9068 §4', { severity: 'medium' }),
  ];
}

/** OIDC Back-Channel Logout §2.4, §2.6. */
function judgeLogoutToken(s: Subject): readonly (TokenCheck | null)[] {
  const section = 'OIDC Back-Channel Logout §2.6';
  const { claims } = s;
  return [
    issuer(s, section),
    audience(s, section),
    needs(s, ['iss', 'aud', 'iat', 'exp', 'jti', 'events'], 'high', 'OIDC Back-Channel Logout §2.4'),
    claims['sub'] === undefined && claims['sid'] === undefined
      ? fail('sub', 'It names neither a subject (`sub`) nor a session (`sid`)', section)
      : pass('sub', 'It names whose session ends', section),
    claims['nonce'] === undefined
      ? null
      : fail('nonce', 'It has a `nonce`, which logout tokens must not have: it could pass as an ID token', section),
  ];
}

/** Seconds that a proof may be old, or early. */
const PROOF_SECONDS = 300;

/** RFC 9449 §4.3. */
async function judgeProof({ token, header, claims, known, now }: Subject): Promise<readonly (TokenCheck | null)[]> {
  const section = 'RFC 9449 §4.3';
  const { jwk } = header;
  const key = typeof jwk === 'object' && jwk !== null ? (jwk as Claims) : null;
  const method = known.method.trim();
  const url = known.url.trim();
  const iat = numericDate(claims['iat']);
  const age = iat === null ? null : Math.round(now - iat);
  return [
    key === null
      ? fail('jwk', 'The header has no key (`jwk`) that it proves', section, { rule: 'dpop-proof-malformed' })
      : ['d', 'k', 'p', 'q'].some((name) => name in key)
        ? fail('jwk', 'The header gives away the private key', section, { rule: 'dpop-private-key-in-proof' })
        : pass('jwk', `It proves the key with the thumbprint \`${(await jwkThumbprint(key)) ?? '?'}\``, section),
    key === null ? null : await ownSignature(token, key),
    needs(
      { token, header, claims, known, now },
      ['jti', 'htm', 'htu', 'iat'],
      'high',
      'RFC 9449 §4.2',
      'dpop-proof-malformed',
    ),
    method === ''
      ? cannotTell('htm', 'The method of the request is not known', section, { missing: 'method' })
      : wordOf(claims['htm']).toUpperCase() === method.toUpperCase()
        ? pass('htm', '`htm` is the method of the request', section, { rule: 'dpop-htm-htu-mismatch' })
        : fail('htm', `\`htm\` is "${text(claims['htm'])}", the request is "${text(method)}"`, section, {
            rule: 'dpop-htm-htu-mismatch',
          }),
    url === ''
      ? cannotTell('htu', 'The address of the request is not known', section, { missing: 'url' })
      : bareAddress(claims['htu']) === bareAddress(url)
        ? pass('htu', '`htu` is the address of the request', section, { rule: 'dpop-htm-htu-mismatch' })
        : fail('htu', `\`htu\` is "${text(claims['htu'])}", the request goes to "${text(url)}"`, section, {
            rule: 'dpop-htm-htu-mismatch',
          }),
    await athCheck(claims['ath'], known.accessToken.trim(), section),
    known.nonce.trim() === ''
      ? null
      : compared('nonce', claims['nonce'], known.nonce.trim(), 'nonce', 'the nonce of the server', 'RFC 9449 §8'),
    age === null
      ? null
      : Math.abs(age) <= PROOF_SECONDS
        ? pass('iat', 'It was made just now', section, { rule: 'dpop-iat-skew' })
        : fail(
            'iat',
            `It was made ${Math.abs(age)} seconds ${age > 0 ? 'ago' : 'ahead'}: servers want it fresh`,
            section,
            {
              severity: 'medium',
              rule: 'dpop-iat-skew',
            },
          ),
  ];
}

/** Its own key is the right one here: what it proves is that the sender has its private half. */
async function ownSignature(token: string, key: Claims): Promise<TokenCheck> {
  const section = 'RFC 9449 §4.3';
  const { is, reason = '' } = await verifySignature(decodeToken(token), { jwk: key as { kty: string } });
  if (is === 'valid') return pass('signature', 'It is signed with the key that it brings', section);
  return (is === 'invalid' ? fail : cannotTell)(
    'signature',
    `Not signed with the key that it brings: ${reason}`,
    section,
  );
}

async function athCheck(ath: unknown, accessToken: string, section: string): Promise<TokenCheck | null> {
  if (accessToken === '') {
    return ath === undefined
      ? null
      : cannotTell('ath', 'The access token is not known, so `ath` cannot be compared', section, {
          missing: 'accessToken',
        });
  }
  if (ath === undefined) {
    return fail('ath', 'It has no `ath`: nothing ties it to the access token', section, { rule: 'dpop-ath-missing' });
  }
  return (await sha256Base64url(accessToken)) === ath
    ? pass('ath', '`ath` is the hash of the access token', section)
    : fail('ath', '`ath` is not the hash of the access token', section);
}

/** Without query and fragment, and in one spelling (RFC 9449 §4.3, RFC 3986 §6.2.2). */
function bareAddress(value: unknown): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const { origin, pathname } = new URL(value);
  const path = pathname.replace(/%[0-9a-f]{2}/gi, (coded) => {
    const character = String.fromCharCode(Number.parseInt(coded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : coded.toUpperCase();
  });
  return `${origin}${path}`;
}

/** RFC 9901 §7.1 and, where the holder proves a key, §7.3: the proof is for this verifier and this request. */
function judgeSdJwt(s: Subject): readonly (TokenCheck | null)[] {
  const section = 'RFC 9901 §7.3';
  const { keyBinding } = decodeSdJwt(s.token);
  const proof = keyBinding === null ? null : claimsOf(decodeToken(keyBinding) as Pick<TokenReport, 'payload'>);
  return [
    issuer(s, 'RFC 9901 §7.1'),
    ...(proof === null
      ? []
      : [
          audience({ ...s, claims: proof }, section),
          compared('nonce', proof['nonce'], s.known.nonce.trim(), 'nonce', 'the nonce of the verifier', section),
        ]),
  ];
}

/** RFC 9101 §4, §6.3. */
function judgeRequestObject(s: Subject): readonly (TokenCheck | null)[] {
  const { claims, known, header } = s;
  return [
    claims['iss'] === undefined
      ? null
      : compared('iss', claims['iss'], wordOf(claims['client_id'] ?? ''), 'issuer', 'the client', 'RFC 9101 §4'),
    audience(s, 'RFC 9101 §4', { severity: 'low' }),
    needs(s, ['client_id', 'response_type'], 'high', 'RFC 9101 §4'),
    /^none$/i.test(wordOf(header['alg'])) ? fail('alg', 'It is not signed', 'RFC 9101 §10.2') : null,
    known.nonce.trim() === '' ? null : nonceCheck(claims['nonce'], known.nonce),
    claims['exp'] === undefined
      ? fail('exp', 'It has no `exp`: it can be used again for ever', 'RFC 9101 §10.2', { severity: 'low' })
      : null,
  ];
}

/** RFC 7523 §3. */
function judgeAssertion(s: Subject): readonly (TokenCheck | null)[] {
  const { claims, now } = s;
  const exp = numericDate(claims['exp']);
  return [
    claims['iss'] === claims['sub']
      ? pass('sub', 'Issuer and subject are both the client', 'RFC 7523 §3')
      : fail('sub', 'Issuer and subject differ: both have to be the client', 'RFC 7523 §3'),
    compared('iss', claims['iss'], s.known.issuer.trim(), 'issuer', 'the client', 'RFC 7523 §3'),
    audience(s, 'RFC 7523 §3'),
    needs(s, ['iss', 'sub', 'aud', 'exp', 'jti'], 'medium', 'RFC 7523 §3'),
    exp !== null && exp - now > HOUR
      ? fail(
          'lifetime',
          `It holds for another ${Math.round((exp - now) / HOUR)} hours: minutes are enough`,
          'RFC 7523 §3',
          {
            severity: 'low',
          },
        )
      : null,
  ];
}

/** Times that cannot be right, whatever the clock says. */
function times(claims: Claims, now: number): readonly (TokenCheck | null)[] {
  const section = 'RFC 7519 §4.1';
  const more = { severity: 'low', rule: 'jwt-clock-anomaly' } as const;
  const wrong = ['exp', 'nbf', 'iat', 'auth_time'].filter(
    (name) => claims[name] !== undefined && numericDate(claims[name]) === null,
  );
  const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => numericDate(claims[name]));
  return [
    wrong.length === 0
      ? null
      : fail('times', `${wrong.map((name) => `\`${name}\``).join(', ')}: no number of seconds`, 'RFC 7519 §2', {
          ...more,
          severity: 'medium',
        }),
    [exp, nbf, iat].some((time) => (time ?? 0) > MILLISECONDS_FROM)
      ? fail('times', 'Its times count milliseconds, not seconds', 'RFC 7519 §2', more)
      : (exp ?? Infinity) < (iat ?? 0)
        ? fail('times', 'It ends before it was made', section, more)
        : (iat ?? 0) - now > CLOCK_SKEW
          ? fail('iat', 'By this clock it was made in the future: one of the clocks is wrong', section, more)
          : null,
  ];
}
