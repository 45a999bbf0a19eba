import type { Analysis } from './model/analysis.ts';
import type { ClientType } from './model/flow.ts';
import type { Observation } from './model/observation.ts';

export interface AnalyseOptions {
  /** Milliseconds since the epoch; without it, times are not judged. */
  readonly now?: number;
  /** The person's own word about the client; `unknown` leaves it to the evidence. */
  readonly clientType?: ClientType;
}

/** Recognises, correlates, judges. Pure: the same observations and options give the same analysis. */
export async function analyse(_observations: readonly Observation[], _options: AnalyseOptions = {}): Promise<Analysis> {
  return { messages: [], flows: [], findings: [], verdicts: [] };
}
