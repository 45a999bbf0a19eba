import { showValue } from '../../../lib/adapters/show-value.ts';
import { analyse } from '../../../lib/analyse.ts';
import { traceLineage } from '../../../lib/engine/lineage.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import { RULES } from '../../../lib/rules/index.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { NOON } from './support.ts';

/** One reading of a source that holds this trace. */
export async function inspectorData(trace: string): Promise<InspectorData> {
  const observations = parseObservations(trace);
  const analysis = await analyse(observations, { now: NOON });
  return {
    analysis,
    source: { kind: 'live', name: 'app.example' },
    judged: true,
    lineage: traceLineage(analysis),
    told: new Map(),
    byTold: {},
    profile: 'rfc9700',
    observations,
    notes: [],
    unread: [],
    rules: new Map(RULES.map((rule) => [rule.id, rule])),
    show: showValue(analysis.messages),
    now: NOON,
  };
}
