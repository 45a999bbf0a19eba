import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TOKEN_ENDPOINTS } from '../../lib/adapters/token-endpoints.ts';
import { analyse } from '../../lib/analyse.ts';
import { observe } from '../../lib/log/observe.ts';
import { LOG_PREFIX, type LogEntry, readRecord } from '../../lib/log/records.ts';
import { entriesOfTab } from '../../lib/log/tabs.ts';
import type { Finding } from '../../lib/model/analysis.ts';
import type { Exchange } from '../../lib/model/observation.ts';
import { mayBeOAuth } from '../../lib/oauth/recognise.ts';
import { header } from '../servers/request-log.ts';
import { type Demo, startDemo } from '../servers/start-demo.ts';
import { type Extension, type LaunchOptions, type Tab, type TestBrowser, until } from './harness/browser.ts';
import { signIn } from './harness/drive.ts';

/** `storage.session` as a page of the extension reaches it. */
declare const browser: {
  readonly storage: { readonly session: { get(keys: null): Promise<Record<string, unknown>>; clear(): Promise<void> } };
};

/** What is the same in two runs of one sign-in: everything but values, times and ids. */
interface Told {
  readonly exchanges: readonly object[];
  readonly findings: readonly string[];
}

/** A request of a sign-in as its server got it. */
interface Request {
  readonly method: string;
  readonly url: URL;
}

const ALL_SITES = '*://*/*';

/**
 * Sign-ins at the demo during which the background is stopped or host access changes. The test acts when a server has
 * got a request and has not answered yet, that is between two hops. It waits until what the browser had told by then is
 * in the storage: what a worker had not been told yet when it was stopped is the browser's to deliver.
 */
