import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page, type Worker } from 'playwright-core';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
import type { DemoAddress } from '../../servers/start-demo.ts';
import {
  type Badge,
  callSource,
  type Extension,
  extensionFolder,
  type LaunchOptions,
  OPEN_BESIDE,
  type Popup,
  type Tab,
  type TestBrowser,
  until,
} from './browser.ts';

/** Leads the demo's names to its port and trusts its certificate, and no other. */
export function demoArguments(demo: DemoAddress): readonly string[] {
  const rules = [
    ...demo.hosts.map((host) => `MAP ${host} 127.0.0.1:${demo.port}`),
    ...(demo.plainHosts ?? []).map((host) => `MAP ${host}:80 127.0.0.1:${demo.proxyPort}`),
  ];
  return [
    `--host-resolver-rules=${rules.join(',')}`,
    `--ignore-certificate-errors-spki-list=${demo.spkiHash}`,
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

export interface ChromiumLaunch {
  readonly executablePath: string;
  readonly headless: boolean;
  readonly args: readonly string[];
  /** Folder of an unpacked extension. */
  readonly extension: string | null;
  /** Where to record all traffic as HAR, written when the browser closes. */
  readonly har?: string;
  /** Folder of a profile that is kept; without it a fresh one. */
  readonly kept?: string;
}

export interface RunningChromium {
  readonly context: BrowserContext;
  /** The browser's own session of the DevTools protocol. */
  readonly session: BrowserSession;
  /** Id of the loaded extension. */
  readonly extensionId: string | null;
  readonly profile: string;
  close(): Promise<void>;
}

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
  readonly embedderData?: { readonly tabActive?: boolean };
}

/** The domains that Playwright's types do not know. */
interface BrowserSession {
  loadUnpacked(path: string): Promise<string>;
  triggerAction(id: string, targetId: string): Promise<void>;
  targets(): Promise<readonly TargetInfo[]>;
  closeTarget(targetId: string): Promise<void>;
  /** The target of DevTools' own window. */
  openDevtools(targetId: string): Promise<string>;
}

function browserSession(session: CDPSession): BrowserSession {
  const send = session.send.bind(session) as (method: string, params: object) => Promise<unknown>;
  return {
    loadUnpacked: async (path) => ((await send('Extensions.loadUnpacked', { path })) as { id: string }).id,
    triggerAction: async (id, targetId) => {
      await send('Extensions.triggerAction', { id, targetId });
    },
    targets: async () =>
      ((await send('Target.getTargets', { filter: [{}] })) as { targetInfos: readonly TargetInfo[] }).targetInfos,
    openDevtools: async (targetId) =>
      ((await send('Target.openDevTools', { targetId })) as { targetId: string }).targetId,
    closeTarget: async (targetId) => {
      await send('Target.closeTarget', { targetId });
    },
  };
}

/** Granted once and given back: asked for again, the browser gives it without its question, which no test can press. */
const GRANTED_BEFORE = {
  runtime_granted_permissions: {
    api: ['clipboardRead'],
    explicit_host: [],
    manifest_permissions: [],
    scriptable_host: [],
  },
};

/** The id that an extension without a key gets from its folder: 32 hexadecimal digits, written as a to p. */
function unpackedId(folder: string): string {
  const digits = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  return [...digits].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('');
}

/**
 * Starts Chromium, Chrome or Edge. The extension is loaded through the DevTools protocol, because
 * branded builds ignore `--load-extension`.
 */
export async function startChromium({ executablePath, headless, args, extension, har, kept }: ChromiumLaunch) {
  const profile = kept ?? (await mkdtemp(join(tmpdir(), 'oauth-inspector-')));
  await mkdir(join(profile, 'Default'), { recursive: true });
  // Third-party cookies are allowed: prompt=none in a frame of another site depends on them.
  const preferences = JSON.stringify({
    profile: { cookie_controls_mode: 0 },
    // In front of a window sits a person, who can answer.
    ...(extension === null || !headless
      ? {}
      : { extensions: { settings: { [unpackedId(extension)]: GRANTED_BEFORE } } }),
  });
  await writeFile(join(profile, 'Default', 'Preferences'), preferences, { flag: 'wx' }).catch((error: unknown) => {
    // A kept profile has them already.
    if (kept === undefined) throw error;
  });
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless,
    // With a window, whoever opened it ends it in an orderly way.
    handleSIGINT: headless,
    viewport: null,
    ...(har === undefined ? {} : { recordHar: { path: har, content: 'embed' as const, mode: 'full' as const } }),
    ignoreDefaultArgs: ['--disable-extensions', '--enable-automation'],
    args: ['--enable-unsafe-extension-debugging', '--remote-debugging-port=0', ...args],
  });
  const close = async () => {
    await context.close();
    if (kept === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const browser = context.browser();
  if (!browser) throw new Error('the browser is gone');
  const session = browserSession(await browser.newBrowserCDPSession());
  const extensionId = extension === null ? null : await session.loadUnpacked(resolve(extension));
  const running: RunningChromium = { context, session, extensionId, profile, close };
  return running;
}

export class ChromiumTab implements Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async goto(url: string) {
    await this.page.goto(url);
  }

  url() {
    return this.page.url();
  }

  evaluate<A, R>(fn: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
    return this.page.evaluate<R>(callSource(fn, argument));
  }

  async click(selector: string) {
    await this.page.click(selector, { noWaitAfter: true });
  }

  async fill(selector: string, value: string) {
    await this.page.fill(selector, value);
  }

  async press(key: string) {
    await this.page.keyboard.press(key);
  }

  async setSize(width: number, height: number) {
    await this.page.setViewportSize({ width, height });
  }

  async screenshot(path: string) {
    await this.page.screenshot({ path });
  }

  async bringToFront() {
    await this.page.bringToFront();
  }

  async close() {
    await this.page.close();
  }
}

