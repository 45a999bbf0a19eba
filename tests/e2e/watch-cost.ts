import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../servers/start-demo.ts';
import { FRAMES, SUBREQUESTS, startCrowdedSite } from './crowded-site.ts';
import { type Extension, type LaunchOptions, type Tab, type TestBrowser, until } from './harness/browser.ts';

/** One event as a listener of the extension got it. */
interface Delivered {
  readonly event: string;
  readonly type: string;
  readonly url: string;
}

type Listener = (details: { readonly type: string; readonly url: string }) => void;

interface WebRequestEvent {
  addListener(listener: Listener, ...rest: readonly unknown[]): void;
  removeListener(listener: Listener): void;
}

/** `webRequest` is the same object for the extension's code and for what a test runs beside it. */
declare const browser: {
  readonly webRequest: Readonly<Record<string, WebRequestEvent>> & { delivered?: Delivered[] };
};

/**
 * Counts what the browser delivers to the extension's own listeners. It is put in place in the running background
 * before host access is granted; the grant makes the extension remove and add all its listeners, and from then on each
 * of them is called through the counter. The extension itself is the built one, unchanged, and a listener of the test
 * beside its listeners, which would count other events, is not needed.
 */
function countDeliveries(): void {
  const { webRequest } = browser;
  const delivered: Delivered[] = [];
  webRequest.delivered = delivered;
  const names = ['onBeforeRequest', 'onSendHeaders', 'onBeforeRedirect', 'onCompleted', 'onErrorOccurred'];
  for (const name of names) {
    const event = webRequest[name];
    if (event === undefined) throw new Error(`no event ${name}`);
    const add = event.addListener.bind(event);
    const remove = event.removeListener.bind(event);
    const counted = new Map<Listener, Listener>();
    event.addListener = (listener, ...rest) => {
      const counting: Listener = (details) => {
        delivered.push({ event: name, type: details.type, url: details.url });
        listener(details);
      };
      counted.set(listener, counting);
      add(counting, ...rest);
    };
    event.removeListener = (listener) => remove(counted.get(listener) ?? listener);
  }
}

function readDelivered(): readonly Delivered[] {
  const { delivered } = browser.webRequest;
  if (delivered === undefined) throw new Error('the background was started anew: nothing was counted');
  return delivered;
}

async function loadCrowdedPage(tab: Tab, site: Demo): Promise<void> {
  site.log.clear();
  await tab.goto(site.url);
  await until('the page to load', async () =>
    (await tab.evaluate(() => document.title, undefined)) === 'all loaded' ? true : null,
  );
  // A beacon reports to nobody that it has arrived.
  await until('all requests to arrive', () => {
    const numbered = site.log.exchanges.filter(({ url }) => url.searchParams.has('n'));
    return Promise.resolve(numbered.length === SUBREQUESTS ? true : null);
  });
}

/** What Watch costs a page that has nothing to do with OAuth. */
export function describeCost(launch: (options: LaunchOptions) => Promise<TestBrowser>): void {
  describe(`cost of a page of ${SUBREQUESTS} requests and ${FRAMES} frames`, () => {
    let site: Demo;
    let running: TestBrowser;
    let extension: Extension;
    let tab: Tab;

    before(async () => {
      site = await startCrowdedSite();
      running = await launch({ demo: site, extension: true });
      assert.ok(running.extension);
      extension = running.extension;
      tab = await running.newTab();
    });
    after(async () => {
      await running?.close();
      await site?.stop();
    });

    it('wakes nothing while nothing is granted', async () => {
      await extension.stopBackground();
      await loadCrowdedPage(tab, site);
      // A background that was woken stays for half a minute at least.
      assert.equal(await extension.backgroundRuns(), false);
    });

    it('is one event for each frame and none for the requests while all sites are granted', async () => {
      await extension.background.evaluate(countDeliveries, undefined);
      await extension.grantHosts('*://*/*');
      // Registration takes a moment in the browser; an address of a token endpoint shows that it is done.
      await tab.goto(site.url);
      await until('the listeners to hear', async () => {
        await tab.evaluate(() => fetch('/token', { method: 'POST', body: 'a=1' }).then(() => true), undefined);
        return (await extension.background.evaluate(readDelivered, undefined)).length > 0 ? true : null;
      });
      const before = (await extension.background.evaluate(readDelivered, undefined)).length;

      await loadCrowdedPage(tab, site);
      // The end of the series: whatever was delivered for the page came before.
      await tab.evaluate(() => fetch('/last/token', { method: 'POST', body: 'a=1' }).then(() => true), undefined);
      const delivered = await until('the last request', async () => {
        const all = await extension.background.evaluate(readDelivered, undefined);
        return all.some(({ event, url }) => event === 'onCompleted' && url.endsWith('/last/token')) ? all : null;
      });
      const ofPage = delivered.slice(before).filter(({ url }) => !url.endsWith('/token'));
      assert.deepEqual(
        ofPage.filter(({ type }) => type !== 'main_frame' && type !== 'sub_frame'),
        [],
      );
      assert.deepEqual(
        ofPage.map(({ event, url }) => `${event} ${new URL(url).pathname}`).sort(),
        ['onBeforeRequest /', ...Array.from({ length: FRAMES }, () => 'onBeforeRequest /frame')].sort(),
      );
    });

    it('wakes a stopped background for frames and for token endpoints, not for the requests', async () => {
      await loadCrowdedPage(tab, site);
      await extension.stopBackground();
      await tab.evaluate(async () => {
        for (const address of ['/api/tokens?token=1', '/oauth-logo.png', '/x?code=de&state=CA']) {
          await fetch(address, { method: 'POST', body: new URLSearchParams({ code: 'de' }) });
        }
      }, undefined);
      assert.equal(await extension.backgroundRuns(), false);
      await tab.evaluate(() => fetch('/oauth/token', { method: 'POST', body: 'a=1' }).then(() => true), undefined);
      await until('the background to wake', async () => ((await extension.backgroundRuns()) ? true : null));
    });
  });
}