export function describeSurvival(launch: (options: LaunchOptions) => Promise<TestBrowser>): void {
  describe('a sign-in', () => {
    let demo: Demo;
    let running: TestBrowser;
    let extension: Extension;
    let tab: Tab;
    /** A page of the extension: reads the log without waking the background. */
    let reader: Tab;
    let onRequest: (request: Request) => Promise<void> = () => Promise.resolve();

    before(async () => {
      demo = await startDemo({ beforeAnswer: (method, url) => onRequest({ method, url }) });
      running = await launch({ demo, extension: true });
      assert.ok(running.extension);
      extension = running.extension;
      reader = await extension.openPage('icon/16.png');
      tab = await running.newTab();
      await extension.grantHosts(ALL_SITES);
      await hears();
    });
    after(async () => {
      await running?.close();
      await demo?.stop();
    });

    async function entries(): Promise<readonly LogEntry[]> {
      const stored = await reader.evaluate(() => browser.storage.session.get(null), undefined);
      return Object.entries(stored)
        .filter(([key]) => key.startsWith(LOG_PREFIX))
        .map(([key, value]) => {
          const record = readRecord(value);
          assert.ok(record, `${key} can be read`);
          return { key, record };
        });
    }

    const clear = () => reader.evaluate(() => browser.storage.session.clear(), undefined);

    /** Registration takes a moment in the browser: tries until an address of OAuth is heard of. */
    async function hears(): Promise<void> {
      await until('the listeners to hear', async () => {
        await tab.goto(`${demo.url}?state=probe&code=probe`);
        return (await entries()).some(({ record }) => 'url' in record && record.url.includes('probe')) ? true : null;
      });
      await settled();
      await clear();
    }

    /** Waits until nothing more arrives in the log. */
    async function settled(): Promise<void> {
      let known = -1;
      let since = performance.now();
      await until('the log to settle', async () => {
        const { length } = await entries();
        if (length !== known) since = performance.now();
        known = length;
        return performance.now() - since > 120 ? true : null;
      });
    }

    /** Waits until the log holds as many records of this kind and address as there were requests. */
    async function recorded(url: URL, is: 'request' | 'headers' | 'completed', times: number): Promise<void> {
      await until(`${times} × ${is} of ${url.href}`, async () => {
        const known = (await entries()).filter(
          ({ record }) => record.is === is && 'url' in record && record.url.split('#')[0] === url.href,
        );
        return known.length >= times ? true : null;
      });
    }

    /**
     * Waits until the log holds what the browser tells of these requests. A silence of the log alone does not show that:
     * a background that starts anew is silent for as long as the machine is busy.
     */
    async function written(requests: readonly Request[], when: 'unanswered' | 'answered'): Promise<void> {
      for (const same of Map.groupBy(requests, ({ url }) => url.href).values()) {
        const [{ method, url } = assert.fail()] = same;
        // A posted response has its parameters in the body: nothing in the address tells.
        const posted = method === 'POST' && url.pathname.endsWith('/callback');
        if (isBackChannel(demo, url)) await recorded(url, when === 'answered' ? 'completed' : 'headers', same.length);
        else if (posted || mayBeOAuth(url.href)) await recorded(url, 'request', same.length);
      }
      await settled();
    }

    /** Signs in and returns what the log tells of it; `act` runs before each answer, with the requests so far. */
    async function run(
      id: string,
      act: (requests: readonly Request[]) => Promise<void>,
      { heard = true } = {},
    ): Promise<Told> {
      await clear();
      const requests: Request[] = [];
      onRequest = async (request) => {
        if (!isHop(request) || !sentByBrowser(demo, request)) return;
        requests.push(request);
        await act(requests);
      };
      const { outcome, facts } = await signIn(tab, demo, id);
      onRequest = () => Promise.resolve();
      assert.equal(outcome, 'done', JSON.stringify(facts));
      if (heard) await written(requests, 'answered');
      else await settled();
      const { observations, notes } = observe(await entries(), { origin: extension.origin, redirects: [] });
      assert.deepEqual(notes, []);
      const { findings } = await analyse(observations);
      return { exchanges: observations.map(shapeOf(observations)), findings: findings.map(nameOf) };
    }

    for (const id of ['no-state-no-pkce', 'implicit', 'form-post', 'silent-renew']) {
      it(`is judged the same when the background is stopped before every answer: ${id}`, async () => {
        // Logs in and gives consent; the later runs go through with the server's session.
        await run(id, () => Promise.resolve());
        const undisturbed = await run(id, () => Promise.resolve());
        assert.ok(undisturbed.exchanges.length > 1);
        let stops = 0;
        const stopped = await run(id, async (requests) => {
          await written(requests, 'unanswered');
          await extension.stopBackground();
          stops += 1;
        });
        assert.ok(stops > 2);
        assert.deepEqual(stopped, undisturbed);
      });
    }

    it('is judged the same when the background is stopped at any single hop', async () => {
      const id = 'no-state-no-pkce';
      await run(id, () => Promise.resolve());
      let hops = 0;
      const undisturbed = await run(id, () => {
        hops += 1;
        return Promise.resolve();
      });
      assert.ok(undisturbed.findings.some((finding) => finding.includes('missing-state')));
      for (let hop = 1; hop <= hops; hop++) {
        let stops = 0;
        const stopped = await run(id, async (requests) => {
          if (requests.length !== hop) return;
          await written(requests, 'unanswered');
          await extension.stopBackground();
          stops += 1;
        });
        assert.equal(stops, 1);
        assert.deepEqual(stopped, undisturbed, `stopped at hop ${hop} of ${hops}`);
      }
    });

    it('goes on when host access is taken away and given back: nothing is lost, nothing fails', async () => {
      await extension.background.evaluate(collectErrors, undefined);
      await clear();
      let changes = 0;
      // The server asks for consent, once for each client: between two hops, at a page of which nothing is recorded.
      await signIn(tab, demo, 'pkce-plain', {
        onStep: async (step) => {
          if (step !== 'consent') return;
          await settled();
          const known = await entries();
          assert.ok(known.length > 0);
          await extension.revokeHosts(ALL_SITES);
          await extension.grantHosts(ALL_SITES);
          assert.deepEqual(await entries(), known);
          changes += 1;
        },
      });
      await settled();
      assert.equal(changes, 1);
      assert.deepEqual(await extension.background.evaluate(readErrors, undefined), []);
      const { observations } = observe(await entries(), { origin: extension.origin, redirects: [] });
      const { findings } = await analyse(observations);
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule),
        ['pkce-plain'],
      );
    });

    it('keeps its badge when the tab shows another page, and the other tab has none', async () => {
      await run('implicit', () => Promise.resolve());
      const shown = await until('the badge', async () => {
        const badge = await extension.badge(tab);
        return badge.text === '' ? null : badge;
      });
      assert.match(shown.text, /^▲[1-9]$/);
      // A page of which nothing is recorded, so that only the navigation itself can bring the badge back.
      await tab.goto(demo.url);
      await until('the badge to be back', async () => ((await extension.badge(tab)).text === shown.text ? true : null));
      assert.deepEqual(await extension.badge(tab), shown);
      assert.equal((await extension.badge(reader)).text, '');
    });

    it('in a popup window belongs to the tab that opened it', async () => {
      await run('implicit', () => Promise.resolve());
      const [first] = observe(await entries(), { origin: extension.origin, redirects: [] }).observations;
      assert.ok(first);
      const tabOfPage = first.tab;
      assert.ok(first.request.url.startsWith(demo.origins.as));
      await clear();
      await tab.evaluate((url) => {
        const opened = open(url, '_blank', 'popup,width=500,height=500');
        addEventListener('pagehide', () => opened?.close());
      }, first.request.url);
      const opener = await until('the opener', async () => {
        const found = (await entries()).map(({ record }) => record).find(({ is }) => is === 'opener');
        return found ?? null;
      });
      await settled();
      const all = await entries();
      assert.ok(all.every(({ record }) => record.tab !== tabOfPage && record.tab === opener.tab));
      assert.deepEqual(entriesOfTab(all, tabOfPage ?? -1), all);
      await tab.goto(demo.url);
    });

    it('is heard again after host access was granted to a stopped background, and after it is stopped once more', async () => {
      const id = 'implicit';
      const undisturbed = await run(id, () => Promise.resolve());
      await extension.revokeHosts(ALL_SITES);
      const unheard = await run(id, () => Promise.resolve(), { heard: false });
      assert.deepEqual(unheard.exchanges, []);
      await extension.stopBackground();
      await extension.grantHosts(ALL_SITES);
      await hears();
      assert.deepEqual(await run(id, () => Promise.resolve()), undisturbed);
      await extension.stopBackground();
      assert.deepEqual(await run(id, () => Promise.resolve()), undisturbed);
    });
  });
}

