import { analyse } from './analyse.ts';
import { endpointOf } from './http/endpoint.ts';
import type { Finding, Verdict } from './model/analysis.ts';
import { type Exchange, type Header, type Observation, seen } from './model/observation.ts';
import type { Rule } from './model/rule.ts';
import { RULES } from './rules/index.ts';
import { encodeBase64url } from './token/base64url.ts';
import { innermost, type TokenReport } from './token/inspect.ts';
import { judgeToken, type Known, type KnownName, nonceIn, type TokenCheck } from './token/judge.ts';
import { claimsOf, tokenKind } from './token/kind.ts';

/** What a server was asked for while its keys were fetched (OpenID Connect Discovery §3, RFC 7517 §5). */
export interface AskedServer {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly jwks: unknown;
}

/**
 * What the content of a token proves and lacks, with what is known. ID tokens and access tokens are judged by the rules
 * that judge recorded traffic: the token is put into the sign-in that it would come from, of which everything that is not
 * known is left out, so that a rule that needs it cannot tell.
 * @param token the token itself, of which a DPoP proof needs the bytes
 * @param now seconds since the epoch
 * @param server what its issuer was asked for; `null`: nothing
 */
export async function analyseToken(
  token: string,
  report: TokenReport,
  known: Known,
  now: number,
  server: AskedServer | null = null,
): Promise<readonly TokenCheck[]> {
  const inner = innermost(report);
  const claims = claimsOf(inner);
  const kind = tokenKind(inner);
  const own = await judgeToken(token, report, known, now);
  if (claims === null || inner.kind === 'unknown' || (kind !== 'idToken' && kind !== 'accessToken')) return own;
  const text = plainJws(inner.text ?? token, inner);
  const subject: Subject = { text, is: kind === 'idToken' ? 'id_token' : 'access_token', claims, known, now, server };
  if (text.length > MAX_JUDGED) return [...own, TOO_LONG];
  return [...(await byRules(subject)), ...own];
}

interface Subject {
  readonly text: string;
  readonly is: 'id_token' | 'access_token';
  readonly claims: Readonly<Record<string, unknown>>;
  readonly known: Known;
  readonly now: number;
  readonly server: AskedServer | null;
}

/** Longer tokens are not taken apart by the rules. */
const MAX_JUDGED = 200_000;
const TOO_LONG: TokenCheck = {
  id: 'content',
  is: 'cannotTell',
  severity: 'info',
  says: `Longer than ${MAX_JUDGED.toLocaleString('en')} characters: what its claims give away is not judged`,
  section: 'RFC 8725 §3',
};

/** In the spelling by which tokens are known in traffic; one that is so already stays as it is. */
function plainJws(text: string, { header, payload }: TokenReport): string {
  if (/^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(text)) return text;
  const part = (value: unknown): string => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));
  return `${part(header)}.${part(payload)}.c2ln`;
}

/** Rules about what a token says, each with the name of the check; the rest of a sign-in is not there to be judged. */
const CONTENT: Readonly<Record<Subject['is'], Readonly<Record<string, string>>>> = {
  id_token: {
    'id-token-missing-claims': 'required',
    'id-token-extra-audience': 'other-audiences',
    'id-token-hs256-public-client': 'shared-secret',
    'jwt-alg-not-advertised': 'announced',
    'jwt-long-lifetime': 'lifetime',
    'jwt-clock-anomaly': 'times',
    'jwt-sensitive-claims': 'personal',
    'token-type-confusable': 'confusable',
  },
  access_token: {
    'at-jwt-missing-claims': 'profile',
    'jwt-missing-aud': 'aud-missing',
    'jwt-missing-exp': 'exp',
    'jwt-long-lifetime': 'lifetime',
    'jwt-clock-anomaly': 'times',
    'jwt-sensitive-claims': 'personal',
    'jwt-oversized': 'size',
  },
};

/** Rules that compare a claim with the rest of the sign-in, and what decides them. */
interface Compared {
  readonly rule: string;
  readonly id: string;
  readonly missing: KnownName;
  readonly what: string;
  readonly section: string;
}

const COMPARED: readonly Compared[] = [
  {
    rule: 'id-token-iss-mismatch',
    id: 'iss',
    missing: 'issuer',
    what: 'the issuer',
    section: 'OIDC Core §3.1.3.7',
  },
  {
    rule: 'id-token-aud-mismatch',
    id: 'aud',
    missing: 'audience',
    what: 'the audience',
    section: 'OIDC Core §3.1.3.7',
  },
  {
    rule: 'nonce-mismatch',
    id: 'nonce',
    missing: 'nonce',
    what: 'that of the request',
    section: 'OIDC Core §3.1.3.7',
  },
  {
    rule: 'at-hash-mismatch',
    id: 'at_hash',
    missing: 'accessToken',
    what: 'the hash of the access token',
    section: 'OIDC Core §3.1.3.6',
  },
  {
    rule: 'c-hash-mismatch',
    id: 'c_hash',
    missing: 'code',
    what: 'the hash of the code',
    section: 'OIDC Core §3.3.2.11',
  },
];

