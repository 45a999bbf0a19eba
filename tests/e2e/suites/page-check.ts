import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { html, json, type PageStand, type Served, script, startPageStand } from '../../servers/page-stand.ts';
import type { Extension, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { CHECK_BUTTON, checkPage, pressCheck, readCheck, storeInPage } from '../harness/page-check.ts';
import { ACCESS_TOKEN, CLIENT_SECRET, freshJwt, REFRESH_TOKEN } from '../page-values.ts';

const APP = 'https://app.example';
/** Its storage is filled: no other test is about its pages. */
const SHOP = 'https://shop.example';
const HOSTS = ['app.example', 'shop.example', 'login.example'];

const seconds = (): number => Math.floor(Date.now() / 1000);

/** An access token as RFC 9068 has it, good for an hour. */
const accessJwt = (): string =>
  freshJwt({ iss: 'https://login.example', sub: '1', aud: 'https://api.example', client_id: 'web1', scope: 'read' });

/** "Check this page", pressed as a person does: no host is granted, the press on the toolbar gives access to the one tab. */
export function pageCheckTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let stand: PageStand;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    stand = await startPageStand(HOSTS);
    browser = await launch({ demo: stand, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
  });
  after(async () => {
    await browser?.close();
    await stand?.stop();
  });

  test('tokens in every storage are found, and nothing in a page without any', async () => {
    stand.serve({ [`${SHOP}/storage`]: html('<h1>Orders</h1>'), [`${SHOP}/plain`]: html('<h1>Orders</h1>') });
    const tab = await browser.newTab();
    await tab.goto(`${SHOP}/plain`);
    const plain = await checkPage(extension, tab);
    assert.equal(plain.heading, 'The page itself: no problems found');
    assert.deepEqual(plain.findings, []);

    await tab.goto(`${SHOP}/storage`);
    const user = JSON.stringify({ access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_at: seconds() + 3600 });
    await tab.evaluate(storeInPage, {
      local: { 'oidc.user:https://login.example:web1': user, theme: 'dark' },
      session: { access_token: accessJwt() },
      cookies: [`access_token=${ACCESS_TOKEN}; path=/; secure`],
      records: { user: { refresh_token: REFRESH_TOKEN } },
    });
    const { heading, findings, detail } = await checkPage(extension, tab);
    assert.deepEqual(findings, [
      'token-in-indexeddb (medium)',
      'token-in-js-cookie (medium)',
      'token-in-localstorage (medium)',
      'token-in-sessionstorage (low)',
    ]);
    assert.equal(heading, 'The page itself: 4 problems');
    assert.match(detail, /Read 4 stored values, 1 cookie, 0 inline scripts, 0 files/);
    await tab.close();
  });

  const files: Readonly<Record<string, Served>> = {
    '/bundle.js': script(`const config={clientId:"web1",clientSecret:"${CLIENT_SECRET}"};export default config;`),
    '/mapped.js': script('console.log(1);\n//# sourceMappingURL=mapped.js.map'),
    '/mapped.js.map': json({
      version: 3,
      sources: ['src/login.ts'],
      sourcesContent: [`const a = 1;\nexport const OAUTH_CLIENT_SECRET = '${CLIENT_SECRET}';\n`],
      names: [],
      mappings: 'AACA',
    }),
    '/built.js': script(
      `const k={clientSecret:"${CLIENT_SECRET}"};export default k;\n//# sourceMappingURL=built.js.map`,
    ),
    // One place of the source for all of the line, and no text of the source.
    '/built.js.map': json({ version: 3, sources: ['src/config.ts'], names: [], mappings: 'AAIA' }),
    '/config.json': json({ oauth: { client_id: 'web1', client_secret: CLIENT_SECRET } }),
  };

  for (const [name, body, expected, place] of [
    [
      'in a bundle',
      '<script type="module" src="/bundle.js"></script>',
      ['secret-in-page-script (high)'],
      /File app\.example\/bundle\.js/,
    ],
    [
      'in a bundle with a source map',
      '<script type="module" src="/built.js"></script>',
      ['secret-in-page-script (high)'],
      /src\/config\.ts, line 5, column 1/,
    ],
    [
      'in an inline script',
      `<script>\nwindow.setup = () => ({ client_secret: '${CLIENT_SECRET}' });\n</script>`,
      ['secret-in-page-script (high)'],
      /line 2, column 41/,
    ],
    [
      'in a JSON configuration',
      "<script>fetch('/config.json').then((r) => r.json()).then(() => { document.title = 'ready'; });</script>",
      ['secret-in-page-script (high)'],
      /File app\.example\/config\.json/,
    ],
    [
      'in a source map',
      '<script src="/mapped.js"></script>',
      ['secret-in-source-map (high)'],
      /src\/login\.ts, line 2, column 37/,
    ],
  ] as const) {
    test(`a client secret ${name} is found, with its place`, async () => {
      const page = `${APP}/secret-${name.replaceAll(' ', '-')}`;
      stand.serve({
        ...Object.fromEntries(Object.entries(files).map(([path, file]) => [`${APP}${path}`, file])),
        [page]: html(body),
      });
      const tab = await browser.newTab();
      await tab.goto(page);
      await until('the page', () =>
        tab.evaluate((wait) => (!wait || document.title === 'ready' ? true : null), name.includes('JSON')),
      );
      const popup = await extension.clickToolbar(tab);
      const { heading } = await pressCheck(popup);
      assert.equal(heading, 'The page itself: 1 problem');
      await popup.press('.page-check .row');
      const text = await until('the finding', () =>
        popup.evaluate(() => document.querySelector('.page-check .fold-body')?.textContent ?? null, undefined),
      );
      assert.match(text, place);
      assert.doesNotMatch(text, new RegExp(CLIENT_SECRET), 'the secret is masked');
      await popup.close();
      const { findings } = await checkPage(extension, tab);
      assert.deepEqual(findings, expected);
      await tab.close();
    });
  }

  test('what hangs on the window, the state of the history and the HTML are read, in frames of the site, too', async () => {
    stand.serve({
      [`${APP}/frame`]: html(`<script>window.session = { access_token: '${ACCESS_TOKEN}' };</script>`),
      [`${APP}/outer`]: html(
        `<iframe src="/frame"></iframe><iframe src="https://login.example/closed"></iframe><main data-token="${accessJwt()}"></main>`,
      ),
      'https://login.example/closed': html('<script>window.access_token = "not-read-0123456789"</script>'),
    });
    const tab = await browser.newTab();
    await tab.goto(`${APP}/outer`);
    const { findings, detail } = await checkPage(extension, tab);
    assert.deepEqual(findings, ['token-in-global (low)', 'token-in-html (medium)']);
    assert.match(detail, /in 2 frames/);
    assert.match(detail, /Not read: the frame of login\.example/);
    await tab.close();
  });

  test('a check changes nothing in the page and asks its host for nothing that the browser still has', async () => {
    const cached = { 'cache-control': 'max-age=600' };
    stand.serve({
      [`${APP}/quiet`]: html('<script src="/quiet.js"></script>'),
      [`${APP}/quiet.js`]: script('window.quiet = 1;', cached),
    });
    const tab = await browser.newTab();
    await tab.goto(`${APP}/quiet`);
    await tab.evaluate(() => {
      const changes: string[] = [];
      new MutationObserver((records) => changes.push(...records.map(({ type }) => type))).observe(document, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
      Object.assign(window, { changes, before: Object.keys(window).length });
    }, undefined);
    const { detail } = await checkPage(extension, tab);
    assert.match(detail, /1 file/);
    assert.doesNotMatch(detail, /asked for again/);
    assert.deepEqual(
      await tab.evaluate(() => {
        const { changes, before } = window as unknown as { changes: string[]; before: number };
        return { changes, added: Object.keys(window).length - before - 2 };
      }, undefined),
      { changes: [], added: 0 },
    );
    assert.equal(stand.requests.filter((request) => request.endsWith('/quiet.js')).length, 1);
    await tab.close();
  });

  test('a check can be cancelled, and keeps nothing then', async () => {
    // The browser loads no such script; the check asks for it, and gets its answer only when "Cancel" was pressed.
    let answer = (_text: string): void => undefined;
    const held = new Promise<string>((resolve) => {
      answer = resolve;
    });
    stand.serve({
      [`${APP}/long`]: html('<script type="text/plain" src="/long.js"></script>'),
      [`${APP}/long.js`]: { ...script(''), body: held },
    });
    const tab = await browser.newTab();
    await tab.goto(`${APP}/long`);
    await tab.evaluate((token) => {
      localStorage.setItem('access_token', token);
    }, ACCESS_TOKEN);
    const popup = await extension.clickToolbar(tab);
    await until('the offer', () => readCheck(popup));
    await popup.press(CHECK_BUTTON);
    await until('the cancel button', () =>
      popup.evaluate(() => (document.querySelector('.page-check progress') === null ? null : true), undefined),
    );
    await popup.press(CHECK_BUTTON);
    answer('window.long = 1;');
    const end = await until('the end', async () => {
      const now = await readCheck(popup);
      return now === null || /^Check(ing| this)/.test(now.heading) ? null : now;
    });
    assert.equal(end.heading, 'The check was cancelled');
    await popup.close();
    await tab.evaluate(() => localStorage.clear(), undefined);
    await tab.close();
  });
}
