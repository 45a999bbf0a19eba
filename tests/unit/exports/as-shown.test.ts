import { expect, it } from 'vitest';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Finding, Verdict } from '../../../lib/model/analysis.ts';
import { NO_DECISIONS } from '../../../lib/view/decisions.ts';
import { ALL_FINDINGS, findingsBase, findingsPage } from '../../../lib/view/findings-page.ts';
import { clientKey } from '../../../lib/view/flows.ts';
import { type InspectorData, judgedFlow } from '../../../lib/view/inspector-model.ts';
import { exported, imported, judgement, shown } from './through-inspector.ts';

/** Two clients, of which nothing shows whether they are public. */
const signIn = (client: string, host: string, code: string, state: string) => `
GET https://as.example/authorize?response_type=code&client_id=${client}&redirect_uri=https%3A%2F%2F${host}%2Fcb&state=${state}

302
Location: https://${host}/cb?code=${code}&state=${state}

GET https://${host}/cb?code=${code}&state=${state}
`;
const SIGN_IN_1 = signIn('web1', 'a.example', 'SplxlOBeZQQYbYS6WxSbIA', 'af0ifjsldkjQ2w7zZk3q');
const SIGN_IN_2 = signIn('web2', 'b.example', 'Qcb0Orv1zh30vL1MPRsbm0', 'bg1jgktmelkR3x8aAl4r');
const snapshot = { observations: parseTrace(SIGN_IN_1 + SIGN_IN_2), notes: [] };

/** Severities by key and verdicts as the section "Flows" shows them. */
function onScreen(data: InspectorData) {
  const judged = data.analysis.flows.map((flow) => judgedFlow(data, flow));
  const pick = <T extends { readonly flow: string | null }>(of: (one: (typeof judged)[number]) => readonly T[]) =>
    judged.flatMap((one) => of(one).filter(({ flow }) => flow === one.flow.id));
  return sorted(
    pick<Finding>(({ analysis }) => analysis.findings),
    pick<Verdict>(({ analysis }) => analysis.verdicts),
  );
}

const roots = (findings: readonly Finding[]) => findings.filter(({ parent }) => parent === null);

type Listed = { readonly rule: string; readonly flow: string | null };

const sorted = (
  findings: readonly (Listed & { readonly severity: string })[],
  verdicts: readonly (Listed & { readonly is: string })[],
) => ({
  findings: findings.map(({ rule, flow, severity }) => `${flow} ${rule} ${severity}`).toSorted(),
  verdicts: verdicts.map(({ rule, flow, is }) => `${flow} ${rule} ${is}`).toSorted(),
});

async function toldWeb1(profile: 'rfc9700' | 'oauth2.1' = 'rfc9700') {
  const evident = await shown(snapshot);
  const flow = evident.analysis.flows.find(({ clientId }) => clientId === 'web1');
  if (flow === undefined) throw new Error('no flow');
  const told = new Map([[clientKey(flow), 'public' as const]]);
  return { evident, told, data: await shown(snapshot, { told, profile }) };
}

it('a report says of each flow what the screen says, under what the person said about its client', async () => {
  const { evident, data } = await toldWeb1();
  expect(onScreen(data)).not.toEqual(onScreen(evident));
  const { json = '', sarif = '', markdown = '' } = await exported(data);
  const report = JSON.parse(json);
  const ofFlows = (list: Listed[]): never[] => list.filter(({ flow }) => flow !== null) as never[];
  expect(sorted(ofFlows(report.findings), ofFlows(report.verdictList))).toEqual(onScreen(data));
  const causes = findingsBase(data, NO_DECISIONS).causes.map(({ key, severity }) => `${key} ${severity}`);
  const results: { partialFingerprints: Record<string, string>; properties: Record<string, string> }[] =
    JSON.parse(sarif).runs[0].results;
  const inSarif = results.map((one) => `${one.partialFingerprints['findingKey/v1']} ${one.properties['severity']}`);
  expect([...new Set(inSarif)].toSorted()).toEqual(causes.toSorted());
  const headings = (markdown.replaceAll('\\', '').match(/(?<=^### \S ).*(?= \()/gm) ?? []).toSorted();
  expect([...new Set(headings)]).toEqual([...new Set(roots(report.findings).map(({ title }) => title))].toSorted());
});

it('what could not be judged is the same in the section "Findings" and in the report', async () => {
  const redeemed = {
    observations: parseTrace(`${SIGN_IN_1}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw
`),
    notes: [],
  };
  const { flows } = (await shown(redeemed)).analysis;
  const told = new Map(flows.map((flow) => [clientKey(flow), 'public' as const]));
  const data = await shown(redeemed, { told });
  const { unjudged } = findingsPage(findingsBase(data, NO_DECISIONS), { ...ALL_FINDINGS, show: 'unjudged' });
  const { verdictList } = JSON.parse((await exported(data))['json'] ?? '');
  const inReport = verdictList.filter(({ is }: Verdict) => is === 'cannotTell').map(({ rule }: Verdict) => rule);
  expect(unjudged.flatMap(({ items }) => items.map(({ rule }) => rule)).toSorted()).toEqual(
    [...new Set(inReport)].toSorted(),
  );
});

it('a report names the profile and the client types that it was judged under', async () => {
  const { data } = await toldWeb1('oauth2.1');
  const { json = '', sarif = '', markdown = '' } = await exported(data);
  const { sources, flows } = JSON.parse(json);
  expect(sources[0].profile).toBe('oauth2.1');
  expect(flows.map(({ clientId, clientType }: Record<string, unknown>) => [clientId, clientType])).toEqual([
    ['web1', { is: 'public', because: 'told' }],
    ['web2', { is: 'unknown', because: 'no-evidence' }],
  ]);
  const [run] = JSON.parse(sarif).runs;
  expect(run.artifacts[0].properties).toEqual({ profile: 'oauth2.1' });
  expect(run.results[0].properties.clientType).toBeDefined();
  expect(markdown).toContain('Profile: OAuth 2.1 \\(draft\\). Taken as public, as told: web1.');
});

it('a redacted file opened again shows what was on the screen, whatever is told and chosen there', async () => {
  const { data, told } = await toldWeb1('oauth2.1');
  const { har = '', json = '', markdown = '' } = await exported(data);
  for (const text of [har, json]) {
    const again = await imported(text);
    expect(onScreen(again)).toEqual(onScreen(data));
    expect(again.analysis.flows.map(({ clientType }) => clientType.is)).toEqual(['public', 'unknown']);
    expect(again.profile).toBe('oauth2.1');
    // What is said here is about the traffic; the file says what was found in it.
    expect(judgement(await imported(text, { told }))).toEqual(judgement(again));
    expect((await exported(again))['markdown']).toBe(markdown);
  }
});
