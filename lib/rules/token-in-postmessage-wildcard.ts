import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { PageScan } from '../model/observation.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { codeOf } from '../page/code-text.ts';
import { tokenValue } from '../page/token-values.ts';
import { postMessageCalls } from '../page/window-messages.ts';
import { ACCESS_JWT, cut, text } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { knownTokens } from './support/known-tokens.ts';
import { noTokenInTexts, nothingInTexts, pageOf, sentMessage } from './support/tokens-in-texts.ts';

export const rule: Rule = {
  id: 'token-in-postmessage-wildcard',
  title: 'Code or token posted to any window',
  subject: 'Targets of messages to other windows',
  group: 'E',
  severity: 'high',
  confidence: 'firm',
  needs: ['page code'],
  references: [
    { spec: 'RFC 9700', section: '4.17.1.1', level: 'none' },
    { spec: 'RFC 9700', section: '4.17.2', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.3.3', level: 'none' },
  ],
  asvs: ['3.5.5'],
  why: 'Whatever page opened or frames this one gets the code or token.',
  fix: 'Name the exact origin of the client as target, the one that is registered.',
  copy: "postMessage(message, 'https://client.example')",
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const fails = trace.scans.flatMap((scan) =>
      scan.found === 'message' ? sent(scan, c) : isCode(scan) ? written(scan, c) : [],
    );
    const [first, ...rest] = fails;
    if (first !== undefined) return c.fail(first, ...rest);
    const outcome = nothingInTexts(trace, ['message', 'file', 'inline', 'markup'], c);
    const toAnybody = trace.scans.some((scan) => sentMessage(scan)?.targetOrigin === '*');
    return outcome.is === 'pass' && toAnybody ? noTokenInTexts(trace, ['message'], c) : outcome;
  },
};

const isCode = ({ found }: PageScan): boolean => found === 'file' || found === 'inline' || found === 'markup';

/** A message that was seen on its way. */
function sent(scan: PageScan, c: RuleContext): readonly Fail[] {
  const message = sentMessage(scan);
  if (message === null || message.targetOrigin !== '*') return [];
  for (const { name, value } of membersOf(message.data)) {
    const secret = c.once(secretsOfFlows).get(value);
    const unknown = secret === undefined && tokenValue(name, value, null) !== null;
    if (secret === undefined && !unknown) continue;
    return [
      {
        evidence: [c.inText(scan, { name, offset: Math.max(0, scan.text.indexOf(value)) }, value)],
        confidence: secret === undefined ? 'firm' : 'certain',
        ...(secret === undefined ? {} : { flow: secret }),
        summary: c.say`${pageOf({ scan }, c)} posts ${c.plain(name)} with the target origin *.`,
      },
    ];
  }
  return [];
}

/** A call that would do so, as it is written: whether it ever runs, and with what, is not known. */
function written(scan: PageScan, c: RuleContext): readonly Fail[] {
  return postMessageCalls(codeOf(scan)).flatMap(({ offset, data, target }): Fail[] => {
    const name = /^(["'`])\*\1$/.test(target) ? SECRET_MEMBER.exec(data)?.[1] : undefined;
    if (name === undefined) return [];
    return [
      {
        evidence: [c.inText(scan, { name, offset }, 'postMessage')],
        severity: 'low',
        confidence: 'tentative',
        summary: c.say`A script of ${pageOf({ scan }, c)} posts a message with ${c.plain(name)} to the target origin *.`,
      },
    ];
  });
}

/** A member of that very name: no `errorCode`, no `csrfToken`. */
const SECRET_MEMBER = /[{,]\s*["']?(code|access_token|id_token|refresh_token|credential)["']?\s*[:,}]/;

interface Member {
  readonly name: string;
  readonly value: string;
}

/** Messages nest a little: `{type, response: {code, state}}`. */
function membersOf(data: unknown, name = 'data', depth = 0): readonly Member[] {
  if (typeof data === 'string') return [{ name, value: data }];
  if (typeof data !== 'object' || data === null || depth > 3) return [];
  return Object.entries(data).flatMap(([member, value]) => membersOf(value, member, depth + 1));
}

function secretsOfFlows(trace: Trace): ReadonlyMap<string, Flow> {
  const secrets = new Map([...knownTokens(trace)].map(([value, { flow }]) => [value, flow]));
  for (const flow of trace.flows) {
    for (const message of flow.messages) {
      const code = message.kind === 'authorizationResponse' ? param(message, 'code') : null;
      if (code !== null && code.value !== '') secrets.set(code.value, flow);
    }
  }
  return secrets;
}

const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const BACK = `${openIdRequest()}\n\n${CODE_CALLBACK}`;
const message = (data: unknown, targetOrigin = '*'): string =>
  text('MESSAGE', { targetOrigin, data }, 'https://app.example/cb');

export const examples: Examples = {
  violation: [
    {
      name: 'a code',
      trace: BACK + message({ type: 'authorization_response', response: { code: CODE } }),
      severity: 'high',
    },
    { name: 'a token as it is', trace: codeSignIn(ID_CLAIMS) + message(ACCESS_TOKEN), severity: 'high' },
    { name: 'a token that no message gave', trace: message({ access_token: ACCESS_JWT }), severity: 'high' },
    {
      name: 'a call in a script',
      trace: text('INLINE', `window.opener.postMessage({code:"ABC",state:"123"},"*")`),
      severity: 'low',
    },
    {
      name: 'a call in a file, with what was parsed',
      trace: text(
        'SCRIPT',
        `function f(a){parent.postMessage({type:"t",access_token:a.get("access_token")}, '*');close()}`,
      ),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'to one origin', trace: BACK + message({ code: CODE }, 'https://client.example') },
    { name: 'a call to one origin', trace: text('INLINE', 'opener.postMessage({code:c},"https://client.example")') },
    { name: 'no message at all', trace: text('INLINE', 'start()') },
  ],
  lookAlike: [
    { name: 'the height of a frame', trace: BACK + message({ type: 'resize', height: 420 }), verdict: 'pass' },
    {
      name: 'calls with names that end alike',
      trace: text('SCRIPT', 'p.postMessage({errorCode:1,csrfToken:t,barcode:b},"*");p.postMessage({type:"code"},"*")'),
      verdict: 'pass',
    },
    {
      name: 'to a worker',
      trace: text('SCRIPT', 'w.postMessage({code:c});w.postMessage({code:c},[d])'),
      verdict: 'pass',
    },
    {
      name: 'what a page shows to people',
      trace: text('MARKUP', '<pre>opener.postMessage({code:c},"*")</pre>'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + message({ t: ACCESS_TOKEN }),
      missing: ['response body'],
    },
    { name: 'the page was not looked at', trace: BACK, missing: ['page code'] },
    { name: 'the script was cut', trace: cut(text('INLINE', 'start()')), missing: ['page code'] },
  ],
};
