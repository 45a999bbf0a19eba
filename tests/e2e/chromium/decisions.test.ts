import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import { type TestBrowser, until } from '../harness/browser.ts';
import { type ChromiumTab, launchChromium } from '../harness/chromium.ts';
import { assertAccessible, assertFits, axeViolations, walkWithTab } from '../popup-checks.ts';
import { recordsOf } from '../popup-records.ts';

/** Secrets of the traffic; none may be found in what is kept. */
const CANARIES = ['Canary-code-SplxlOBeZQQYbYS6', 'Canary-token-2YotnFZFEjr1zCsicMWp', 'Canary-secret-7Fjfp0ZBr1KtDR'];
const [CODE, TOKEN, SECRET] = CANARIES;

const REQUEST = 'client_id=web-portal&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=profile';
const TRACE = `GET https://as.example/authorize?${REQUEST}&response_type=code&state=Zk3qOq8vT1mXc0aJr5yW2bN7

302
Location: https://app.example/cb?code=${CODE}&state=Zk3qOq8vT1mXc0aJr5yW2bN7

GET https://app.example/cb?code=${CODE}&state=Zk3qOq8vT1mXc0aJr5yW2bN7

200

# initiator https://app.example
# resource xhr
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=${CODE}&client_secret=${SECRET}&${REQUEST}

200

# time +60
GET https://login.legacy.example/authorize?${REQUEST.replace('web-portal', 'reports-ui')}&response_type=token&state=aZ3qOq8vT1mXc0aJr5yW2bN7

302
Location: https://app.example/cb#access_token=${TOKEN}&token_type=Bearer&state=aZ3qOq8vT1mXc0aJr5yW2bN7`;

declare const chrome: {
  readonly tabs: { query(of: object): Promise<readonly { readonly id?: number }[]> };
  readonly storage: Readonly<
    Record<'local' | 'sync' | 'session', { get(keys: null): Promise<object>; set(items: object): Promise<void> }>
  >;
};

/** Runs in a page of the extension: everything that outlives the browser session, as text. */
const KEPT = async (): Promise<string> => {
  const databases = await indexedDB.databases();
  return JSON.stringify([
    await chrome.storage.local.get(null),
    await chrome.storage.sync.get(null),
    { ...localStorage },
    databases.map(({ name }) => name),
    document.cookie,
  ]);
};

const canariesIn = (text: string): readonly string[] => CANARIES.filter((canary) => text.includes(canary));

/** Files in which a canary stands, in one byte a character or in two. */
async function canariesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const written = CANARIES.flatMap((canary) => [Buffer.from(canary), Buffer.from(canary, 'utf16le')]);
    if (written.some((canary) => bytes.includes(canary))) found.push(path);
  }
  return found;
}

let demo: Demo;
let profile: string;
let browser: TestBrowser;
let page: ChromiumTab;
let watched: ChromiumTab;

/** A browser with this profile, the traffic in its log, the inspector at its findings. */
async function open(): Promise<void> {
  browser = await launchChromium({ demo, extension: true, kept: profile });
  const { extension } = browser;
  assert.ok(extension);
  watched = (await browser.newTab()) as ChromiumTab;
  await watched.goto(`${demo.origins.app}/`);
  await watched.bringToFront();
  const tab = await until('the id of the tab', () =>
    extension.background.evaluate(
      async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0]?.id ?? null,
      undefined,
    ),
  );
  await extension.background.evaluate(
    async (items) => chrome.storage.session.set(items),
    recordsOf(TRACE, { tab, from: Date.now() - 3_600_000 }),
  );
  page = (await browser.newTab()) as ChromiumTab;
  await page.setSize(1440, 900);
  await page.goto(`${extension.origin}/inspector.html`);
  await page.page.getByRole('tab', { name: 'Findings' }).click();
  await page.page.locator('.cause, .verdict').first().waitFor();
}

const causes = (): Promise<readonly string[]> => page.page.locator('.cause-title').allTextContents();
const heading = async (): Promise<string> => (await page.page.locator('.middle h1').textContent()) ?? '';
const badge = async (): Promise<string> => (await browser.extension?.badge(watched))?.text ?? '';
const pressed = (name: RegExp) => page.page.getByRole('button', { name });

