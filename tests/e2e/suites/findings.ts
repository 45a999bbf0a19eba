import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SEVERITIES, type Severity } from '../../../lib/model/rule.ts';
import type { DemoCase } from '../../servers/case.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { cases } from '../../servers/cases/index.ts';
import { disagreement, type FoundFinding, findingLines } from '../../servers/expectations.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';
import { readFindings } from '../harness/read-findings.ts';

const SHAPES: Readonly<Record<Severity, string>> = { high: '▲', medium: '◆', low: '●', info: '' };

/** Shape of the worst finding and how many there are; nothing for notes alone. */
function badgeFor(found: readonly FoundFinding[]): string {
  const counted = found.filter(({ severity }) => severity !== 'info');
  const worst = SEVERITIES.find((severity) => counted.some((one) => one.severity === severity));
  return worst === undefined ? '' : `${SHAPES[worst]}${counted.length}`;
}

/** Sound clients but for the scheme of their redirect URI, which is excused on the person's own machine (RFC 8252 §7.3). */
const httpClients = [
  { id: 'http-loopback', redirectUri: 'http://127.0.0.1:8765/callback', applicationType: 'native', lines: [] },
  {
    id: 'http-elsewhere',
    redirectUri: 'http://app.example/callback',
    applicationType: 'web',
    lines: ['redirect-uri-http (high)'],
  },
] as const;

const registered = httpClients.map(
  ({ id, redirectUri, applicationType }): DemoCase => ({
    ...codePkcePublic,
    id,
    registration: { redirect_uris: [redirectUri], application_type: applicationType },
  }),
);

/** An authorization request with nothing wrong in it but perhaps its redirect URI. */
function authorizationUrl(demo: Demo, clientId: string, redirectUri: string): string {
  const random = () => randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: random(),
    nonce: random(),
    code_challenge: createHash('sha256').update(random()).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${demo.origins.as}/auth?${query}`;
}

/** With all sites granted, popup and badge say of each demo client exactly what must be found. */
export function findingTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  const read = new Map<string, { readonly tab: Tab; readonly found: readonly FoundFinding[] }>();
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo({ cases: [...cases, ...registered] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const { id, expected, unseen = false } of cases) {
    test(`the popup finds in ${id} what must be found`, async () => {
      const tab = await browser.newTab();
      const { outcome, facts } = await signIn(tab, demo, id);
      assert.equal(outcome, 'done', JSON.stringify(facts));
      const popup = await extension.clickToolbar(tab);
      const flows = await readFindings(popup);
      await popup.close();
      const found = flows.flatMap(({ findings }) => findings);
      read.set(id, { tab, found });
      assert.equal(disagreement(expected, found), null);
      for (const { heading } of flows) assert.match(heading, unseen ? /^No sign-in seen yet$/ : /as\.example/);
    });
  }

  for (const { id, redirectUri, lines } of httpClients) {
    test(`the redirect URI ${redirectUri} gives ${lines.length > 0 ? lines : 'nothing'}`, async () => {
      const tab = await browser.newTab();
      await tab.goto(authorizationUrl(demo, id, redirectUri));
      const popup = await extension.clickToolbar(tab);
      const flows = await readFindings(popup);
      await popup.close();
      assert.equal(flows.length, 1);
      assert.deepEqual(findingLines(flows.flatMap(({ findings }) => findings)), lines);
    });
  }

  test('the badge of every tab agrees with its popup', async () => {
    assert.equal(read.size, cases.length);
    const shown: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const [id, { tab, found }] of read) {
      shown[id] = (await extension.badge(tab)).text;
      wanted[id] = badgeFor(found);
    }
    assert.deepEqual(shown, wanted);
  });
}
