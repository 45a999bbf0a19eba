import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { isRecord } from '../../../lib/http/params.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Example } from '../../../lib/model/example.ts';
import { type Exchange, type Observation, unseen } from '../../../lib/model/observation.ts';
import type { MessageEvidence, PageEvidence } from '../../../lib/model/rule.ts';
import { CONFIDENCES, SEVERITIES } from '../../../lib/model/rule.ts';
import { storedValues } from '../../../lib/page/stored-values.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { SPECS, specUrl } from '../../../lib/rules/specs.ts';
import { readCompactJose } from '../../../lib/token/jose.ts';
import { leaksIn, secretsIn } from '../engine/leaks.ts';
import { loadRuleFiles } from './rule-files.ts';
import { analyseExample, type Sample, samplesOf, UNRELATED } from './traffic.ts';

const files = await loadRuleFiles();
const samples = samplesOf(files);
const ids = new Set(files.map(({ rule }) => rule.id));

/** Causes that rules name and that no rule finds yet. An id leaves this list when its rule comes. */
const PLANNED: ReadonlySet<string> = new Set([
  'dpop-key-extractable',
  'probe-code-replay',
  'probe-redirect-uri-loose',
  'probe-state-not-validated',
]);

/** What went wrong where: one line for each rule or example, so that a failure names its place. */
const problems: Record<'threw' | 'leaked' | 'evidence' | 'key', string[]> = {
  threw: [],
  leaked: [],
  evidence: [],
  key: [],
};
for (const sample of samples) {
  const place = `${sample.file.rule.id} ${sample.sort}: ${sample.example.name}`;
  try {
    await look(sample, place);
  } catch (error) {
    problems.threw.push(`${error} on ${place}`);
  }
}

async function look({ file, sort, example }: Sample, place: string): Promise<void> {
  const exchanges = parseObservations(example.trace);
  const { analysis, fails } = await analyseExample(exchanges, example, RULES);
  for (const verdict of analysis.verdicts)
    if (verdict.is === 'error') problems.threw.push(`${verdict.rule} on ${place}`);
  for (const secret of leaksIn(analysis, secretsIn(exchanges))) problems.leaked.push(`${secret} by ${place}`);
  for (const { rule, fail } of fails) {
    for (const evidence of fail.evidence) {
      const real =
        evidence.message === null
          ? isInPage(evidence)
          : analysis.messages.includes(evidence.message) && isReal(evidence);
      if (!real) problems.evidence.push(`${rule}: ${evidence.where} ${evidence.name} on ${place}`);
    }
  }
  if (sort !== 'violation') return;
  const keys = async (all: readonly Observation[]): Promise<string> => {
    const { findings } = (await analyseExample(all, example, [file.rule])).analysis;
    return findings
      .map((finding) => finding.key)
      .filter((key) => !key.includes('elsewhere'))
      .join(' ');
  };
  const alone = await keys(exchanges);
  for (const all of [
    [...UNRELATED, ...exchanges],
    [...exchanges, ...UNRELATED],
  ]) {
    if ((await keys(all)) !== alone) problems.key.push(place);
  }
}

/** What the evidence shows is in the message that it points at; what it says is absent is not. */
function isReal({ message, where, name, value }: MessageEvidence): boolean {
  const { exchange } = message;
  if (where === 'url') return value === undefined || message.url.includes(value);
  if (where === 'header') return value === undefined || isInHeader(exchange, name, value);
  if (message.params.some((p) => p.where === where && p.name === name && (value === undefined || p.value === value)))
    return true;
  if (message.kind === 'metadata' || message.kind === 'jwks') {
    return (
      value === undefined ||
      String(message.document?.[name]) === value ||
      JSON.stringify(message.document?.[name]) === value
    );
  }
  if (value === undefined) return name !== '';
  // A claim or header member of a token that the message carries.
  return where === 'jwt' && message.params.some((p) => claimIs(p.value, name, value));
}

function isInPage({ observation, where, name, value = '', offset, stored }: PageEvidence): boolean {
  if (observation.is === 'storage') {
    const found = stored === undefined ? undefined : storedValues(observation)[stored];
    return where === 'storage' && found?.name === name && found.value.includes(value);
  }
  if (observation.is === 'script') return where === 'script' && observation.text.startsWith(value, offset);
  if (where === 'header') return isInHeader(observation, name, value);
  const { body } = observation.request;
  if (where === 'body') return JSON.stringify(body).includes(JSON.stringify(value).slice(1, -1));
  return [observation.request.url, decodeURIComponent(observation.request.url)].some((url) => url.includes(value));
}

