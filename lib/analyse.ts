import { prepareHashes } from './engine/hashes.ts';
import { type JudgedBefore, stillSaid } from './engine/judged-before.ts';
import { createRedactor } from './engine/redact.ts';
import { runRules, worstFirst } from './engine/run.ts';
import { collectingSecrets } from './engine/secrets.ts';
import type { Analysis, Finding } from './model/analysis.ts';
import type { ClientType } from './model/flow.ts';
import type { Exchange, Observation, PageScan, StorageSnapshot } from './model/observation.ts';
import type { Rule } from './model/rule.ts';
import { isSame } from './model/same.ts';
import { finish, finishResting, type Rest, type Work } from './model/work.ts';
import { correlating } from './oauth/correlate.ts';
import { recognising } from './oauth/recognise.ts';
import { RULES } from './rules/index.ts';
import { DEFAULT_PROFILE, PROFILE_DATA, type ProfileName } from './rules/profiles.ts';

export interface AnalyseOptions {
  /** Milliseconds since the epoch; without it, times are not judged. */
  readonly now?: number;
  /** The person's own word about the client; `unknown` leaves it to the evidence. */
  readonly clientType?: ClientType;
  /** What to hold the client against; severities move, verdicts do not. */
  readonly profile?: ProfileName;
  /** Other rules than the project's own, for tests of one rule. */
  readonly rules?: readonly Rule[];
  /** Where many flows are judged in a page that must answer meanwhile. */
  readonly rest?: Rest;
  /** Where the same capture is analysed again and again while it grows: one of `createMemory()` for it. */
  readonly memory?: AnalysisMemory;
  /** Called once the flows are known, before they are judged: with neither findings nor verdicts. */
  readonly flowsKnown?: (analysis: Analysis) => void;
}

/** What was judged the last time, so that of a capture that grew only what changed is judged anew. */
export interface AnalysisMemory {
  /** The options that all of it depends on. */
  under: readonly unknown[];
  judged: JudgedBefore | null;
}

export const createMemory = (): AnalysisMemory => ({ under: [], judged: null });

/** Recognises, correlates, judges. Pure: the same observations and options give the same analysis. */
export async function analyse(observations: readonly Observation[], options: AnalyseOptions = {}): Promise<Analysis> {
  const clientType = options.clientType ?? 'unknown';
  const does = <T>(work: Work<T>): Promise<T> | T =>
    options.rest === undefined ? finish(work) : finishResting(work, options.rest);
  const recognised = await does(recognising(observations, { toldPublic: clientType === 'public' }));
  const snapshots = observations.filter((o): o is StorageSnapshot => o.is === 'storage');
  const scans = observations.filter((o): o is PageScan => o.is === 'script');
  const exchanges = observations.filter((o): o is Exchange => o.is === 'exchange');
  const hashes = await prepareHashes(recognised);
  const { messages, flows } = await does(correlating(recognised, exchanges, { clientType, s256: hashes.s256 }));
  options.flowsKnown?.({ observations, messages, flows, findings: [], verdicts: [] });
  const secrets = await does(collectingSecrets(recognised, snapshots));
  const redactor = createRedactor(secrets);
  const { memory, now = null, rules = RULES, profile = DEFAULT_PROFILE } = options;
  const under = [rules, profile, clientType];
  const before = isSame(memory?.under, under) ? (memory?.judged ?? null) : null;
  const still = before === null ? {} : { stillSaid: stillSaid(before, secrets) };
  await options.rest?.();
  const { findings, verdicts, judged } = await does(
    runRules({
      observations,
      flows,
      exchanges,
      snapshots,
      scans,
      rules,
      redactor,
      now,
      hashes,
      adjust: PROFILE_DATA[profile].adjust,
      ...still,
    }),
  );
  if (memory !== undefined) Object.assign(memory, { under, judged: { flows: judged, secrets } });
  await options.rest?.();
  return { observations, messages, flows, findings: worstCardFirst(findings), verdicts };
}

/** Worst card first over all flows; children stay below their parent. */
export function worstCardFirst(findings: readonly Finding[]): Finding[] {
  const cards: Finding[][] = [];
  for (const finding of findings) {
    if (finding.parent === null) cards.push([finding]);
    else cards.at(-1)?.push(finding);
  }
  return cards.sort(([a], [b]) => (a && b ? worstFirst(a, b) : 0)).flat();
}