/** The nonce that is absent is one check with the nonce that is another. */
const NONCE_ABSENT = 'nonce-missing-in-id-token';

async function byRules(subject: Subject): Promise<readonly TokenCheck[]> {
  const names = CONTENT[subject.is];
  const comparing = subject.is === 'id_token' ? COMPARED : [];
  const wanted = new Set([...Object.keys(names), ...comparing.map(({ rule }) => rule), NONCE_ABSENT]);
  const rules = RULES.filter(({ id }) => wanted.has(id));
  const analysis = await analyse(signIn(subject), { now: subject.now * 1000, rules });
  const flow = analysis.flows.find(({ messages }) => messages.some(({ kind }) => kind === 'tokenResponse'));
  const of = (rule: string): Judged => ({
    verdict: analysis.verdicts.find((one) => one.rule === rule && one.flow === flow?.id),
    // What is wrong with the access token that was given beside an ID token is no word about this one.
    findings: analysis.findings.filter(
      ({ rule: found, flow: where, evidence: [first] }) =>
        found === rule && where === flow?.id && !(subject.is === 'id_token' && first.name === 'access_token'),
    ),
  });
  const compared = comparing.map((one) => compare(one, subject, of));
  const content = rules.flatMap((rule) => {
    const id = names[rule.id];
    return id === undefined ? [] : judged(rule, id, of(rule.id));
  });
  return [...compared.filter((check) => check !== null), ...content];
}

interface Judged {
  readonly verdict: Verdict | undefined;
  readonly findings: readonly Finding[];
}

const sectionOf = ({ references: [first] }: Rule): string =>
  first === undefined ? '' : `${first.spec} §${first.section}`;

function judged(rule: Rule, id: string, { verdict, findings }: Judged): readonly TokenCheck[] {
  const check = (is: TokenCheck['is'], severity: TokenCheck['severity'], says: string): TokenCheck => ({
    id,
    is,
    severity,
    says: says
      .replace(/\.$/, '')
      .replace(/^The (id|access)_token /, (_, is) => (is === 'id' ? 'The ID token ' : 'The access token ')),
    section: sectionOf(rule),
    rule: rule.id,
  });
  if (findings.length > 0) return findings.map(({ severity, summary }) => check('fail', severity, summary));
  if (verdict?.is === 'pass') return [check('pass', rule.severity, rule.subject)];
  if (verdict?.is === 'error') return [check('cannotTell', rule.severity, `${rule.subject}: ${verdict.message}`)];
  if (verdict?.is !== 'cannotTell') return [];
  return [check('cannotTell', rule.severity, `${rule.subject}: that takes the ${verdict.missing.join(', ')}`)];
}

const SHOWN = 80;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** A comparison is said with the two values: the person gave one of them. */
function compare(
  { rule, id, missing, what, section }: Compared,
  { claims, known }: Subject,
  of: (rule: string) => Judged,
): TokenCheck | null {
  const given = givenValue(missing, known);
  const found = claims[id];
  const { verdict, findings } = of(rule);
  const [finding] = findings;
  const check = (is: TokenCheck['is'], says: string, more: Partial<TokenCheck> = {}): TokenCheck => ({
    id,
    is,
    severity: 'high',
    says,
    section,
    rule,
    ...more,
  });
  if (id === 'nonce') {
    if (given === null) return check('fail', 'The request has no nonce', { severity: 'medium', rule: 'missing-nonce' });
    if (of(NONCE_ABSENT).findings.length > 0) {
      return check('fail', 'It has no nonce, and the request had one', { rule: NONCE_ABSENT });
    }
    if (found === undefined) return check('cannotTell', 'No nonce: nothing ties it to one request');
  }
  if (given === '' || given === null) {
    if (finding !== undefined) return check('fail', finding.summary.replace(/\.$/, ''), { severity: finding.severity });
    return found === undefined
      ? null
      : check('cannotTell', `\`${id}\` cannot be compared: what it should be is not known`, { missing });
  }
  if (found === undefined) return check('cannotTell', `It has no \`${id}\`, so it cannot be compared`);
  if (verdict?.is === 'pass') return check('pass', `\`${id}\` is ${what}`);
  if (finding !== undefined) {
    const isSecret = id === 'nonce' || id.endsWith('_hash');
    return check(
      'fail',
      isSecret ? `\`${id}\` is not ${what}` : `\`${id}\` is "${shown(found)}", not "${shown(given)}"`,
      // Whether a client went on makes no difference here; another spelling of the same does.
      { severity: withoutSlash(found) === withoutSlash(given) ? 'low' : 'high' },
    );
  }
  return check('cannotTell', `\`${id}\` cannot be compared with what is known`);
}