interface Target {
  /** Value of an expression, awaited, as a person's action. */
  evaluate(expression: string): Promise<unknown>;
  /** PNG of what the target shows. */
  picture(): Promise<Buffer>;
}

/** One target through its own socket: Playwright does not list the popup that the toolbar opens. */
async function connectTarget(socketUrl: string): Promise<Target> {
  const socket = new WebSocket(socketUrl);
  await new Promise((opened, failed) => {
    socket.addEventListener('open', opened, { once: true });
    socket.addEventListener('error', () => failed(new Error(`no connection to ${socketUrl}`)), { once: true });
  });
  interface Reply {
    readonly id: number;
    readonly result?: unknown;
    readonly error?: { readonly message: string };
  }
  // One reply may be awaited for each of many calls.
  setMaxListeners(0, socket);
  let last = 0;
  const send = (method: string, params: object): Promise<unknown> =>
    new Promise((done, failed) => {
      last += 1;
      const id = last;
      const onMessage = (event: MessageEvent) => {
        const reply = JSON.parse(String(event.data)) as Reply;
        if (reply.id !== id) return;
        socket.removeEventListener('message', onMessage);
        if (reply.error) failed(new Error(reply.error.message));
        else done(reply.result);
      };
      socket.addEventListener('message', onMessage);
      // What is sent to a target that is gone already would never be answered.
      if (socket.readyState !== WebSocket.OPEN) failed(new Error('the target is gone'));
      socket.addEventListener('close', () => failed(new Error('the target is gone')), { once: true });
      socket.send(JSON.stringify({ id, method, params }));
    });

  return {
    async evaluate(expression) {
      const { result, exceptionDetails } = (await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
        userGesture: true,
      })) as {
        readonly result?: { readonly value?: unknown };
        readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
      };
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result?.value;
    },
    async picture() {
      const { data } = (await send('Page.captureScreenshot', { format: 'png' })) as { readonly data: string };
      return Buffer.from(data, 'base64');
    },
  };
}

/** What `chrome` is to the functions that run inside the browser. */
interface ChromeApi {
  readonly action: {
    getBadgeText(details: object): Promise<string>;
    getBadgeBackgroundColor(details: object): Promise<readonly number[]>;
  };
  readonly developerPrivate: {
    addHostPermission(id: string, pattern: string): Promise<void>;
    removeHostPermission(id: string, pattern: string): Promise<void>;
  };
  readonly permissions: { request: (permissions: object) => Promise<boolean> };
  readonly tabs: { query(query: object): Promise<readonly { readonly id: number }[]> };
  readonly contextMenus: { readonly onClicked: DispatchedEvent; update(id: string, item: object): Promise<void> };
  readonly commands: {
    readonly onCommand: DispatchedEvent;
    getAll(): Promise<readonly { readonly name: string; readonly shortcut: string }[]>;
  };
}

interface DispatchedEvent {
  dispatch(...details: readonly unknown[]): void;
}

declare const chrome: ChromeApi;

