import { describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { traceLineage } from '../../../lib/engine/lineage.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Rule } from '../../../lib/model/rule.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { type Decisions, NO_DECISIONS } from '../../../lib/view/decisions.ts';
import {
  ALL_FINDINGS,
  baselineOf,
  causeDetail,
  type FindingsBase,
  type FindingsFilter,
  findingsBase,
  findingsPage,
} from '../../../lib/view/findings-page.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { plainText } from '../../../lib/view/text.ts';
import { FEW_RULES, NOON, RULE, rule, traces } from './support.ts';

async function dataOf(trace: string, rules: readonly Rule[] = FEW_RULES): Promise<InspectorData> {
  const observations = parseTrace(trace);
  const analysis = await analyse(observations, { now: NOON, rules });
  return {
    analysis,
    source: { kind: 'live', name: 'app.example' },
    judged: true,
    told: new Map(),
    byTold: {},
    profile: 'rfc9700',
    observations,
    lineage: traceLineage(analysis),
    notes: [],
    unread: [],
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    show: (value) => value as never,
    now: NOON + 60_000,
  };
}

async function baseOf(trace: string, decisions: Decisions = NO_DECISIONS, rules?: readonly Rule[]) {
  return findingsBase(await dataOf(trace, rules), decisions);
}

const page = (base: FindingsBase, part: Partial<FindingsFilter> = {}) =>
  findingsPage(base, { ...ALL_FINDINGS, ...part });

const titles = (base: FindingsBase, part: Partial<FindingsFilter> = {}) =>
  page(base, part).groups.map(({ title, causes }) => [title, ...causes.map((cause) => plainText(cause.title))]);

/** The same sign-in again, an hour later, with values of its own. */
const again = (trace: string): string =>
  `# time +3600\n${trace.replaceAll('SplxlOBeZQQYbYS6WxSbIA', 'Qcb0Orv1zh30vL1MPRsbm0').replaceAll('af0ifjsldkjQ2w7zZk3q', 'bg1jgktmelkR3x8aAl4r')}`;

const NO_PKCE = 'Authorization-code request without code_challenge';
const NO_CSRF = 'No CSRF protection visible on the authorization request';

describe('by cause', () => {
  test('one cause however often it was seen, with its effects, the worst first', async () => {
    const base = await baseOf(`${traces.implicit}\n\n${again(traces.implicit)}`);
    const { groups, heading } = page(base);
    expect(heading).toBe('1 cause, 2 findings');
    const [cause] = groups[0]?.causes ?? [];
    expect(cause).toMatchObject({ severity: 'high', place: 'web1 at as.example', fresh: false });
    expect(cause?.times).toMatch(/^2 times, /);
    expect(cause?.effects.map(({ title }) => plainText(title))).toEqual([
      'Access token in the fragment of the callback',
    ]);
  });

  test('grouped by rule and by flow, each cause under every flow that it was seen in', async () => {
    const base = await baseOf(`${traces.noPkce}\n\n${again(traces.noPkce)}`);
    expect(titles(base)).toEqual([[null, NO_PKCE, NO_CSRF]]);
    expect(titles(base, { by: 'rule' })).toEqual([
      [NO_PKCE, NO_PKCE],
      [NO_CSRF, NO_CSRF],
    ]);
    expect(titles(base, { by: 'flow' }).map((group) => group.slice(1))).toEqual([
      [NO_PKCE, NO_CSRF],
      [NO_PKCE, NO_CSRF],
    ]);
  });

  test('filters by severity, client and every word of the search, and says when nothing is left', async () => {
    const base = await baseOf(traces.noPkce);
    expect(titles(base, { query: 'CODE_challenge as.example' })).toEqual([[null, NO_PKCE]]);
    expect(titles(base, { client: 'web1' })).toEqual([[null, NO_PKCE, NO_CSRF]]);
    for (const part of [{ query: 'nothing' }, { client: 'other' }, { severity: 'low' }] as const) {
      const { groups, empty } = page(base, part);
      expect(groups).toEqual([]);
      expect(empty).toMatchObject({ heading: 'Nothing fits', filtered: true });
    }
    const clean = page(await baseOf(traces.clean));
    expect(clean.empty).toMatchObject({ heading: 'No findings', filtered: false });
    expect(page(await baseOf('')).empty?.text).toContain('Nothing was judged yet');
  });

  test('what could not be judged: each check once, whatever the number of flows', async () => {
    const rulesOf = async (trace: string): Promise<readonly string[]> => {
      const { unjudged } = page(await baseOf(trace, NO_DECISIONS, RULES), { show: 'unjudged' });
      return unjudged.flatMap(({ items }) => items.map(({ rule }) => rule)).sort();
    };
    const once = await rulesOf(traces.unknownClient);
    expect(once).toContain('at-jwt-missing-claims');
    expect(await rulesOf(`${traces.unknownClient}\n\n${again(traces.unknownClient)}`)).toEqual(once);
    expect(new Set(once).size).toBe(once.length);
  });

  test('what could not be judged of a page stands there, too, under what would show it', async () => {
    const base = await baseOf(traces.clean, NO_DECISIONS, RULES);
    const ofPages = base.data.analysis.verdicts.filter(({ flow, is }) => flow === null && is === 'cannotTell');
    expect(ofPages.length).toBeGreaterThan(0);
    const { unjudged } = page(base, { show: 'unjudged' });
    const listed = unjudged.flatMap(({ items }) => items.map(({ rule }) => rule));
    expect(listed).toEqual(expect.arrayContaining(ofPages.map(({ rule }) => rule)));
    const storage = unjudged.find(({ items }) => items.some(({ rule }) => rule === 'token-in-localstorage'));
    expect(storage?.id).toBe('checkPage');
  });

  test('a check that stopped with an error stands there once, that of a whole trace, too', async () => {
    const fails = () => {
      throw new TypeError('captured data');
    };
    const ofFlow = rule({ id: 'breaks', subject: 'A flow', check: fails });
    const ofTrace: Rule = { ...RULE, id: 'breaks-too', subject: 'A page', judges: 'trace', check: fails };
    const base = await baseOf(`${traces.clean}\n\n${again(traces.clean)}`, NO_DECISIONS, [ofFlow, ofTrace]);
    const listed = (part: Partial<FindingsFilter>) => page(base, part).failedChecks.map(({ message }) => message);
    expect(listed({ show: 'unjudged' })).toEqual(['TypeError in breaks', 'TypeError in breaks-too']);
    expect(listed({ show: 'unjudged', query: 'page' })).toEqual(['TypeError in breaks-too']);
    expect(listed({})).toEqual([]);
    expect(page(base).show.find(({ id }) => id === 'unjudged')?.count).toBe(2);
  });
});

describe('mutes', () => {
  test('a muted cause leaves the list and stands under Muted with its reason', async () => {
    const before = await baseOf(traces.noPkce);
    const key = before.causes.find(({ rule }) => rule === 'missing-pkce')?.key ?? '';
    const detail = causeDetail(before, key);
    if (detail === null) throw new Error('no detail');
    expect(detail.finding.mutes.rule).toMatchObject({ rule: 'missing-pkce', host: 'as.example', key: null });
    const mutes = [{ ...detail.finding.mutes.finding, reason: 'old client', at: NOON }];
    const base = await baseOf(traces.noPkce, { ...NO_DECISIONS, mutes });
    expect(titles(base)).toEqual([[null, NO_CSRF]]);
    const { muted, show } = page(base, { show: 'muted' });
    expect(show.find(({ id }) => id === 'muted')?.count).toBe(1);
    expect(muted[0]).toMatchObject({ covers: 'One finding at as.example. 1 finding here.' });
    expect(muted[0]?.reason).toMatch(/^“old client” Muted /);
    expect(causeDetail(base, key)?.mute).toEqual(mutes[0]);
  });

  test('a mute stays in the list when nothing of it is there, so that it can be undone', async () => {
    const mutes = [{ rule: 'r', host: 'gone.example', key: null, title: 'T', reason: 'x', at: NOON }];
    const base = await baseOf(traces.clean, { ...NO_DECISIONS, mutes });
    expect(page(base, { show: 'muted' }).muted[0]?.covers).toBe(
      'Whatever this rule finds at gone.example. Nothing of it in this capture.',
    );
  });
});

describe('the baseline', () => {
  test('makes known what is there, and new what comes later', async () => {
    const findings = baselineOf(await baseOf(traces.noPkce));
    const baseline = { at: NOON, findings };
    const same = page(await baseOf(traces.noPkce, { ...NO_DECISIONS, baseline }), { show: 'new' });
    expect(same.baseline).toMatchObject({ fresh: 0, known: 2, gone: 0 });
    expect(same.empty?.heading).toBe('Nothing new since the baseline');
    const more = await baseOf(`${traces.noPkce}\n\n${again(traces.implicit)}`, { ...NO_DECISIONS, baseline });
    expect(titles(more, { show: 'new' })).toEqual([[null, 'Access token requested from the authorization endpoint']]);
  });

  test('what got worse than it was is new', async () => {
    const findings = baselineOf(await baseOf(traces.noPkce)).map((known) => ({ ...known, severity: 'low' as const }));
    const base = await baseOf(traces.noPkce, { ...NO_DECISIONS, baseline: { at: NOON, findings } });
    expect(page(base).baseline).toMatchObject({ fresh: 2, known: 0 });
  });

  test('gone is only what its check passed for, for the same client at the same host', async () => {
    const baseline = { at: NOON, findings: baselineOf(await baseOf(traces.noPkce)) };
    const fixed = page(await baseOf(traces.clean, { ...NO_DECISIONS, baseline }), { show: 'gone' });
    expect(fixed.gone.map(({ title }) => plainText(title))).toEqual([NO_PKCE, NO_CSRF]);
    const quiet = page(await baseOf(traces.ordinary, { ...NO_DECISIONS, baseline }), { show: 'gone' });
    expect(quiet.gone).toEqual([]);
    expect(quiet.empty?.heading).toBe('Nothing is known to be gone');
    const other = await baseOf(traces.clean.replaceAll('web1', 'web2'), { ...NO_DECISIONS, baseline });
    expect(page(other, { show: 'gone' }).gone).toEqual([]);
  });

  test('holds no value of the capture', async () => {
    const findings = baselineOf(await baseOf(`${traces.noPkce}\n\n${again(traces.implicit)}`));
    expect(findings.length).toBeGreaterThan(2);
    expect(JSON.stringify(findings)).not.toMatch(/SplxlOBe|Qcb0Orv|eyJhbGci|af0ifj|bg1jgk/);
  });
});