const withoutSlash = (value: unknown): string => String(value).replace(/\/$/, '');

/** `null`: an authorization request was given, and it holds none. */
function givenValue(name: KnownName, known: Known): string | null {
  return name === 'nonce' ? nonceIn(known.nonce) : known[name].trim();
}

/** No host of anybody (RFC 6761 §6.4). */
const CLIENT = 'https://client.invalid/callback';
const STATE = 'Zm9yIGEgdG9rZW4gdGhhdCB3YXMgcGFzdGVk';
const CODE = 'dGhlIGNvZGUgaXMgbm90IGtub3du';

/** The sign-in that a token would come from, as far as it is known. */
function signIn(subject: Subject): readonly Observation[] {
  const { text, is, claims, known, now, server } = subject;
  const issuer = known.issuer.trim();
  const origin = originOf(claims['iss']) ?? originOf(issuer) ?? 'https://issuer.invalid';
  const client = known.audience.trim();
  const nonce = nonceIn(known.nonce) ?? '';
  const code = known.code.trim();
  const accessToken = is === 'access_token' ? text : known.accessToken.trim();
  const exchanges: Exchange[] = [];
  const add = (made: Partial<Making> & Pick<Making, 'url'>): void => {
    exchanges.push(
      exchangeOf({ method: 'GET', form: null, answer: null, token: null, cut: false, ...made }, exchanges.length, now),
    );
  };
  if (issuer !== '' || server !== null) {
    const { metadata = {}, jwks = null } = server ?? {};
    const endpoints = {
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
    };
    const document = { ...metadata, ...endpoints, issuer: issuer === '' ? metadata['issuer'] : issuer };
    add({ url: `${origin}/.well-known/openid-configuration`, answer: document });
    if (jwks !== null) add({ url: endpoints.jwks_uri, answer: jwks });
  }
  const about = { ...(client === '' ? {} : { client_id: client }), redirect_uri: CLIENT };
  const request = new URLSearchParams({
    response_type: 'code',
    ...about,
    scope: is === 'id_token' ? 'openid' : 'api',
    state: STATE,
    ...(nonce === '' ? {} : { nonce }),
  });
  add({ url: `${origin}/authorize?${request}`, cut: nonce === '' });
  add({ url: `${CLIENT}?${new URLSearchParams({ code: code === '' ? CODE : code, state: STATE })}` });
  const redeemed = { grant_type: 'authorization_code', code: code === '' ? CODE : code, ...about };
  add({
    url: `${origin}/token`,
    method: 'POST',
    form: new URLSearchParams(redeemed).toString(),
    answer: {
      token_type: 'Bearer',
      ...(accessToken === '' ? {} : { access_token: accessToken }),
      ...(is === 'id_token' ? { id_token: text } : {}),
      // Where a code came along, `c_hash` is of that one (OIDC Core §3.3.2.11).
      ...(code === '' ? {} : { code }),
    },
  });
  if (is === 'access_token') add({ url: 'https://api.invalid/', token: text });
  return exchanges;
}

function originOf(issuer: unknown): string | null {
  if (typeof issuer !== 'string' || issuer === '') return null;
  const endpoint = endpointOf(issuer) ?? endpointOf(`https://${issuer}`);
  return endpoint === null || !/^https?$/.test(endpoint.scheme) ? null : endpoint.origin;
}

interface Making {
  readonly url: string;
  readonly method: string;
  readonly form: string | null;
  /** JSON of the answer; `null`: it was not seen. */
  readonly answer: unknown;
  /** Sent as a bearer token. */
  readonly token: string | null;
  /** Parameters may be missing that were sent. */
  readonly cut: boolean;
}

function exchangeOf({ url, method, form, answer, token, cut }: Making, entry: number, now: number): Exchange {
  const headers: Header[] = [
    ...(form === null ? [] : [['content-type', 'application/x-www-form-urlencoded'] as const]),
    ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
  ];
  return {
    is: 'exchange',
    id: `pasted-${entry}`,
    trace: 'pasted',
    capture: 'line',
    time: now * 1000,
    tab: null,
    resource: null,
    initiator: null,
    redirectedFrom: null,
    truncated: cut,
    request: { method, url, headers: seen(headers), body: seen(form === null ? null : { is: 'text', text: form }) },
    outcome:
      answer === null
        ? { is: 'unknown' }
        : {
            is: 'response',
            response: {
              status: 200,
              headers: seen([['content-type', 'application/json']]),
              body: seen({ is: 'text', text: JSON.stringify(answer) }),
            },
          },
    source: { source: 0, entry },
  };
}
