import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { badgeFor } from '../../../lib/adapters/badge.ts';
import { createInspector } from '../../../lib/adapters/inspector.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import {
  type Decisions,
  knownSeverities,
  type Mute,
  muteOf,
  NO_DECISIONS,
  readDecisions,
  unmuted,
  withoutMuted,
} from '../../../lib/view/decisions.ts';
import { flowList, NO_FILTER } from '../../../lib/view/flow-list.ts';
import { flowView } from '../../../lib/view/flow-view.ts';
import { type InspectorData, type InspectorModel, unmutedData } from '../../../lib/view/inspector-model.ts';
import { popupView } from '../../../lib/view/popup.ts';
import { plainText } from '../../../lib/view/text.ts';
import { inspectorData } from './inspector-data.ts';
import { FEW_RULES, inputOf, judge, NOON, traces } from './support.ts';

async function findingsOf(trace: string) {
  const { analysis } = await judge(trace, FEW_RULES);
  return analysis;
}

const mute = (part: Partial<Mute>): Mute => ({
  rule: 'missing-pkce',
  host: 'as.example',
  key: null,
  title: 'No PKCE',
  reason: 'known',
  at: NOON,
  ...part,
});

describe('mutes', () => {
  test('cover one finding by its key, or what a rule finds at a host, and nothing else', async () => {
    const { findings } = await findingsOf(traces.noPkce);
    const pkce = findings.find(({ rule }) => rule === 'missing-pkce');
    if (pkce === undefined) throw new Error('no finding to mute');
    const byRule = mute({});
    const byKey = mute({ key: pkce.key });
    expect(muteOf([byRule], pkce)).toBe(byRule);
    expect(muteOf([byRule, byKey], pkce)).toBe(byKey);
    expect(muteOf([mute({ key: `${pkce.key}x` })], pkce)).toBeNull();
    expect(muteOf([mute({ host: 'other.example' })], pkce)).toBeNull();
    expect(muteOf([mute({ rule: 'missing-state' })], pkce)).toBeNull();
    expect(withoutMuted(findings, [byRule]).map(({ rule }) => rule)).toEqual(['missing-state']);
    expect(withoutMuted(findings, [])).toBe(findings);
  });

  test('take along what only the muted finding explains, and leave the rest of the analysis alone', async () => {
    const analysis = await findingsOf(traces.implicit);
    expect(analysis.findings.map(({ rule }) => rule)).toEqual(['implicit-flow', 'token-in-fragment']);
    const without = unmuted(analysis, [mute({ rule: 'implicit-flow' })]);
    expect(without.findings).toEqual([]);
    expect(without.flows).toBe(analysis.flows);
    const effect = analysis.findings[1];
    if (effect === undefined) throw new Error('no effect');
    const other = unmuted(analysis, [mute({ rule: effect.rule, host: effect.host ?? '-' })]);
    expect(other.findings.map(({ rule }) => rule)).toEqual(['implicit-flow']);
  });

  test('are neither counted by the badge nor shown by the popup, which says how many there are', async () => {
    const mutes = [mute({})];
    const { findings } = await findingsOf(traces.noPkce);
    expect(badgeFor(findings).text).toBe('▲2');
    expect(badgeFor(withoutMuted(findings, mutes)).text).toBe('▲1');
    const view = popupView(await inputOf({ trace: traces.noPkce, rules: FEW_RULES, part: { mutes } }));
    if (view.state !== 'flow') throw new Error(`state ${view.state}`);
    expect(view.report.findings.map(({ rule }) => rule)).toEqual(['missing-state']);
    expect(view.verdict.heading).toContain('1 problem');
    expect(plainText(view.verdict.detail[0] ?? [])).toContain('1 muted');
  });

  test('the profile moves severities in the inspector, and another one judges anew', async () => {
    let decisions: Decisions = { ...NO_DECISIONS, profile: 'oauth2.0' };
    const shown: InspectorModel[] = [];
    const inspector = createInspector({
      source: {
        kind: 'live',
        hint: null,
        name: () => Promise.resolve('x'),
        read: () => Promise.resolve({ observations: parseObservations(traces.noPkce), notes: [] }),
        subscribe: () => () => undefined,
        clear: null,
      },
      memory: { readTold: () => Promise.resolve(new Map()), writeTold: () => Promise.resolve() },
      decisions: {
        read: () => Promise.resolve(decisions),
        write: (next) => {
          decisions = next;
          return Promise.resolve();
        },
        onChange: () => () => undefined,
      },
      onMuted: () => Promise.resolve(),
      show: (model) => shown.push(model),
      now: () => NOON,
    });
    const severity = () => shown.at(-1)?.data?.analysis.findings.find(({ rule }) => rule === 'missing-pkce')?.severity;
    await inspector.refresh();
    expect(severity()).toBe('low');
    inspector.actions.setProfile('rfc9700');
    await vi.waitUntil(() => severity() === 'high');
    expect(decisions.profile).toBe('rfc9700');
    shown.at(-1)?.notice?.undo?.();
    await vi.waitUntil(() => severity() === 'low');
    expect(decisions.profile).toBe('oauth2.0');
  });

  test('mark nothing in the inspector: neither the flow in the list, nor its arrows, nor its findings', async () => {
    const data = await inspectorData(traces.noPkce);
    const seen = (of: InspectorData) => {
      const [flow] = of.analysis.flows;
      if (flow === undefined) throw new Error('no flow');
      const { diagram, findings } = flowView(of, flow, new Set());
      const [item] = flowList(of, NO_FILTER).rows.filter((row) => row.is === 'flow');
      return [
        item?.mark,
        diagram.arrows[0]?.mark,
        findings.map(({ finding }) => finding.rule).includes('missing-pkce'),
      ];
    };
    const mutes = data.analysis.findings.map(({ rule, host }) => mute({ rule, host: host ?? '-' }));
    expect(seen(data)).toEqual(['high', 'high', true]);
    expect(seen(unmutedData(data, mutes))).toEqual(['pass', 'pass', false]);
    expect(unmutedData(data, [])).toBe(data);
  });
});

