import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, ExtensionView, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';

/** Shows the latest flow of the list and reads its arrows as a screen reader would. */
function readArrows(): readonly string[] {
  document.querySelector<HTMLElement>('.flow-row')?.click();
  return [...document.querySelectorAll('.arrow-row')].map((row) => row.ariaLabel ?? '');
}

/** The tab and the panel beside the page show a sign-in while it happens. */
export function inspectorLiveTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo({ cases: [codePkcePublic] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  test('a sign-in appears step by step in the tab and beside the page', async () => {
    const inTab = await extension.openPage('inspector.html');
    const page = await browser.newTab();
    await page.goto(demo.caseUrl(codePkcePublic.id));
    const beside = await extension.openBeside(page);
    const views: readonly (readonly [string, ExtensionView])[] = [
      ['tab', inTab],
      ['beside', beside],
    ];
    const shows = (what: string, lines: readonly string[]) =>
      Promise.all(
        views.map(([name, view]) =>
          until(`${what} in ${name}`, async () => {
            const arrows = await view.evaluate(readArrows, undefined);
            return lines.every((line, index) => arrows[index]?.startsWith(line)) ? true : null;
          }),
        ),
      );
    let started = false;
    const { outcome } = await signIn(page, demo, codePkcePublic.id, {
      onStep: async (step) => {
        if (step === 'start' || started) return;
        started = true;
        await shows('the request', ['Message 1, Browser to Authorization server, GET /auth, front channel']);
      },
    });
    assert.equal(outcome, 'done');
    assert.ok(started);
    await shows('the rest', [
      'Message 1, Browser to Authorization server, GET /auth, front channel, Passed, carries state and nonce',
      `Message 2, Authorization server to Browser, 303 to app.example/cases/${codePkcePublic.id}/callback, front channel`,
      `Message 3, Browser to Client, GET /cases/${codePkcePublic.id}/callback, front channel, Passed, carries code`,
      'Message 4, Client to Authorization server, POST /token, back channel, Passed, carries code and verifier',
      'Message 5, Authorization server to Client, 200, body not shown, not seen, inferred, Could not be judged',
    ]);
  });
}