function isInHeader({ request, outcome }: Exchange, name: string, value: string): boolean {
  const answered = outcome.is === 'response' ? outcome.response.headers : unseen('not-yet');
  return [request.headers, answered].some(
    (headers) =>
      headers.seen &&
      headers.value.some(([other, text]) => other.toLowerCase() === name.toLowerCase() && text.includes(value)),
  );
}

function claimIs(token: string, name: string, value: string): boolean {
  const jose = readCompactJose(token);
  return [jose?.header, jose?.claims].some((part) => {
    if (!isRecord(part) || !(name in part)) return false;
    const member = part[name];
    return String(member) === value || JSON.stringify(member) === value;
  });
}

describe.each(files)('$rule.id', ({ file, rule, examples }) => {
  test('is named like its file and stands in the index once', () => {
    expect(file).toBe(`${rule.id}.ts`);
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(RULES.filter((other) => other === rule)).toHaveLength(1);
  });

  test('says what is wrong, neutrally what it is about, why, and what to do', () => {
    // A capital, or the name of a parameter.
    for (const name of [rule.title, rule.subject]) expect(name).toMatch(/^([A-Z]|[a-z]+(_[a-z]+)+ )[^!]*[^.!]$/);
    expect(rule.title).toContain(' ');
    expect(rule.subject.toLowerCase()).not.toBe(rule.title.toLowerCase());
    for (const sentence of [rule.why, rule.fix]) expect(sentence).toMatch(/^[A-Z`][^!]*\.$/);
    expect(SEVERITIES).toContain(rule.severity);
    expect(CONFIDENCES).toContain(rule.confidence);
    expect(rule.needs.length).toBeGreaterThan(0);
    expect(new Set(rule.needs).size).toBe(rule.needs.length);
  });

  test('cites documents that are listed', () => {
    // What rests on the documentation of one provider alone is advice.
    if (rule.references.length === 0) expect(rule.severity).toBe('info');
    for (const reference of rule.references) {
      expect([...SPECS.keys()]).toContain(reference.spec);
      expect(reference.section).toMatch(/^([A-Z]|V?\d+)(\.\d+)*$/);
      expect(specUrl(reference)).toMatch(/^https:\/\//);
    }
    const cited = rule.references.map(({ spec, section }) => `${spec} ${section}`);
    expect(new Set(cited).size).toBe(cited.length);
  });

  test('names causes that exist, and not itself', () => {
    for (const parent of rule.parents) expect(ids.has(parent) || PLANNED.has(parent), parent).toBe(true);
    expect(rule.parents).not.toContain(rule.id);
  });

  test('has a violation, a clean case and a look-alike, under names of their own', () => {
    expect(examples.violation.length).toBeGreaterThan(0);
    expect(examples.clean.length).toBeGreaterThan(0);
    expect(examples.lookAlike.length).toBeGreaterThan(0);
    for (const list of Object.values<readonly Example[]>({ ...examples })) {
      const names = list.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('shows that its severity moves, where it does', () => {
    const severities = examples.violation.map((example) => example.severity);
    expect(severities.every((severity) => severity === undefined || SEVERITIES.includes(severity))).toBe(true);
  });
});

describe('over the examples of all rules', () => {
  test('there are some', () => {
    expect(files.length).toBe(RULES.length);
    expect(samples.length).toBeGreaterThan(files.length * 3);
  });

  test('no two rules have the same id or title', () => {
    expect(ids.size).toBe(files.length);
    expect(new Set(files.map(({ rule }) => rule.title)).size).toBe(files.length);
  });

  test('every line of the list is a rule file', () => {
    const list = readFileSync(new URL('../../../lib/rules/list.ts', import.meta.url), 'utf8');
    const imported = [...list.matchAll(/from '\.\/([a-z0-9-]+)\.ts'/g)].map(([, id]) => id);
    expect(imported.toSorted()).toEqual([...ids].toSorted());
  });

  test('causes have no circle', () => {
    const parents = new Map(files.map(({ rule }) => [rule.id, rule.parents]));
    const above = (id: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, id].join(' → ')}`).not.toContain(id);
      for (const parent of parents.get(id) ?? []) above(parent, [...path, id]);
    };
    for (const id of ids) above(id, []);
  });

  test('a cause that is planned is not there yet', () => {
    expect([...PLANNED].filter((id) => ids.has(id))).toEqual([]);
  });

  test('no rule throws on an example of any rule', () => {
    expect(problems.threw).toEqual([]);
  });

  test('no secret is in a finding or a verdict', () => {
    expect(problems.leaked).toEqual([]);
  });

  test('evidence points at a real message and shows what is really there', () => {
    expect(problems.evidence).toEqual([]);
  });

  test('the key of a finding does not depend on unrelated traffic before or after', () => {
    expect(problems.key).toEqual([]);
  });
});
