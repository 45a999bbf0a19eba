import { createRedactor } from './engine/redact.ts';
import { runRules, worstFirst } from './engine/run.ts';
import { collectSecrets } from './engine/secrets.ts';
import { allParams } from './http/params.ts';
import type { Analysis, Finding } from './model/analysis.ts';
import type { ClientType } from './model/flow.ts';
import type { OAuthMessage } from './model/message.ts';
import type { Exchange, Observation } from './model/observation.ts';
import type { Rule } from './model/rule.ts';
import { correlate } from './oauth/correlate.ts';
import { recognise } from './oauth/recognise.ts';
import { RULES } from './rules/index.ts';
import { sha256Base64url } from './token/hash.ts';

export interface AnalyseOptions {
  /** Milliseconds since the epoch; without it, times are not judged. */
  readonly now?: number;
  /** The person's own word about the client; `unknown` leaves it to the evidence. */
  readonly clientType?: ClientType;
  /** Other rules than the project's own, for tests of one rule. */
  readonly rules?: readonly Rule[];
}

/** Recognises, correlates, judges. Pure: the same observations and options give the same analysis. */
export async function analyse(observations: readonly Observation[], options: AnalyseOptions = {}): Promise<Analysis> {
  const clientType = options.clientType ?? 'unknown';
  const recognised = recognise(observations, { toldPublic: clientType === 'public' });
  const secrets = collectSecrets(recognised);
  const s256 = await hashVerifiers(recognised);
  const exchanges = observations.filter((o): o is Exchange => o.is === 'exchange');
  const { messages, flows } = correlate(recognised, exchanges, { clientType, s256 });
  const { findings, verdicts } = runRules({
    flows,
    exchanges,
    rules: options.rules ?? RULES,
    redactor: createRedactor(secrets),
    now: options.now ?? null,
    s256,
  });
  return { messages, flows, findings: inOrder(findings), verdicts };
}

/** WebCrypto is asynchronous: hashes are made before the rules start, so that rules stay synchronous. */
async function hashVerifiers(messages: readonly OAuthMessage[]): Promise<Map<string, string>> {
  const s256 = new Map<string, string>();
  for (const message of messages) {
    for (const { value } of allParams(message, 'code_verifier')) {
      if (!s256.has(value)) s256.set(value, await sha256Base64url(value));
    }
  }
  return s256;
}

/** Worst card first over all flows; children stay below their parent. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const cards: Finding[][] = [];
  for (const finding of findings) {
    if (finding.parent === null) cards.push([finding]);
    else cards.at(-1)?.push(finding);
  }
  return cards.sort(([a], [b]) => (a && b ? worstFirst(a, b) : 0)).flat();
}
