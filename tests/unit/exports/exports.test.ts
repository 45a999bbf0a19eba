import { expect, it } from 'vitest';
import { createExports, redactedCurl } from '../../../lib/adapters/exports.ts';
import { analyse } from '../../../lib/analyse.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import { diagramView } from '../../../lib/view/diagram.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { lineageTrace } from '../../e2e/inspector-captures.ts';
import { loadRuleFiles } from '../rules/rule-files.ts';
import { BY_VALUE, CANARIES, type Canary, leaks, POSITIONS } from './canaries.ts';
import { exported, harSchema, imported, judgement, shown } from './through-inspector.ts';

/** The first violation of each rule. */
const traces = (await loadRuleFiles()).flatMap(({ examples }) => examples.violation[0]?.trace ?? []);

/** What the diagrams say of others that were sent a code or token. */
const thirdParties = ({ analysis, lineage }: InspectorData): readonly string[] =>
  analysis.flows.flatMap((flow) => {
    const { arrows } = diagramView(analysis, flow, { open: new Set(), lineage, judged: true });
    return arrows.flatMap(({ third }) => third.map(({ text }) => text));
  });

/** Twelve sign-ins, of which the first and the last told somebody: the mark of the first begins that of the last. */
const manyCodes = (): string =>
  Array.from({ length: 12 }, (_, at) => {
    const answer = `code=SplxlOBeZQQYbYS6WxSb${at + 10}&state=af0ifjsldkjQ2w7zZk${at + 10}`;
    const tells = `GET https://stats.example/p\nReferer: https://app.example/cb?${answer}\n\n`;
    return `GET https://as.example/authorize?response_type=code&client_id=c1&${answer.slice(answer.indexOf('state'))}

GET https://app.example/cb?${answer}

${at % 11 === 0 ? tells : ''}`;
  }).join('');

it('what is exported gives the same findings and flows when it is opened again', async () => {
  const different: string[] = [];
  for (const [index, trace] of traces.entries()) {
    const before = await shown({ observations: parseObservations(trace), notes: [] });
    const { har = '', json = '', raw = '' } = await exported(before);
    for (const [kind, text] of Object.entries({ har, json, raw })) {
      const after = await imported(text);
      if (JSON.stringify(judgement(after)) !== JSON.stringify(judgement(before))) different.push(`${kind} of ${index}`);
    }
  }
  expect(different).toEqual([]);
}, 120_000);

it('who was sent a code or token of a sign-in is the same when it is opened again', async () => {
  const different: string[] = [];
  let sent = 0;
  for (const [index, trace] of [...traces, lineageTrace(), manyCodes()].entries()) {
    const before = await shown({ observations: parseObservations(trace), notes: [] });
    const wanted = thirdParties(before);
    if (wanted.length === 0) continue;
    sent += wanted.length;
    const { json = '' } = await exported(before);
    const again = thirdParties(await imported(json));
    if (again.join() !== wanted.join()) different.push(`${index}: ${wanted} became ${again}`);
  }
  expect(different).toEqual([]);
  expect(sent).toBeGreaterThan(4);
}, 120_000);

it('a redacted HAR and one with all values are HAR 1.2', async () => {
  const validate = harSchema();
  for (const trace of traces.filter((_, index) => index % 5 === 0)) {
    const { har = '', raw = '' } = await exported(await shown({ observations: parseObservations(trace), notes: [] }));
    for (const text of [har, raw]) {
      validate(JSON.parse(text));
      expect(validate.errors ?? []).toEqual([]);
    }
  }
  expect(validate({ log: { version: '1.2', creator: {}, entries: [] } })).toBe(false);
});

it('a file whose entries were changed is judged anew', async () => {
  const before = await shown({ observations: parseObservations(traces[0] ?? ''), notes: [] });
  const { har = '' } = await exported(before);
  const changed = JSON.parse(har);
  changed.log.entries = [];
  changed.log._oauthInspector.pages = [];
  expect((await imported(JSON.stringify(changed))).analysis.findings).toEqual([]);
});

/** A canary where its name tells, and in a quarter of all positions: another quarter for each next canary. */
function inManyPlaces(canary: Canary): readonly Observation[] {
  const all = [...Object.values(POSITIONS), ...Object.values(BY_VALUE)];
  const some = all.filter((put, index) => put === POSITIONS['form'] || (index + CANARIES.indexOf(canary)) % 4 === 0);
  return some.map((put, entry) => ({ ...put(canary), id: `0:${entry}`, source: { source: 0, entry } }));
}