describe('readDecisions', () => {
  test('reads what was written', () => {
    const decisions = {
      mutes: [mute({}), mute({ key: 'missing-pkce|as.example|web1|query' })],
      baseline: {
        at: NOON,
        findings: [
          { key: 'k', rule: 'missing-pkce', severity: 'high', title: 'No PKCE', host: 'as.example', client: 'web1' },
        ],
      },
      profile: 'fapi2',
    } as const;
    expect(readDecisions(JSON.parse(JSON.stringify(decisions)))).toEqual(decisions);
  });

  test('leaves out what is damaged, and keeps the rest', () => {
    const stored = { mutes: [mute({}), { rule: 7 }, null, 'x'], baseline: { at: 'yesterday', findings: [] } };
    expect(readDecisions(stored)).toEqual({ ...NO_DECISIONS, mutes: [mute({})] });
    expect(readDecisions({ ...stored, profile: 'fapi3' }).profile).toBe('rfc9700');
    expect(readDecisions({ baseline: { at: NOON, findings: [{ key: 'k' }] } }).baseline).toEqual({
      at: NOON,
      findings: [],
    });
  });

  test('never throws, whatever is stored', () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        const { mutes } = readDecisions(stored);
        expect(Array.isArray(mutes)).toBe(true);
      }),
    );
    expect(readDecisions(undefined)).toBe(NO_DECISIONS);
  });
});

test('the baseline knows the worst severity of each key', () => {
  const known = { rule: 'r', title: 't', host: 'h', client: 'c' };
  const baseline = {
    at: NOON,
    findings: [
      { ...known, key: 'a', severity: 'low' },
      { ...known, key: 'a', severity: 'high' },
      { ...known, key: 'b', severity: 'info' },
    ],
  } as const;
  expect([...knownSeverities(baseline)]).toEqual([
    ['a', 'high'],
    ['b', 'info'],
  ]);
});
