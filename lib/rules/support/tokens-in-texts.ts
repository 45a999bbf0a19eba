import { isRecord, parseJson } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { PageScan, PageText } from '../../model/observation.ts';
import type { Fail, Outcome, PageEvidence, RuleContext, Trace } from '../../model/rule.ts';
import { type TokenKind, tokenValue } from '../../page/token-values.ts';
import { whatHidesTokens } from './hidden-tokens.ts';
import { knownTokens } from './known-tokens.ts';

/** A token in a text of a page. */
export interface TextToken {
  readonly scan: PageScan;
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  readonly is: TokenKind;
  /** `value`: this very value was seen as a token in a message. */
  readonly by: 'value' | 'claims';
  readonly flow: Flow | null;
}

/** Runs of the signs of which tokens are made, longer than what stands in texts by chance. */
const WORD = /[\w.~+/-]{16,}=*/g;

/** Every token in the texts of pages, each value once for each text. Pass it to `once`. */
export function tokensInTexts(trace: Trace): readonly TextToken[] {
  const known = knownTokens(trace);
  return trace.scans.flatMap((scan) => {
    const found = new Map<string, TextToken>();
    for (const { 0: word, index } of scan.text.matchAll(WORD)) {
      const same = known.get(word);
      const token = same ?? (word.startsWith('eyJ') ? tokenValue('', word, null) : null);
      if (token === null || found.has(word)) continue;
      const by = same === undefined ? 'claims' : 'value';
      const name = nameBefore(scan.text, index);
      found.set(word, { scan, name, value: word, offset: index, is: token.is, by, flow: same?.flow ?? null });
    }
    return [...found.values()];
  });
}

/** What stands before a value: the name of a member, variable, attribute or parameter; `text` where none does. */
function nameBefore(text: string, index: number): string {
  return /([\w$-]+)["'\]]*\s*[:=]\s*["'`]?$/.exec(text.slice(Math.max(0, index - 100), index))?.[1] ?? 'text';
}

/** What makes one finding: the same address, the same name. */
export function byAddressAndName(tokens: readonly TextToken[]): readonly (readonly [TextToken, ...TextToken[]])[] {
  const groups = new Map<string, [TextToken, ...TextToken[]]>();
  for (const token of tokens) {
    const key = `${token.scan.url.replace(/[?#].*$/s, '')}\n${token.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [token]);
    else group.push(token);
  }
  return [...groups.values()];
}

/** Evidence, and the flow where one is known. */
export function partsOf(
  [first, ...rest]: readonly [TextToken, ...TextToken[]],
  c: RuleContext,
): Pick<Fail, 'evidence' | 'flow' | 'confidence'> {
  const evidence = ({ scan, name, offset, value }: TextToken): PageEvidence => c.inText(scan, { name, offset }, value);
  const flow = [first, ...rest].find((token) => token.flow !== null)?.flow ?? null;
  return {
    evidence: [evidence(first), ...rest.map(evidence)],
    ...(flow === null ? {} : { flow }),
    confidence: flow === null ? 'firm' : 'certain',
  };
}

/** The page behind a text, without what follows its path. */
export function pageOf({ scan }: Pick<TextToken, 'scan'>, c: RuleContext): ReturnType<RuleContext['plain']> {
  return c.plain(scan.url.replace(/[?#].*$/s, ''));
}

/** What a rule about some texts answers that found nothing in them. */
export function nothingInTexts({ scans }: Trace, sorts: readonly PageText[], c: RuleContext): Outcome {
  const texts = scans.filter(({ found }) => sorts.includes(found));
  if (texts.length === 0 || texts.some(({ truncated }) => truncated)) return c.cannotTell('page code');
  return c.pass;
}

/** The same for a rule about tokens: of some of them only the value would have told what they are. */
export function noTokenInTexts(trace: Trace, sorts: readonly PageText[], c: RuleContext): Outcome {
  const outcome = nothingInTexts(trace, sorts, c);
  const hidden = outcome.is === 'pass' ? c.once(whatHidesTokens) : null;
  if (hidden === null) return outcome;
  const isLong = trace.scans.some(({ found, text }) => sorts.includes(found) && text.search(WORD) >= 0);
  return isLong ? c.cannotTell(hidden) : c.pass;
}

/** A call of `postMessage` that was seen (`found: 'message'`); `null` where the text is none. */
export function sentMessage(scan: PageScan): { readonly targetOrigin: string; readonly data: unknown } | null {
  const message = parseJson(scan.text);
  if (!isRecord(message) || typeof message['targetOrigin'] !== 'string') return null;
  return { targetOrigin: message['targetOrigin'], data: message['data'] };
}
