import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DemoCase } from '../../servers/case.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Devtools, ExtensionView, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';

/** A sound client of a server that answers with tokens as it should not. */
const careless: DemoCase = {
  ...codePkcePublic,
  id: 'careless-tokens',
  server: { mistakes: ['cacheable-tokens', 'endless-tokens'] },
};

/** Runs in the panel: shows the latest flow and reads its arrows as a screen reader would. */
export function readArrows(): readonly string[] {
  document.querySelector<HTMLElement>('#section-flows')?.click();
  document.querySelector<HTMLElement>('.flow-row')?.click();
  return [...document.querySelectorAll('.arrow-row > .spoken')].map((name) => name.textContent ?? '');
}

/** Runs in the panel: the titles that the section "Findings" lists, and how often each was found. */
export function readCauses(): readonly string[] {
  document.querySelector<HTMLElement>('#section-findings')?.click();
  return [...document.querySelectorAll('.cause')].map(
    (row) => `${row.querySelector('.cause-title')?.textContent}: ${/\d+ times?/.exec(row.textContent ?? '')?.[0]}`,
  );
}

/** The panel in the browser's own DevTools, while Watch records the same tab. */
export function devtoolsTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let page: Tab;
  let devtools: Devtools;
  let panel: ExtensionView;

  const flowsInPanel = (lines: readonly RegExp[]) =>
    until('the flow', async () => {
      const arrows = await panel.evaluate(readArrows, undefined);
      return lines.length === arrows.length && lines.every((line, index) => line.test(arrows[index] ?? ''))
        ? true
        : null;
    });

  before(async () => {
    demo = await startDemo({ cases: [careless] });
    browser = await launch({ demo, extension: true });
    const { extension } = browser;
    assert.ok(extension);
    await extension.grantHosts('*://*/*');
    page = await browser.newTab();
    await page.goto(demo.caseUrl(careless.id));
    devtools = await extension.openDevtools(page);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  test('a sign-in before the panel is shown: each request once, the token response with its body', async () => {
    const { outcome } = await signIn(page, demo, careless.id);
    assert.equal(outcome, 'done');
    panel = await devtools.showPanel();
    await flowsInPanel([
      /^Message 1, Browser to Authorization server, GET \/auth/,
      /^Message 2, Authorization server to Browser, 303/,
      /^Message 3, Browser to Client, GET/,
      /^Message 4, Client to Authorization server, POST \/token/,
      /^Message 5, Authorization server to Client, 200 access_token, id_token, back channel, Low/,
      /^Message 6, Client to Resource server, GET \/profile, Bearer/,
      /^Message 7, Resource server to Client, 200/,
    ]);
  });

  test('rules about the token response fire once', async () => {
    const causes = await until('the findings', async () => {
      const found = await panel.evaluate(readCauses, undefined);
      return found.length > 0 ? found : null;
    });
    assert.deepEqual(causes.filter((cause) => cause.startsWith('Token response')).toSorted(), [
      'Token response that caches may keep: 1 time',
      'Token response without expires_in: 1 time',
    ]);
  });

  test('a sign-in while the panel is in front is added; what is cleared comes back when that is undone', async () => {
    const times = (wanted: string) =>
      until(wanted, async () => {
        const causes = await panel.evaluate(readCauses, undefined);
        const ofResponses = causes.filter((cause) => cause.startsWith('Token response'));
        return ofResponses.length === 2 && ofResponses.every((cause) => cause.endsWith(`: ${wanted}`)) ? true : null;
      });
    const press = (name: string) =>
      until(name, () =>
        panel.evaluate((label) => {
          const all = [...document.querySelectorAll<HTMLElement>('button, [role=menuitem]')];
          const found = all.find(({ textContent }) => textContent?.trim() === label);
          found?.click();
          return found === undefined ? null : true;
        }, name),
      );
    const { outcome } = await signIn(page, demo, careless.id);
    assert.equal(outcome, 'done');
    await times('2 times');
    await press('Clear');
    await until('an empty list', async () =>
      (await panel.evaluate(readCauses, undefined)).length === 0 ? true : null,
    );
    await press('Undo');
    await times('2 times');
  });
}
