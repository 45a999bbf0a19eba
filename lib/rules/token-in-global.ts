import { isRecord, parseJson } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { tokenValue } from '../page/token-values.ts';
import { ACCESS_JWT, cut, text } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { knownTokens } from './support/known-tokens.ts';
import { byAddressAndName, noTokenInTexts, pageOf, partsOf, type TextToken } from './support/tokens-in-texts.ts';

export const rule: Rule = {
  id: 'token-in-global',
  title: 'Token in a variable of the window',
  subject: 'Variables of the window',
  group: 'E',
  severity: 'low',
  confidence: 'firm',
  needs: ['page code'],
  references: [
    { spec: 'RFC 10017', section: '8.4', level: 'none' },
    { spec: 'RFC 9700', section: '4.9.3', level: 'none' },
  ],
  why: 'Every script of the page takes it with one line; `window.name` even stays when the page goes to another site.',
  fix: 'Keep tokens in a module, a closure or a worker.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const found = c.once(tokensInGlobals);
    const [first, ...rest] = byAddressAndName(found).map((tokens) => toFail(tokens, c));
    return first === undefined ? noTokenInTexts(trace, ['global'], c) : c.fail(first, ...rest);
  },
};

function tokensInGlobals(trace: Trace): readonly TextToken[] {
  const known = knownTokens(trace);
  return trace.scans
    .filter(({ found }) => found === 'global')
    .flatMap((scan) =>
      texts(parseJson(scan.text), []).flatMap(({ path, member, value, among }): TextToken[] => {
        const same = known.get(value);
        const token = same ?? tokenValue(member, value, among);
        const offset = scan.text.indexOf(value);
        if (token === null || offset < 0) return [];
        const by = same === undefined ? 'claims' : 'value';
        return [{ scan, name: path.join('.'), value, offset, is: token.is, by, flow: same?.flow ?? null }];
      }),
    );
}

interface GlobalText {
  readonly path: readonly string[];
  readonly member: string;
  readonly value: string;
  readonly among: Readonly<Record<string, unknown>> | null;
}

/** Configuration of a page nests a little. */
const MAX_DEPTH = 4;

function texts(value: unknown, path: readonly string[]): readonly GlobalText[] {
  if (!isRecord(value) || path.length > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([member, item]) => {
    const at = [...path, member];
    if (typeof item === 'string') return [{ path: at, member, value: item, among: value }];
    return texts(item, at);
  });
}

function toFail(tokens: readonly [TextToken, ...TextToken[]], c: RuleContext): Fail {
  const [first] = tokens;
  const { evidence, flow } = partsOf(tokens, c);
  return {
    evidence,
    ...(flow === undefined ? {} : { flow }),
    severity: first.name === 'name' ? 'medium' : 'low',
    summary: c.say`${c.plain(`window.${first.name}`)} of ${pageOf(first, c)} holds the ${c.plain(first.is)}.`,
  };
}

const globals = (values: object): string => text('GLOBAL', values, 'https://app.example/');

export const examples: Examples = {
  violation: [
    { name: 'by its name', trace: globals({ accessToken: ACCESS_TOKEN }), severity: 'low' },
    {
      name: 'inside of an object',
      trace: globals({ app: { auth: { id_token: exampleJwt(ID_CLAIMS) } } }),
      severity: 'low',
    },
    { name: 'by its claims', trace: globals({ t: ACCESS_JWT }), severity: 'low' },
    { name: 'told by a message', trace: codeSignIn(ID_CLAIMS) + globals({ t: ACCESS_TOKEN }), severity: 'low' },
    {
      name: 'in the name of the window',
      trace: codeSignIn(ID_CLAIMS) + globals({ name: ACCESS_TOKEN }),
      severity: 'medium',
    },
  ],
  clean: [{ name: 'no token', trace: globals({ __CONFIG__: { api: 'https://api.example' } }) }],
  lookAlike: [
    {
      name: 'a token against forged requests',
      trace: globals({ csrfToken: 'k1mJ8v0qRkqB1c8nZr5sT7wXy' }),
      verdict: 'pass',
    },
    {
      name: "a map's public key",
      trace: globals({ mapboxgl: { accessToken: 'pk.eyJ1IjoiZXhhbXBsZSJ9.wX1y2Z3a4B' } }),
      verdict: 'pass',
    },
    {
      name: 'a name of the window that says nothing',
      trace: globals({ name: 'checkout-window-of-the-application' }),
      verdict: 'pass',
    },
    {
      name: 'an inline script is another finding',
      trace: text('INLINE', `t="${ACCESS_JWT}"`) + globals({}),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + globals({ a: ACCESS_TOKEN }),
      missing: ['response body'],
    },
    { name: 'the window was not looked at', trace: openIdRequest(), missing: ['page code'] },
    { name: 'what was found was cut', trace: cut(globals({ a: 'b' })), missing: ['page code'] },
  ],
};
