import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { LogEntry } from '../../../lib/log/records.ts';
import { SEVERITIES, type Severity } from '../../../lib/model/rule.ts';
import type { DemoCase } from '../../servers/case.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { cases } from '../../servers/cases/index.ts';
import { editionCase, oneMistake } from '../../servers/cases/one-mistake.ts';
import { caseUrls } from '../../servers/demo-site.ts';
import { disagreement, type FoundFinding, findingLines, nestFindings } from '../../servers/expectations.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';
import { type Har, harOfTab } from '../harness/har-of-tab.ts';
import { readFindings } from '../harness/read-findings.ts';
import { judgeWatched, readWatchLog } from '../harness/read-watched.ts';
import { auditFindings } from '../harness/recorded-lines.ts';

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

const editions = oneMistake.map(editionCase);

/** Tabs in which sign-ins go on at the same time. */
const LANES = 4;

/**
 * With all sites granted, popup and badge say of each demo client exactly what must be found. So does what Watch
 * recorded of clients with one mistake each, and, where the browser can, a recording of both with all bodies.
 *
 * @param har - file to which the browser writes such a recording when it closes
 */
export function findingTests(launch: (options: LaunchOptions) => Promise<TestBrowser>, har: string | null = null) {
  const read = new Map<string, { readonly tab: Tab; readonly found: readonly FoundFinding[] }>();
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;
  let closed = false;

  before(async () => {
    demo = await startDemo({ cases: [...cases, ...registered, ...editions] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    if (!closed) await browser?.close();
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

  let log: readonly LogEntry[];

  test('clients with one mistake each sign in all the same', async () => {
    const waiting = [...editions];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const tab = await browser.newTab();
        const { outcome, facts } = await signIn(tab, demo, next.id);
        assert.equal(outcome, 'done', `${next.id}: ${JSON.stringify(facts)}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    log = await readWatchLog(extension);
  });

  for (const { id, title, expected, expectedOfWatch = expected, untold = [] } of oneMistake) {
    test(`Watch: ${title} (${id})`, async () => {
      const { findings, verdicts } = await judgeWatched(log, caseUrls(demo.origins, id).start, extension);
      assert.equal(disagreement(expectedOfWatch, nestFindings(findings)), null);
      for (const rule of untold) {
        assert.ok(
          verdicts.some((one) => one.rule === rule && one.is === 'cannotTell'),
          `${rule} does not say that it cannot tell`,
        );
      }
    });
  }

  if (har === null) return;
  let recording: Har;

  test('the recording is written', async () => {
    await browser.close();
    closed = true;
    recording = JSON.parse(await readFile(har, 'utf8')) as Har;
  });

  for (const { id, expected } of [...cases, ...editions]) {
    test(`the command line finds in a recording of ${id} what must be found`, async () => {
      const found = await auditFindings(JSON.stringify(harOfTab(recording, demo.caseUrl(id))));
      assert.equal(disagreement(expected, found), null);
    });
  }
}
