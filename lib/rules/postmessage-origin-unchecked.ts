import type { Examples } from '../model/example.ts';
import type { PageScan } from '../model/observation.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { codeOf } from '../page/code-text.ts';
import { messageListeners } from '../page/window-messages.ts';
import { CODE_UNSEEN, text } from './support/example-pages.ts';
import { nothingInTexts, pageOf } from './support/tokens-in-texts.ts';

export const rule: Rule = {
  id: 'postmessage-origin-unchecked',
  title: 'Listener that takes codes or tokens from any window',
  subject: 'Listeners for messages of other windows',
  group: 'E',
  severity: 'medium',
  confidence: 'tentative',
  needs: ['page code'],
  references: [
    { spec: 'RFC 9700', section: '4.17.1.3', level: 'none' },
    { spec: 'RFC 9700', section: '4.17.2', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.3.3', level: 'none' },
  ],
  asvs: ['3.5.5'],
  why: 'Any page that opens or frames this one can send it a response of its own and sign the person in as somebody else.',
  fix: 'Compare `event.origin` with the exact origin of the server, and `event.source` with the window that was opened, first.',
  copy: "if (event.origin !== 'https://as.example' || event.source !== popup) return;",
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const [first, ...rest] = trace.scans.flatMap((scan) => unchecked(scan, c));
    return first === undefined ? nothingInTexts(trace, ['file', 'inline', 'markup'], c) : c.fail(first, ...rest);
  },
};

/** What listeners take: a member of a response, or a message of that type. */
const TAKES = /\bdata\s*(?:\?\.|\.)\s*(code|access_token|id_token)\b|["'`](authorization_response)["'`]/;

function unchecked(scan: PageScan, c: RuleContext): readonly Fail[] {
  if (scan.found === 'console' || scan.found === 'message' || scan.found === 'global') return [];
  return messageListeners(codeOf(scan)).flatMap(({ offset, code }): Fail[] => {
    const taken = TAKES.exec(code);
    if (taken === null || /\borigin\b|\bsource\b/i.test(code)) return [];
    const name = taken[1] ?? taken[2] ?? '';
    return [
      {
        evidence: [c.inText(scan, { name, offset }, 'addEventListener')],
        summary: c.say`A listener in ${pageOf({ scan }, c)} takes ${c.plain(name)} and looks neither at the origin nor at the source of the message.`,
      },
    ];
  });
}

export const examples: Examples = {
  violation: [
    {
      name: 'a token',
      trace: text('INLINE', `addEventListener('message',e=>login(e.data.access_token))`),
      severity: 'medium',
    },
    {
      name: 'a response',
      trace: text(
        'SCRIPT',
        'window.addEventListener("message",function(e){if(e.data.type==="authorization_response")done(e.data.response)})',
      ),
      severity: 'medium',
    },
    {
      name: 'what was taken apart',
      trace: text('SCRIPT', 'addEventListener("message",({data})=>{redeem(data?.code)})'),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'the origin is compared',
      trace: text(
        'INLINE',
        `addEventListener('message',e=>{if(e.origin!=='https://as.example')return;login(e.data.access_token)})`,
      ),
    },
    {
      name: 'the source is',
      trace: text('SCRIPT', 'addEventListener("message",({data,source})=>{source===w&&redeem(data.code)})'),
    },
    { name: 'no listener', trace: text('SCRIPT', 'start()') },
  ],
  lookAlike: [
    {
      name: 'the height of a frame',
      trace: text('SCRIPT', 'addEventListener("message",e=>{f.height=e.data.height})'),
      verdict: 'pass',
    },
    {
      name: 'of a worker',
      trace: text('SCRIPT', 'worker.addEventListener("message",e=>done(e.data.code))'),
      verdict: 'pass',
    },
    {
      name: 'a listener that stands elsewhere',
      trace: text('SCRIPT', 'addEventListener("message",onMessage)'),
      verdict: 'pass',
    },
    {
      name: 'a key that was pressed',
      trace: text('SCRIPT', 'addEventListener("keydown",e=>done(e.data.code))'),
      verdict: 'pass',
    },
    {
      name: 'a code of an error',
      trace: text('SCRIPT', 'addEventListener("message",e=>done(e.data.codes))'),
      verdict: 'pass',
    },
  ],
  cannotTell: CODE_UNSEEN,
};
