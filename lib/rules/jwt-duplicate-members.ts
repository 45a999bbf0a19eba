import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { base64urlText } from '../token/base64url.ts';
import { ACCESS_CLAIMS, accessJwtSignIn, codeSignIn, ID_CLAIMS, openIdRequest } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-duplicate-members',
  title: 'Token that two readers can understand in two ways',
  subject: 'Unambiguous tokens',
  group: 'F',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 8725', section: '2.6', level: 'none' },
    { spec: 'RFC 7519', section: '4', level: 'none' },
    { spec: 'RFC 7515', section: '4.1.11', level: 'none' },
  ],
  why: 'One program checks the first value and another one uses the second.',
  fix: 'Reject tokens with repeated members or with extensions in `crit` that the reader does not know.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['id_token', 'access_token', 'client_assertion', 'assertion'], (token) => {
      const evidence = [token.evidence] as const;
      const repeated = token.value.split('.', 2).flatMap((part) => repeatedMembers(base64urlText(part) ?? ''));
      if (repeated.length > 0) {
        return c.fail({
          evidence,
          severity: repeated.some((name) => DECISIVE.has(name)) ? 'medium' : 'low',
          part: token.is,
          summary: c.say`The ${c.plain(token.is)} has ${c.plain([...new Set(repeated)].join(', '))} more than once.`,
        });
      }
      if ('crit' in token.header || token.header['b64'] === false) {
        return c.fail({
          evidence,
          part: token.is,
          summary: c.say`The header of the ${c.plain(token.is)} asks for an extension that readers of tokens do not have.`,
        });
      }
      return c.pass;
    });
  },
};

/** Members that decide who may do what. */
const DECISIVE: ReadonlySet<string> = new Set(['sub', 'aud', 'iss', 'exp', 'scope', 'alg', 'kid']);

/** Names that stand more than once in an object of valid JSON, nested objects left out. */
function repeatedMembers(json: string): readonly string[] {
  const seen = new Set<string>();
  const repeated: string[] = [];
  let depth = 0;
  for (const [text, name] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (text === '{' || text === '[') depth++;
    else if (text === '}' || text === ']') depth--;
    else if (depth === 1 && name !== undefined) {
      const plain = String(JSON.parse(name));
      if (seen.has(plain)) repeated.push(plain);
      seen.add(plain);
    }
  }
  return repeated;
}

const claims = JSON.stringify(ACCESS_CLAIMS);
const twice = (member: string): string => accessJwtSignIn(`${claims.slice(0, -1)},${member}}`);

export const examples: Examples = {
  violation: [
    { name: 'two subjects', trace: twice('"sub":"admin"'), severity: 'medium' },
    { name: 'two subjects, one of them escaped', trace: twice('"s\\u0075b":"admin"'), severity: 'medium' },
    {
      name: 'two algorithms',
      trace: accessJwtSignIn(ACCESS_CLAIMS, '{"alg":"RS256","alg":"none"}'),
      severity: 'medium',
    },
    { name: 'another member twice', trace: twice('"jti":"x"'), severity: 'low' },
    { name: 'after a list', trace: twice('"amr":["pwd",{"sub":"x"}],"jti":"x"'), severity: 'low' },
    {
      name: 'an extension that must be understood',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), { alg: 'RS256', crit: ['x'], x: 1 }),
      severity: 'low',
    },
    {
      name: 'a payload that is not encoded',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), { alg: 'RS256', b64: false }),
      severity: 'low',
    },
  ],
  clean: [{ name: 'each member once', trace: accessJwtSignIn(ACCESS_CLAIMS) }],
  lookAlike: [
    {
      name: 'the same name in an object inside',
      trace: accessJwtSignIn({ ...ACCESS_CLAIMS, act: { sub: 'service-1' } }),
      verdict: 'pass',
    },
    { name: 'the name as a value', trace: accessJwtSignIn({ ...ACCESS_CLAIMS, note: '"sub":"sub"' }), verdict: 'pass' },
    {
      name: 'the usual encoding, named',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), { alg: 'RS256', b64: true }),
      verdict: 'pass',
    },
  ],
  cannotTell: TOKEN_UNSEEN,
};
