import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StorageSdk, sdkOfKey } from '../../../lib/page/sdk-storage.ts';
import { RULES } from '../../../lib/rules/index.ts';
import type { LibraryClient } from '../../servers/case.ts';
import { disagreement, findingLines } from '../../servers/expectations.ts';
import { libraryCases } from '../../servers/library-cases.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';
import { pressCheck } from '../harness/page-check.ts';
import { readFindings, readPageFindings } from '../harness/read-findings.ts';
import { auditFindings, clearStorage, readStorage, recordedLines, type Stored } from '../harness/recorded-lines.ts';

/** Rules that judge what lies in the storage of a page. */
const aboutStorage = new Set(RULES.filter(({ needs }) => needs.includes('page storage')).map(({ id }) => id));

/** What the table of storage keys calls each library; `null` for one that leaves storage to the page. */
const IN_TABLE: Readonly<Record<LibraryClient['library'], string | null>> = {
  'oidc-client-ts': 'oidc-client-ts',
  'react-oidc-context': 'oidc-client-ts',
  'auth0-spa-js': 'auth0-spa-js',
  'msal-browser': 'msal',
  'keycloak-js': 'keycloak-js',
  oauth4webapi: null,
};

/** Every key that a library left is in the table of storage keys, under its name. @returns what they hold by the table. */
function heldByTable(storage: readonly Stored[], library: string): readonly StorageSdk['holds'][] {
  return storage.flatMap(({ area, items }) =>
    items.map(([key]) => {
      const known = sdkOfKey(area, key);
      assert.equal(known?.id, library, `${area} ${key}`);
      return known.holds;
    }),
  );
}

/**
 * Client libraries of the registry sign in and renew. Watch finds nothing wrong with their requests. "Check this page",
 * and the command line with what lies in storage afterwards, find exactly what each deserves, and nothing there while a
 * sign-in is pending.
 */
export function libraryTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo({ cases: libraryCases });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const { id, client, expected, checked } of libraryCases) {
    test(`${client.library} with its tokens in ${client.keeps} gives what it deserves (${id})`, async () => {
      demo.log.clear();
      const tab = await browser.newTab();
      const library = IN_TABLE[client.library];
      let pending: string | null = null;
      const { outcome, facts } = await signIn(tab, demo, id, {
        ...(client.opensWindow && { nextTab: () => browser.nextTab() }),
        onStep: async (step, shownIn) => {
          if (step === 'start' || pending !== null) return;
          // A page of the client's origin that runs no script shows what the library left for the callback.
          const [back, look] = client.opensWindow ? [null, tab] : [shownIn.url(), shownIn];
          if (back !== null) await look.goto(demo.url);
          const storage = await readStorage(look);
          assert.ok(storage.some(({ items }) => items.length > 0));
          if (library !== null) assert.ok(!heldByTable(storage, library).includes('tokens'));
          pending = recordedLines(demo.log.exchanges, storage);
          if (back !== null) await look.goto(back);
        },
      });
      assert.equal(outcome, 'done', JSON.stringify(facts));
      assert.deepEqual(facts['subject'], 'alice');
      const storage = await readStorage(tab);
      if (library !== null) {
        const tokens = heldByTable(storage, library).includes('tokens');
        assert.equal(tokens, client.keeps !== 'memory');
      }
      const whole = recordedLines(demo.log.exchanges, storage);

      const popup = await extension.clickToolbar(tab);
      const watched = await readFindings(popup);
      await pressCheck(popup);
      const signIns = await readFindings(popup);
      const ofPage = await readPageFindings(popup);
      await popup.close();
      await clearStorage(tab);
      await tab.close();

      assert.ok(pending);
      const early = await auditFindings(pending);
      assert.deepEqual(findingLines(early), []);
      assert.deepEqual(
        early.filter(({ rule }) => aboutStorage.has(rule)),
        [],
      );
      assert.notEqual(watched.length, 0);
      assert.deepEqual(findingLines(watched.flatMap(({ findings }) => findings)), []);
      const found = [...signIns.flatMap(({ findings }) => findings), ...ofPage];
      assert.equal(disagreement(checked, found), null);
      assert.equal(disagreement(expected, await auditFindings(whole)), null);
    });
  }
}
