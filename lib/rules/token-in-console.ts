import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { ACCESS_JWT, cut, text } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { takesConsole } from './support/telemetry-hosts.ts';
import {
  byAddressAndName,
  noTokenInTexts,
  pageOf,
  partsOf,
  type TextToken,
  tokensInTexts,
} from './support/tokens-in-texts.ts';

export const rule: Rule = {
  id: 'token-in-console',
  title: 'Token written to the console',
  subject: 'What pages write to the console',
  group: 'E',
  severity: 'low',
  confidence: 'certain',
  needs: ['page code'],
  references: [{ spec: 'RFC 9700', section: '4.9.3', level: 'none' }],
  asvs: ['16.2.5'],
  why: 'What is in the console gets into screenshots, bug reports and services that collect it.',
  fix: 'Take the line out, or write that there is a token and not which.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const found = c.once(tokensInTexts).filter(({ scan }) => scan.found === 'console');
    const [first, ...rest] = byAddressAndName(found).map((tokens) => toFail(tokens, c));
    return first === undefined ? noTokenInTexts(trace, ['console'], c) : c.fail(first, ...rest);
  },
};

function toFail(tokens: readonly [TextToken, ...TextToken[]], c: RuleContext): Fail {
  const [first] = tokens;
  const collected = c.once(isConsoleCollected);
  return {
    ...partsOf(tokens, c),
    severity: collected ? 'medium' : 'low',
    summary: collected
      ? c.say`${pageOf(first, c)} writes the ${c.plain(first.is)} to the console, from which a service of the page collects.`
      : c.say`${pageOf(first, c)} writes the ${c.plain(first.is)} to the console.`,
  };
}

/** A service that takes what is written to the console got something from a page. */
function isConsoleCollected({ exchanges, scans }: Trace): boolean {
  const urls = [...exchanges.map(({ request }) => request.url), ...scans.map(({ url }) => url)];
  return urls.some((url) => takesConsole(endpointOf(url)?.host ?? ''));
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const wrote = (line: string): string => text('CONSOLE', line, 'https://app.example/');

export const examples: Examples = {
  violation: [
    { name: 'told by a message', trace: SIGNED_IN + wrote(`token ${ACCESS_TOKEN}`), severity: 'low' },
    { name: 'told by its claims', trace: wrote(`{"accessToken":"${ACCESS_JWT}"}`), severity: 'low' },
    {
      name: 'where a service collects it',
      trace: `${SIGNED_IN}\n\nPOST https://o1.ingest.sentry.io/api/1/envelope/\n\n${wrote(`token ${ACCESS_TOKEN}`)}`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'no token', trace: SIGNED_IN + wrote('signed in') }],
  lookAlike: [
    {
      name: 'a session of the application itself',
      trace: wrote(exampleJwt({ sub: '7', exp: 1767229200 })),
      verdict: 'pass',
    },
    { name: 'a masked one', trace: SIGNED_IN + wrote(`token ${ACCESS_TOKEN.slice(0, 6)}…`), verdict: 'pass' },
    {
      name: 'a script is another finding',
      trace: text('INLINE', `t="${ACCESS_JWT}"`) + wrote('signed in'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + wrote(ACCESS_TOKEN),
      missing: ['response body'],
    },
    { name: 'the console was not looked at', trace: openIdRequest(), missing: ['page code'] },
    { name: 'it was cut', trace: cut(wrote('signed in')), missing: ['page code'] },
  ],
};
