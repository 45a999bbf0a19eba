import type { Analysis } from '../model/analysis.ts';
import type { ClientType, Flow } from '../model/flow.ts';
import { findingsOf, verdictsOf } from './findings.ts';
import { clientKey } from './flows.ts';
import { words } from './words.ts';

/** One analysis for each word that the person can say about the client; `unknown` leaves it to the evidence. */
export type AnalysisByClient = Readonly<Record<ClientType, Analysis>>;

export interface ClientSwitch {
  /** `clientKey` of the client that it is about. */
  readonly client: string;
  readonly chosen: ClientType;
  readonly options: readonly {
    readonly value: ClientType;
    readonly label: string;
    readonly means: string;
  }[];
  /** Why the client is taken for what it is. */
  readonly because: string;
}

/** The same flow in the analysis under another word about the client. */
export function sameFlow(analysis: Analysis, flow: Flow): Flow | null {
  return analysis.flows.find((other) => other.id === flow.id) ?? null;
}

/** What the switch may change: severities by key, and which checks could be judged. */
function judgement(analysis: Analysis, flow: Flow): string {
  const own = sameFlow(analysis, flow);
  if (own === null) return '';
  const findings = findingsOf(analysis, own).map((finding) => `${finding.key} ${finding.severity}`);
  const verdicts = verdictsOf(analysis, own)
    .filter(({ is }) => is === 'cannotTell')
    .map((verdict) => verdict.rule);
  return [...findings.toSorted(), ...verdicts.toSorted()].join('\n');
}

/** The switch, or `null` where it would change nothing. */
export function clientSwitch(by: AnalysisByClient, flow: Flow, told: ClientType): ClientSwitch | null {
  const [first, ...rest] = [by.public, by.confidential, by.unknown].map((analysis) => judgement(analysis, flow));
  if (rest.every((other) => other === first)) return null;
  const evident = sameFlow(by.unknown, flow)?.clientType ?? flow.clientType;
  const w = words.client;
  return {
    // Where the evidence speaks there is nothing unknown to choose.
    chosen: told === 'unknown' ? evident.is : told,
    client: clientKey(flow),
    options: [
      { value: 'public', label: w.public, means: w.publicMeans },
      { value: 'confidential', label: w.confidential, means: w.confidentialMeans },
      ...(evident.is === 'unknown' ? [{ value: 'unknown' as const, label: w.unknown, means: w.unknownMeans }] : []),
    ],
    because: told === 'unknown' || told === evident.is ? w.because[evident.because] : w.because.told,
  };
}