it.each(CANARIES)('$name is in no redacted export, and in the one that says so', async (canary) => {
  const observations = inManyPlaces(canary);
  const data = await shown({ observations, notes: [] });
  const { raw = '', ...files } = await exported(data);
  const curls = observations.map(({ id }) => redactedCurl(data, id) ?? '').join('\n');
  expect(Object.keys(files)).toEqual(['har', 'json', 'sarif', 'markdown']);
  for (const [kind, text] of Object.entries({ ...files, curls })) {
    expect([kind, leaks(text, canary)]).toEqual([kind, []]);
  }
  expect(leaks(raw, canary)).not.toEqual([]);
});

it('the warning names what the file will hold', async () => {
  const observations = CANARIES.slice(0, 12).map((canary, entry) => ({
    ...(POSITIONS['form']?.(canary) as Observation),
    id: `0:${entry}`,
  }));
  const login = parseObservations(`
    POST https://as.example/token
    Content-Type: application/x-www-form-urlencoded
    Cookie: session=0f8fad5bd9cb469f

    grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=c1&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw
  `);
  const data = await shown({ observations: [...observations, ...login], notes: [] });
  const raw = createExports({ tool: { name: 'x', version: '0' }, save: () => undefined }).find(
    ({ id }) => id === 'raw',
  );
  expect(raw?.warning?.(data)).toEqual(
    expect.arrayContaining(['1 × code', '1 × client secret', '1 × header with cookies']),
  );
});

it('a request is copied as a command that a shell takes as it was sent', async () => {
  const [observation] = parseObservations(`
    POST https://as.example/token?tenant=it's
    Host: as.example
    Content-Type: application/x-www-form-urlencoded
    X-Empty:

    grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=c1
  `);
  if (observation === undefined) throw new Error('no request');
  const analysis = await analyse([observation]);
  const data = { ...(await shown({ observations: [observation], notes: [] })), analysis };
  expect(redactedCurl(data, observation.id)).toMatchInlineSnapshot(`
    "curl \\
      'https://as.example/token?tenant=redacted-X1' \\
      --header 'Content-Type: application/x-www-form-urlencoded' \\
      --header 'X-Empty;' \\
      --data-raw 'grant_type=refresh_token&refresh_token=redacted-R1&client_id=c1'"
  `);
  expect(redactedCurl(data, 'gone')).toBe(null);
});

it('what is not redacted keeps the form that it has on the wire, in the command and in the HAR', async () => {
  const address =
    'https://as.example/authorize?scope=openid%20profile+email&redirect_uri=https://a.example/cb%3fx=1&state=af0ifjsldkjQ2w7zZk3q&response%5Ftype=code&client_id=c%2D1';
  const data = await shown({ observations: parseObservations(`GET ${address}`), notes: [] });
  const redacted = address.replace('af0ifjsldkjQ2w7zZk3q', 'redacted-S1').replace('cb%3fx=1', 'cb%3Fx%3Dredacted-X1');
  const written = redacted.replace('https://a.example/cb', 'https%3A%2F%2Fa.example%2Fcb');
  expect(redactedCurl(data, data.observations[0]?.id ?? '')).toBe(`curl \\\n  '${written}'`);
  expect(JSON.parse((await exported(data))['har'] ?? '').log.entries[0].request.url).toBe(written);
});

it('reports name where the traffic came from, and what of a file could not be read', async () => {
  const data = await shown({ observations: parseObservations(traces[0] ?? ''), notes: [] });
  const unread = [{ entry: 3, message: '"request" is nothing' }];
  const sources = async (source: typeof data.source) =>
    JSON.parse((await exported({ ...data, source, unread }))['json'] ?? '').sources[0];
  expect((await sources({ kind: 'live', name: 'app.example' })).file).toBe('Watch');
  expect((await sources({ kind: 'panel', name: 'This tab' })).file).toBe('DevTools');
  expect(await sources({ kind: 'file', name: 'monday.har' })).toMatchObject({ file: 'monday.har', errors: unread });
});

it('reports for others leave out what is muted and say so; what is opened here again keeps it', async () => {
  const data = await shown({ observations: parseObservations(traces[0] ?? ''), notes: [] });
  const roots = data.analysis.findings.filter(({ parent }) => parent === null);
  const [{ rule, key, title } = { rule: '', key: '', title: '' }] = roots;
  const same = roots.filter((one) => one.key === key).length;
  const mute = { rule, key, title, host: key.split('|')[1] ?? '', reason: 'known', at: 0 };
  const before = await exported(data);
  const after = await exported(data, [mute]);
  const results = (files: typeof before): readonly unknown[] => JSON.parse(files['sarif'] ?? '').runs[0].results;
  expect(results(after)).toHaveLength(results(before).length - same);
  expect(before['markdown']).toContain(`\`${rule}\``);
  expect(after['markdown']).not.toContain(`**Rule**: \`${rule}\``);
  for (const id of ['sarif', 'markdown']) expect(after[id]).toMatch(/\d muted findings? (is|are) left out\./);
  for (const id of ['har', 'json', 'raw']) expect(after[id]).toBe(before[id]);
});