async function chromiumExtension({ context, session, extensionId, profile }: RunningChromium): Promise<Extension> {
  const id = extensionId ?? '';
  const origin = `chrome-extension://${id}`;
  // A document of the extension that runs none of its code, in the tab that the browser starts with.
  const plainPage = context.pages()[0] ?? (await context.newPage());
  await plainPage.goto(`${origin}/manifest.json`);

  const workerTarget = async () =>
    (await session.targets()).find(({ type, url }) => type === 'service_worker' && url.startsWith(origin)) ?? null;

  async function worker(): Promise<Worker> {
    if ((await workerTarget()) === null) {
      const page = await context.newCDPSession(plainPage);
      await page.send('ServiceWorker.enable');
      await page.send('ServiceWorker.startWorker', { scopeURL: `${origin}/` });
      await page.detach();
    }
    return until('the service worker', () =>
      Promise.resolve(context.serviceWorkers().find((one) => one.url().startsWith(origin)) ?? null),
    );
  }

  interface Listed {
    readonly id: string;
    readonly type: string;
    readonly url: string;
    readonly webSocketDebuggerUrl: string;
  }
  async function listed(): Promise<readonly Listed[]> {
    const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
    return (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly Listed[];
  }
  async function extensionPages(): Promise<readonly Listed[]> {
    return (await listed()).filter(({ type, url }) => type === 'page' && url.startsWith(origin));
  }

  async function withExtensionsPage(
    change: (argument: { id: string; pattern: string }) => Promise<void>,
    pattern: string,
  ): Promise<void> {
    const page = await context.newPage();
    // The API is there for every address of chrome://extensions, and this one starts no user interface.
    await page.goto('chrome://extensions/strings.m.js');
    await page.evaluate(change, { id, pattern });
    await page.close();
  }

  async function clickToolbar(tab: Tab): Promise<Popup> {
    await tab.bringToFront();
    const before = new Set((await extensionPages()).map((page) => page.id));
    const target = await until('the tab in front', async () => {
      const tabs = (await session.targets()).filter(({ type }) => type === 'tab');
      return tabs.find(({ url, embedderData }) => url === tab.url() && embedderData?.tabActive) ?? null;
    });
    await session.triggerAction(id, target.targetId);
    const opened = await until(
      'the popup',
      async () => (await extensionPages()).find((page) => !before.has(page.id)) ?? null,
    );
    const { evaluate, picture } = await connectTarget(opened.webSocketDebuggerUrl);
    await until('the popup to load', async () =>
      (await evaluate('document.readyState')) === 'complete' ? true : null,
    );
    return {
      evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
        (await evaluate(callSource(fn, argument))) as R,
      press: async (selector) => {
        await evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
      },
      screenshot: async (path) => writeFile(path, await picture()),
      close: async () => {
        // The reply may be lost with the popup that would send it.
        await evaluate('setTimeout(() => window.close())').catch(() => null);
        await until('the popup to close', async () =>
          (await extensionPages()).some((page) => page.id === opened.id) ? null : true,
        );
      },
    };
  }

  // Stopped before it is installed, a worker is gone for good.
  await until('the service worker to be active', async () =>
    (await (await worker()).evaluate('self.serviceWorker.state')) === 'activated' ? true : null,
  );
  return {
    origin,
    background: {
      evaluate: async (fn, argument) => (await worker()).evaluate(callSource(fn, argument)),
    },
    backgroundRuns: async () => (await workerTarget()) !== null,
    async stopBackground() {
      // A worker that has only just started is started again for what it had not done yet, and must get the time for it.
      let last = Number.NEGATIVE_INFINITY;
      await until('the service worker to stop', async () => {
        const target = await workerTarget();
        if (target === null) return true;
        if (performance.now() - last > 1000) {
          await session.closeTarget(target.targetId);
          last = performance.now();
        }
        return null;
      });
    },
    async openPage(path) {
      const tab = new ChromiumTab(await context.newPage());
      await tab.goto(`${origin}/${path}`);
      return tab;
    },
    clickToolbar,
    async openBeside(tab) {
      const popup = await clickToolbar(tab);
      const before = new Set((await extensionPages()).map((page) => page.id));
      const [menu, item] = OPEN_BESIDE;
      await popup.press(menu);
      // The popup closes, and the reply with it.
      await popup.press(item).catch(() => null);
      const opened = await until(
        'the side panel',
        async () => (await extensionPages()).find((page) => !before.has(page.id)) ?? null,
      );
      const { evaluate, picture } = await connectTarget(opened.webSocketDebuggerUrl);
      return {
        evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
          (await evaluate(callSource(fn, argument))) as R,
        screenshot: async (path) => writeFile(path, await picture()),
      };
    },
    async openDevtools(tab) {
      const target = await until(
        'the tab',
        async () => (await session.targets()).find(({ type, url }) => type === 'page' && url === tab.url()) ?? null,
      );
      const frontendId = await session.openDevtools(target.targetId);
      const socketOf = (what: string, fits: (one: Listed) => boolean) =>
        until(what, async () => (await listed()).find(fits)?.webSocketDebuggerUrl ?? null);
      const frontend = await connectTarget(await socketOf('DevTools', (one) => one.id === frontendId));
      const ui = `import('./ui/legacy/legacy.js')`;
      const view = await until('the panel of the extension', async () => {
        const id = await frontend.evaluate(`${ui}.then(({ InspectorView }) =>
          InspectorView.InspectorView.instance().tabbedPane.tabIds().find((id) => id.startsWith(${JSON.stringify(origin)})))`);
        return typeof id === 'string' ? id : null;
      });
      return {
        async showPanel() {
          await frontend.evaluate(`${ui}.then(({ ViewManager }) =>
            ViewManager.ViewManager.instance().showView(${JSON.stringify(view)}).then(() => true))`);
          const panel = await connectTarget(await socketOf('the panel', ({ url }) => url === `${origin}/panel.html`));
          return {
            evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
              (await panel.evaluate(callSource(fn, argument))) as R,
            screenshot: async (path) => writeFile(path, await frontend.picture()),
          };
        },
      };
    },
    async badge(tab): Promise<Badge> {
      await tab.bringToFront();
      return plainPage.evaluate(async () => {
        const [active] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const details = { tabId: active?.id };
        const [text, color] = await Promise.all([
          chrome.action.getBadgeText(details),
          chrome.action.getBadgeBackgroundColor(details),
        ]);
        return { text, color };
      });
    },
    async grantHosts(pattern) {
      // What chrome://extensions grants, the extension's own request then finds granted: no prompt, and `onAdded` fires.
      await withExtensionsPage((one) => chrome.developerPrivate.addHostPermission(one.id, one.pattern), pattern);
      const granted = await plainPage.evaluate((origins) => chrome.permissions.request({ origins }), [pattern]);
      if (!granted) throw new Error(`${pattern} was not granted`);
    },
    revokeHosts: (pattern) =>
      withExtensionsPage((one) => chrome.developerPrivate.removeHostPermission(one.id, one.pattern), pattern),
    async inspectSelection(tab, by) {
      await tab.bringToFront();
      const selected = await tab.evaluate(() => String(document.getSelection()), undefined);
      const registered = await (await worker()).evaluate(
        callSource(
          async (one) => {
            const name = 'inspect-selection';
            const [active] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
            if (one.by === 'menu') {
              // Refused for an item that there is not.
              await chrome.contextMenus.update(name, {});
              chrome.contextMenus.onClicked.dispatch({ menuItemId: name, selectionText: one.selected }, active);
              return true;
            }
            chrome.commands.onCommand.dispatch(name, active);
            return (await chrome.commands.getAll()).some((command) => command.name === name && command.shortcut !== '');
          },
          { by, selected },
        ),
      );
      if (registered !== true) throw new Error('the shortcut is not registered');
    },
    async pressAndAnswer(tab, selector, answer) {
      if (answer === 'no') {
        await tab.evaluate(() => {
          const { request } = chrome.permissions;
          chrome.permissions.request = () => {
            chrome.permissions.request = request;
            return Promise.resolve(false);
          };
        }, undefined);
      }
      await tab.click(selector);
    },
  };
}

/** Chromium without a window, off the network but for the demo. */
export async function launchChromium({
  demo,
  extension,
  before,
  ...profile
}: LaunchOptions & Pick<ChromiumLaunch, 'kept' | 'har'>): Promise<TestBrowser> {
  const { chromium: executablePath } = await ensureBrowsers(['chromium']);
  const [rules, ...others] = demoArguments(demo);
  const { folder, remove } = await extensionFolder('.output/chrome-mv3', before);
  const running = await startChromium({
    executablePath,
    headless: true,
    args: [`${rules},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`, ...others],
    extension: extension ? folder : null,
    ...profile,
  });
  return {
    name: 'chromium',
    extension: extension ? await chromiumExtension(running) : null,
    newTab: async () => new ChromiumTab(await running.context.newPage()),
    nextTab: async () => new ChromiumTab(await running.context.waitForEvent('page')),
    setClipboard: (tab, text) => tab.evaluate((one) => navigator.clipboard.writeText(one), text),
    close: async () => {
      await running.close();
      await remove();
    },
  };
}
