import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../servers/start-demo.ts';
import { startCrowdedSite } from './crowded-site.ts';
import { type Extension, type LaunchOptions, type Tab, type TestBrowser, until } from './harness/browser.ts';

/** `storage.session` as a page of the extension reaches it. */
declare const browser: {
  readonly storage: { readonly session: { get(keys: null): Promise<Record<string, unknown>> } };
};

const REQUESTS = 150;

/** Host access that changes while requests of an allowed site are under way. */
export function describeGrants(launch: (options: LaunchOptions) => Promise<TestBrowser>): void {
  describe('requests under way while another site is granted and taken away', () => {
    let site: Demo;
    let running: TestBrowser;
    let extension: Extension;
    let tab: Tab;
    let reader: Tab;

    before(async () => {
      site = await startCrowdedSite();
      running = await launch({ demo: site, extension: true });
      assert.ok(running.extension);
      extension = running.extension;
      reader = await extension.openPage('icon/16.png');
      tab = await running.newTab();
      await extension.grantHosts('*://*.app.example/*');
      await tab.goto(`${site.url}frame`);
    });
    after(async () => {
      await running?.close();
      await site?.stop();
    });

    /** Which events were recorded, by the number of the request. */
    async function recorded(): Promise<ReadonlyMap<number, readonly string[]>> {
      const stored = await reader.evaluate(() => browser.storage.session.get(null), undefined);
      const records = Object.values(stored) as readonly { readonly is: string; readonly url?: string }[];
      const byNumber = new Map<number, string[]>();
      for (const { is, url } of records) {
        const number = url?.match(/\/token\?n=(\d+)$/)?.[1];
        if (number !== undefined) byNumber.set(Number(number), [...(byNumber.get(Number(number)) ?? []), is]);
      }
      return byNumber;
    }

    const ask = (n: number) =>
      tab.evaluate((number) => fetch(`/token?n=${number}`, { method: 'POST', body: 'a=1' }).then(() => true), n);

    it('are recorded all the same, each event of each', async () => {
      await until('the listeners to hear', async () => {
        await ask(0);
        return (await recorded()).has(0) ? true : null;
      });
      const asking = tab.evaluate(async (requests) => {
        for (let n = 1; n <= requests; n++) await fetch(`/token?n=${n}`, { method: 'POST', body: 'a=1' });
        return true;
      }, REQUESTS);
      let over = false;
      void asking.then(() => {
        over = true;
      });
      let changes = 0;
      while (!over) {
        await extension.grantHosts('*://*.stats.example/*');
        await extension.revokeHosts('*://*.stats.example/*');
        changes += 1;
      }
      await asking;
      assert.ok(changes > 0);
      await ask(REQUESTS + 1);
      const told = await until('the last record', async () => {
        const all = await recorded();
        return all.get(REQUESTS + 1)?.includes('completed') ? all : null;
      });
      const incomplete = Array.from({ length: REQUESTS }, (_, index) => index + 1).filter(
        (n) => [...new Set(told.get(n))].sort().join() !== 'completed,headers,request',
      );
      assert.deepEqual(incomplete, []);
    });
  });
}
