import { isRecord } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { ACCESS_CLAIMS, accessJwtSignIn, codeSignIn, ID_CLAIMS } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN, type UsedJwt } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-sensitive-claims',
  title: 'Secrets or personal data readable in a token',
  subject: 'Content of tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 9068', section: '6', level: 'none' },
    { spec: 'RFC 10017', section: '9.1', level: 'none' },
    { spec: 'OIDC Core', section: '17.1', level: 'none' },
    { spec: 'RFC 6819', section: '5.1.5.10', level: 'none' },
  ],
  why: 'A token is encoded, not encrypted: every log, proxy and server that it passes can read what it holds.',
  fix: 'Leave such claims out, or use opaque or encrypted tokens.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token', 'id_token'], (token) => {
      const members = [...membersOf(token.claims)];
      for (const [severity, finds] of CLASSES) {
        const names = members.filter((member) => finds(member, token.is)).map(({ name }) => name);
        if (names.length === 0) continue;
        return c.fail({
          evidence: [token.evidence],
          severity,
          part: token.is,
          summary: c.say`The ${c.plain(token.is)} holds ${c.plain([...new Set(names)].join(', '))} for everybody to read.`,
        });
      }
      return c.pass;
    });
  },
};

interface Member {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

/** Deeper nesting than this is no claim about the person. */
const MAX_DEPTH = 3;

function* membersOf(claims: Readonly<Record<string, unknown>>, depth = 1): Generator<Member> {
  for (const [name, value] of Object.entries(claims)) {
    if (value === null || value === '' || typeof value === 'boolean') continue;
    yield { name, value, depth };
    if (isRecord(value) && depth < MAX_DEPTH) yield* membersOf(value, depth + 1);
  }
}

const SECRET_NAME =
  /^(password|passwd|password_?hash|secret|client_?secret|api_?key|private_?key|connection_?string|db_?password)$/i;
/** Password hashes, private keys, keys of cloud accounts, addresses with a password. */
const SECRET_VALUE =
  /^\$2[aby]\$\d\d\$|^\$argon2|-----BEGIN [A-Z ]*PRIVATE KEY|^AKIA[0-9A-Z]{16}$|^[a-z+]+:\/\/[^/\s:@]+:[^/\s@]+@/;
const IDENTITY_NAME = /^(ssn|social_?security_?number|iban|card_?number|credit_?card|tax_?id|passport_?number)$/i;
const CONTACT_NAME = /^(address|phone|phone_number|birthdate|date_of_birth)$/;
const PERSON_NAME = /^(email|name|given_name|family_name)$/;

/** Worst first. ID tokens are there to tell about the person; access tokens are not. */
const CLASSES: readonly (readonly [Severity, (member: Member, is: UsedJwt['is']) => boolean])[] = [
  [
    'high',
    ({ name, value }) =>
      (SECRET_NAME.test(name) && typeof value === 'string') || (typeof value === 'string' && SECRET_VALUE.test(value)),
  ],
  [
    'medium',
    ({ name, depth }, is) =>
      IDENTITY_NAME.test(name) || (is === 'access_token' && depth === 1 && CONTACT_NAME.test(name)),
  ],
  ['low', ({ name, depth }, is) => is === 'access_token' && depth === 1 && PERSON_NAME.test(name)],
];

const access = (claims: Readonly<Record<string, unknown>>): string => accessJwtSignIn({ ...ACCESS_CLAIMS, ...claims });
const id = (claims: Readonly<Record<string, unknown>>): string => codeSignIn({ ...ID_CLAIMS, ...claims });
const BCRYPT = '$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

export const examples: Examples = {
  violation: [
    { name: 'the hash of a password', trace: access({ password_hash: BCRYPT }), severity: 'high' },
    { name: 'the hash of a password under another name', trace: id({ extra: { pw: BCRYPT } }), severity: 'high' },
    { name: 'a key of an API', trace: id({ apiKey: 'Zz9yX8wV7uT6sR5qP4oN3m' }), severity: 'high' },
    {
      name: 'an address with a password',
      trace: access({ db: 'postgres://app:Zz9yX8wV7u@db.example/main' }),
      severity: 'high',
    },
    { name: 'a social security number', trace: id({ profile: { ssn: '078-05-1120' } }), severity: 'medium' },
    {
      name: 'a telephone number in an access token',
      trace: access({ phone_number: '+15555550100' }),
      severity: 'medium',
    },
    { name: 'an e-mail address in an access token', trace: access({ email: 'jane@app.example' }), severity: 'low' },
  ],
  clean: [
    { name: 'an access token of its profile', trace: accessJwtSignIn(ACCESS_CLAIMS) },
    { name: 'an ID token of its profile', trace: codeSignIn(ID_CLAIMS) },
  ],
  lookAlike: [
    {
      name: 'an ID token about the person',
      trace: id({ email: 'jane@app.example', name: 'Jane Doe', phone_number: '+15555550100' }),
      verdict: 'pass',
    },
    { name: 'that a password is set', trace: access({ password: true }), verdict: 'pass' },
    { name: 'the time of a password', trace: access({ password: 1767225600 }), verdict: 'pass' },
    { name: 'claims without a value', trace: access({ email: '', phone_number: null }), verdict: 'pass' },
    {
      name: 'the name of something else',
      trace: access({ tenant: { name: 'Example Ltd', address: 'x1' } }),
      verdict: 'pass',
    },
    {
      name: 'nested too deep to be about the person',
      trace: access({ a: { b: { c: { ssn: 'x1' } } } }),
      verdict: 'pass',
    },
  ],
  cannotTell: TOKEN_UNSEEN,
};
