import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { lifetimeOf } from '../page/token-values.ts';
import { isPushChannel } from './support/channels.ts';
import { ACCESS_JWT } from './support/example-pages.ts';
import {
  ACCESS_CLAIMS,
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { byTarget, evidenceOf, hasLongQuery, noneSeen, type TokenUse, tokenUses } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'token-in-websocket-url',
  title: 'Token in the address of a WebSocket or event stream',
  subject: 'Addresses of WebSockets and event streams',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page'],
  references: [
    { spec: 'RFC 9700', section: '4.3.2', level: 'MUST NOT' },
    { spec: 'RFC 6750', section: '2.3', level: 'SHOULD NOT' },
  ],
  asvs: ['14.2.1'],
  why: 'Servers and proxies write addresses into their logs, and the token with them.',
  fix: 'Exchange the token for a ticket that works once, or send it in the first message.',
  parents: ['token-to-third-party', 'bearer-over-http'],

  judges: 'trace',
  check(trace, c) {
    const found = c
      .once(tokenUses)
      .filter(({ where, nested, exchange }) => where === 'query' && !nested && isPushChannel(exchange));
    const [first, ...rest] = byTarget(found).map((uses) => toFail(uses, c));
    if (first !== undefined) return c.fail(first, ...rest);
    if (areSocketsUnseen(trace)) return c.cannotTell('page');
    return noneSeen(trace, c, (exchange) => isPushChannel(exchange) && hasLongQuery(exchange));
  },
};

/** Chromium tells extensions of no WebSocket: that a recording holds none proves nothing. */
function areSocketsUnseen({ exchanges }: Trace): boolean {
  const recorded = exchanges.filter(({ capture }) => capture === 'record');
  return recorded.length > 0 && recorded.every(({ resource }) => resource !== 'websocket');
}

/** Longer-lived, it is no ticket. */
const TICKET_SECONDS = 60;

function toFail(uses: readonly [TokenUse, ...TokenUse[]], c: RuleContext): Fail {
  const [first] = uses;
  const flow = uses.find((use) => use.flow !== null)?.flow ?? null;
  const named = uses.every(({ by }) => by === 'name');
  const brief = uses.every(({ by, value }) => by !== 'value' && (lifetimeOf(value) ?? Infinity) <= TICKET_SECONDS);
  return {
    evidence: evidenceOf(uses, c),
    severity: named ? 'info' : brief ? 'low' : 'medium',
    confidence: named ? 'tentative' : flow === null ? 'firm' : 'certain',
    ...(flow === null ? {} : { flow }),
    summary: c.say`The address of a connection to ${c.plain(first.target.host)} holds the ${c.plain(first.is)}.`,
  };
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const open = (url: string, resource = 'websocket'): string => `\n\n# resource ${resource}\nGET ${url}\n\n`;

export const examples: Examples = {
  violation: [
    {
      name: 'of a socket',
      trace: SIGNED_IN + open(`wss://api.example/ws?access_token=${ACCESS_TOKEN}`),
      severity: 'medium',
    },
    {
      name: 'of an event stream',
      trace: SIGNED_IN + open(`https://api.example/events?t=${ACCESS_TOKEN}`, 'eventsource'),
      severity: 'medium',
    },
    {
      name: 'told by what it accepts',
      trace: `${SIGNED_IN}\n\nGET https://api.example/events?t=${ACCESS_TOKEN}\nAccept: text/event-stream`,
      severity: 'medium',
    },
    { name: 'told by its claims', trace: open(`wss://api.example/ws?jwt=${ACCESS_JWT}`), severity: 'medium' },
    {
      name: 'that lives for a minute',
      trace: open(`wss://api.example/ws?jwt=${exampleJwt({ ...ACCESS_CLAIMS, exp: ACCESS_CLAIMS.iat + 60 })}`),
      severity: 'low',
    },
    {
      name: 'told by its name alone',
      trace: open(`wss://api.example/ws?access_token=${ACCESS_TOKEN}`),
      severity: 'info',
    },
  ],
  clean: [{ name: 'no token', trace: SIGNED_IN + open('wss://api.example/ws') }],
  lookAlike: [
    { name: 'a ticket', trace: SIGNED_IN + open('wss://api.example/ws?ticket=5f1e9a7b3c2d4e6f8a0b'), verdict: 'pass' },
    {
      name: 'the key of an application',
      trace: SIGNED_IN + open('wss://ws.example/app/d4e6f8a0b5f1e9a7b3c2?protocol=7'),
      verdict: 'pass',
    },
    {
      name: 'a request is another finding',
      trace: SIGNED_IN + open(`https://api.example/me?access_token=${ACCESS_TOKEN}`, 'xhr'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'a recording without any, which some browsers never show',
      trace: `# capture record\n${openIdRequest()}`,
      missing: ['page'],
    },
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + open(`wss://api.example/ws?t=${ACCESS_TOKEN}`),
      missing: ['response body'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