before(async () => {
  demo = await startDemo();
  profile = await mkdtemp(join(tmpdir(), 'oauth-inspector-kept-'));
  await open();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

const NO_PKCE = 'Authorization-code request without code_challenge';
const IMPLICIT = 'Access token requested from the authorization endpoint';

test('findings by cause, the keys through the panes, and a mute with its reason', async () => {
  const all = await causes();
  assert.ok(all.includes(NO_PKCE) && all.includes(IMPLICIT), all.join());
  assert.match(await heading(), /causes, /);
  const { keyboard } = page.page;
  await keyboard.press('/');
  await keyboard.type('authorization endpoint');
  assert.deepEqual(await causes(), [IMPLICIT]);
  await keyboard.press('Escape');
  assert.deepEqual(await causes(), all);
  await keyboard.press('Escape');
  await page.page.locator('.facet').first().focus();
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  assert.equal(await page.page.locator('.finding-card h1').textContent(), all[1]);

  await page.page.locator('.cause', { hasText: IMPLICIT }).click();
  await page.page.locator('.mute button[type=submit]').click();
  assert.deepEqual(await causes(), all, 'nothing is muted without a reason');
  await page.page.fill('.mute input[type=text]', 'Old server, replaced in January');
  await keyboard.press('Enter');
  await until('the mute', async () => ((await causes()).length === all.length - 1 ? true : null));
  assert.ok(!(await causes()).includes(IMPLICIT));
});

test('looks as it should: it fits, axe finds nothing, Tab reaches everything', async () => {
  await page.page.locator('.cause').first().click();
  for (const width of [1440, 900, 420]) {
    await page.setSize(width, 900);
    await assertFits(page.page);
    await assertAccessible(page.page, (colorScheme) => page.page.emulateMedia({ colorScheme }));
  }
  await page.setSize(1440, 900);
  await page.page.emulateMedia({ forcedColors: 'active' });
  assert.deepEqual(await axeViolations(page.page, 'colours'), [], 'forced colours');
  await page.page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
  await walkWithTab(page.page);
});

test('the badge leaves a mute out at once, and has it again when it is undone', async () => {
  const muted = await badge();
  await pressed(/^Muted/).click();
  await pressed(/^Unmute$/).click();
  await until('another badge', async () => ((await badge()) === muted ? null : true));
  await pressed(/^Undo$/).click();
  await until('the badge from before', async () => ((await badge()) === muted ? true : null));
  await pressed(/^Open(?!ID)/).click();
});

test('a finding is muted beside the message that proves it, with the keyboard, and that is undone', async () => {
  // A page behind another is drawn once a second, and presses wait for two pictures.
  await page.bringToFront();
  const muted = await badge();
  const { page: shown } = page;
  await shown.getByRole('tab', { name: 'Flows' }).click();
  await shown.locator('.flow-row', { hasText: 'Code,' }).first().click();
  const found = shown.locator('.list-row', { hasText: NO_PKCE });
  await found.click();
  await shown.locator('.mute-here summary').first().focus();
  await shown.keyboard.press('Enter');
  await shown.locator('.mute-here input[type=text]').first().fill('Known, being fixed');
  await shown.keyboard.press('Enter');
  await found.waitFor({ state: 'detached' });
  await until('another badge', async () => ((await badge()) === muted ? null : true));
  await pressed(/^Undo$/).click();
  await found.waitFor();
  await until('the badge from before', async () => ((await badge()) === muted ? true : null));
  await shown.getByRole('tab', { name: 'Findings' }).click();
});

test('mute and baseline survive a restart of the browser; no secret is kept; both can be taken back', async () => {
  await pressed(/^Set baseline$/).click();
  await page.page.getByText(/^Baseline of today at/).waitFor();
  await page.page.getByRole('tab', { name: 'Compare' }).click();
  await page.page.locator('.compare-line').first().waitFor();
  await page.page.getByRole('tab', { name: 'Findings' }).click();
  const kept = await page.page.evaluate(KEPT);
  assert.match(kept, /Old server, replaced in January/);
  assert.match(kept, /missing-pkce/);
  assert.deepEqual(canariesIn(kept), []);

  await browser.close();
  assert.deepEqual(await canariesBelow(profile), [], 'in the files of the profile');
  await open();
  assert.deepEqual(canariesIn(await page.page.evaluate(KEPT)), [], 'after the restart');
  assert.ok(!(await causes()).includes(IMPLICIT), 'the mute is still there');
  assert.match((await page.page.locator('.baseline').textContent()) ?? '', /0 new/);
  await page.page.locator('.only-new input').check();
  assert.equal(await page.page.locator('.verdict h2').textContent(), 'Nothing new since the baseline');
  await page.page.locator('.only-new input').uncheck();

  await pressed(/^Muted/).click();
  await pressed(/^Unmute$/).click();
  await pressed(/^Open(?!ID)/).click();
  await until('the finding', async () => ((await causes()).includes(IMPLICIT) ? true : null));
  await pressed(/^Forget$/).click();
  await page.page.getByText(/^No baseline yet/).waitFor();
});
