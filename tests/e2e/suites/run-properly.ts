import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noStateNoPkce } from '../../servers/cases/no-state-no-pkce.ts';
import { formOf } from '../../servers/request-log.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, ExtensionView, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';

/** Runs in the page. What stands on it, one element a line. */
function linesOf(selector: string): readonly string[] {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent ?? '');
}

/** Runs in the inspector. Shows the client's flow and presses its authorization request, once: a second press closes it. */
function openRequest(): true | null {
  const arrow = [...document.querySelectorAll<HTMLElement>('.arrow-row')].find(({ title }) =>
    title.startsWith('GET /auth'),
  );
  if (arrow === undefined) document.querySelector<HTMLElement>('.flow-row:not([aria-current=true])')?.click();
  else arrow.click();
  return arrow === undefined ? null : true;
}

/** From a broken client that was captured to a clean run of the same request. */
export function runProperlyTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo({ cases: [noStateNoPkce] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const shows = (view: ExtensionView, selector: string, wanted: RegExp): Promise<string> =>
    until(`${wanted} in ${selector}`, async () => {
      const text = (await view.evaluate(linesOf, selector)).join('\n');
      return wanted.test(text) ? text : null;
    });

  test('three presses lead from the broken client to a clean run', async () => {
    const tab = await browser.newTab();
    const { outcome } = await signIn(tab, demo, noStateNoPkce.id);
    assert.equal(outcome, 'done');
    demo.log.clear();

    // One: the toolbar button. Two: "Run it properly". Three: "Run at as.example". The session of before signs in.
    const popup = await extension.clickToolbar(tab);
    await shows(popup, '.fold .run-properly', /Run it properly/);
    await popup.press('.fold .run-properly');
    const compared = await shows(popup, '.run-compare tbody', /code_challenge/);
    assert.match(compared, /statenot sentfresh for each run/);
    assert.match(compared, /code_challenge_methodnot sentS256/);
    assert.match(compared, /redirect_urihttps:\/\/app\.example.*https:\/\/\w+\.(chromiumapp|extensions)\./);
    assert.deepEqual(await popup.evaluate(linesOf, '.run-same code'), ['response_type', 'client_id', 'scope']);
    assert.equal(demo.log.exchanges.length, 0, 'nothing was sent yet');
    await popup.press('.foot .run-start');

    // The window takes the focus, and the popup may close with it.
    const page = await extension.openPage('popup.html?tab=987654');
    await shows(page, 'h1', /Authorization code with PKCE: done/);
    await shows(page, '.run-judged', /no problems/);
    for (const shape of ['high', 'medium', 'low']) {
      assert.deepEqual(await page.evaluate(linesOf, `.findings .shape.${shape}`), [], shape);
    }
    await shows(page, '.run-compare tbody', /state.*not sent/);
    await page.close();

    const sent = demo.log.exchanges.find(({ url }) => url.pathname === '/auth')?.url.searchParams;
    assert.equal(sent?.get('code_challenge_method'), 'S256');
    assert.equal(sent?.get('state')?.length, 43);
    assert.equal(sent?.get('scope'), 'read');
    const token = demo.log.exchanges.find(({ url }) => url.pathname === '/token');
    assert.equal(token && formOf(token).get('code_verifier')?.length, 43);
    assert.equal(token?.status, 200);
  });

  test('a message in the inspector fills in the same run', async () => {
    const page = await extension.openPage('inspector.html');
    await page.evaluate(() => document.querySelector<HTMLElement>('#section-flows')?.click(), undefined);
    await until('the request', () => page.evaluate(openRequest, undefined));
    await shows(page, '.detail .run-properly', /Run it properly/);
    await page.click('.detail .run-properly');
    await shows(page, '#section-run[aria-selected=true]', /Run/);
    await shows(page, '.run-compare tbody', /statenot sentfresh for each run/);
    await shows(page, '.foot', /Run at as\.example/);
    // The run of before is still there.
    await page.click('.run-title .link');
    await shows(page, 'h1', /: done/);
    await page.close();
  });
}
