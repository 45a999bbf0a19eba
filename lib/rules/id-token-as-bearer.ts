import { bearerToken, header } from '../http/headers.ts';
import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange } from '../model/observation.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { ACCESS_JWT } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { byTarget, evidenceOf, noneSeen, type TokenUse, tokenUses } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'id-token-as-bearer',
  title: 'ID token used to call an API',
  subject: 'Tokens shown to APIs',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['request headers'],
  references: [
    { spec: 'RFC 9068', section: '5', level: 'none' },
    { spec: 'RFC 8725', section: '2.8', level: 'none' },
    { spec: 'RFC 8725', section: '3.12', level: 'none' },
  ],
  asvs: ['9.2.2'],
  why: 'An ID token is made for the client and has no scope: the API cannot tell a proof of sign-in from a permission.',
  fix: 'Send the access token; keep the ID token in the client.',
  copy: 'Authorization: Bearer …',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const found = c
      .once(tokenUses)
      .filter(
        ({ where, is, message, by }) => where === 'header' && is === 'ID token' && message === null && by !== 'name',
      );
    const [first, ...rest] = byTarget(found).map((uses) => toFail(uses, c));
    return first === undefined ? noneSeen(trace, c, showsJwt) : c.fail(first, ...rest);
  },
};

/** An ID token without claims of its own is told by its value alone. */
function showsJwt({ request: { headers } }: Exchange): boolean {
  return readCompactJose(bearerToken(header(headers, 'authorization')) ?? '') !== null;
}

function toFail(uses: readonly [TokenUse, ...TokenUse[]], c: RuleContext): Fail {
  const [first] = uses;
  const flow = uses.find((use) => use.flow !== null)?.flow ?? null;
  const wanted = uses.every(isWantedThere);
  return {
    evidence: evidenceOf(uses, c),
    severity: wanted ? 'info' : 'medium',
    confidence: flow === null ? 'firm' : 'certain',
    ...(flow === null ? {} : { flow }),
    summary: wanted
      ? c.say`${c.plain(first.target.host)} gets the ID token as credentials, as this service asks for.`
      : c.say`${c.plain(first.target.host)} gets the ID token as credentials.`,
  };
}

/** Services that are built around ID tokens: Firebase, Google's proxies, Amazon's gateways. */
function isWantedThere({ target, value }: TokenUse): boolean {
  if (/(^|\.)(run\.app|cloudfunctions\.net|googleapis\.com|firebaseio\.com|amazonaws\.com)$/.test(target.host))
    return true;
  const iss = wordOf(readCompactJose(value)?.claims?.['iss'] ?? '');
  return /^https:\/\/(securetoken\.google\.com\/|cognito-idp\.[\w-]+\.amazonaws\.com\/)/.test(iss);
}

const ID_TOKEN = exampleJwt(ID_CLAIMS);
const SIGNED_IN = codeSignIn(ID_CLAIMS);
const call = (token: string, url = 'https://api.example/me'): string =>
  `\n\nGET ${url}\nAuthorization: Bearer ${token}\n\n`;

export const examples: Examples = {
  violation: [
    { name: 'of the sign-in', trace: SIGNED_IN + call(ID_TOKEN), severity: 'medium' },
    { name: 'told by its claims', trace: call(ID_TOKEN), severity: 'medium' },
    {
      name: 'of Firebase',
      trace: call(exampleJwt({ ...ID_CLAIMS, iss: 'https://securetoken.google.com/project1', auth_time: 1767225600 })),
      severity: 'info',
    },
    { name: 'at a service that asks for it', trace: call(ID_TOKEN, 'https://svc-abc.a.run.app/'), severity: 'info' },
  ],
  clean: [
    { name: 'the access token', trace: SIGNED_IN + call(ACCESS_TOKEN) },
    { name: 'an access token that can be read', trace: call(ACCESS_JWT) },
  ],
  lookAlike: [
    {
      name: 'an access token for the client itself',
      trace: call(exampleJwt({ ...ID_CLAIMS, scp: 'access_as_user', auth_time: 1767225600 })),
      verdict: 'pass',
    },
    {
      name: 'posted once to sign in',
      trace: `${SIGNED_IN}\n\nPOST https://app.example/login\nContent-Type: application/json\n\n{"credential":"${ID_TOKEN}"}`,
      verdict: 'pass',
    },
    {
      name: 'a session of the application itself',
      trace: call(exampleJwt({ sub: '7', exp: 1767229200 })),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + call(exampleJwt({ sub: '7', aud: 'web1' })),
      missing: ['response body'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