/** A client's own server asks the token endpoint, too. */
function sentByBrowser(demo: Demo, { url }: Request): boolean {
  return fetchMode(demo, url) !== null;
}

/** A request of a page to an endpoint of which Watch hears every event. */
function isBackChannel(demo: Demo, url: URL): boolean {
  return fetchMode(demo, url) !== 'navigate' && ENDPOINTS.some((pattern) => pattern.test(url.href));
}

/** `null`: no browser sent it. */
function fetchMode(demo: Demo, url: URL): string | null {
  const logged = demo.log.exchanges.find((exchange) => exchange.url === url);
  return logged === undefined ? null : header(logged.requestHeaders, 'sec-fetch-mode');
}

/** The browser's match patterns as expressions: only `*` has a meaning in them. */
const ENDPOINTS = TOKEN_ENDPOINTS.map(
  (pattern) => new RegExp(`^${pattern.replace(/[.?/]/g, '\\$&').replaceAll('*', '.*')}$`),
);

/** Scripts, styles and icons belong to no hop, and a preflight is left out while its answer is in the browser's cache. */
function isHop({ method, url }: Request): boolean {
  return method !== 'OPTIONS' && !/\.(js|css|ico|svg|png)$/.test(url.pathname);
}

function shapeOf(all: readonly Exchange[]): (exchange: Exchange) => object {
  const index = new Map(all.map(({ id }, at) => [id, at]));
  return ({ capture, resource, initiator, redirectedFrom, truncated, request, outcome }) => {
    const url = new URL(request.url);
    return {
      capture,
      resource,
      initiator,
      redirectedFrom: redirectedFrom === null ? null : index.get(redirectedFrom),
      truncated,
      method: request.method,
      // Ids of interactions are segments of the server's paths.
      place: `${url.origin}${url.pathname.replace(/[\w-]{20,}/g, '*')}`,
      query: [...url.searchParams.keys()],
      fragment: [...new URLSearchParams(url.hash.slice(1)).keys()],
      headers: request.headers.seen
        ? request.headers.value.map(([name]) => name.toLowerCase()).sort()
        : request.headers.why,
      body: request.body.seen
        ? request.body.value?.is === 'form'
          ? request.body.value.fields.map(([name]) => name)
          : request.body.value
        : request.body.why,
      outcome: outcome.is === 'response' ? outcome.response.status : outcome,
    };
  };
}

function nameOf({ key, severity, confidence, parent, title }: Finding): string {
  return [key, severity, confidence, parent, title].join(' | ');
}

interface Errors {
  watchErrors?: string[];
}

function collectErrors(): void {
  const errors: string[] = [];
  Object.assign(browser.storage, { watchErrors: errors });
  addEventListener('error', ({ message }) => errors.push(message));
  addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
}

function readErrors(): readonly string[] {
  const { watchErrors } = browser.storage as Errors;
  if (watchErrors === undefined) throw new Error('the background was started anew: nothing was collected');
  return watchErrors;
}
