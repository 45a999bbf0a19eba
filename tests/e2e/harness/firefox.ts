import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import puppeteer, { type Browser, type KeyInput, type Page } from 'puppeteer-core';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
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

const FOLDER = '.output/firefox-mv3';
/** Fixes the origin of the extension's pages. */
const UUID = '7d2d6e5a-3c1b-4f0e-9a8d-5b6c7d8e9f01';

export class FirefoxTab implements Tab {
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
    return this.page.evaluate(callSource(fn, argument)) as Promise<R>;
  }

  async click(selector: string) {
    await this.page.click(selector);
  }

  async fill(selector: string, value: string) {
    await this.page.locator(selector).fill(value);
  }

  async press(key: string) {
    await this.page.keyboard.press(key as KeyInput);
  }

  async setSize(width: number, height: number) {
    await this.page.setViewport({ width, height });
  }

  async screenshot(path: string) {
    await this.page.screenshot({ path: path as `${string}.png` });
  }

  async bringToFront() {
    await this.page.bringToFront();
  }

  async close() {
    await this.page.close();
  }
}

/** WebDriver BiDi as Firefox speaks it, with the commands that puppeteer does not offer. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ readonly result: unknown }>;
}

/** Runs a source text in the browser's own window and gives its JSON value. */
type ChromeScript = (source: string) => Promise<unknown>;

/** Scripts in the browser window itself: what no extension or page may do, a person at the browser may. */
export async function chromeScript(browser: Browser): Promise<ChromeScript> {
  const { connection } = browser as unknown as { readonly connection: BidiConnection };
  const tree = (await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })).result as {
    readonly contexts: readonly { readonly context: string }[];
  };
  const context = tree.contexts[0]?.context;
  return async (source) => {
    const { result: answer } = await connection.send('script.evaluate', {
      expression: `(async () => JSON.stringify((await (${source})) ?? null))()`,
      target: { context },
      awaitPromise: true,
    });
    const { type, result, exceptionDetails } = answer as {
      readonly type: string;
      readonly result?: { readonly value: string };
      readonly exceptionDetails?: { readonly text: string };
    };
    if (type !== 'success' || !result) throw new Error(exceptionDetails?.text ?? 'the browser script failed');
    return JSON.parse(result.value) as unknown;
  };
}

type ViewType = 'background' | 'popup' | 'sidebar' | 'devtools_panel';

export async function addonId(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(FOLDER, 'manifest.json'), 'utf8')) as {
    readonly browser_specific_settings: { readonly gecko: { readonly id: string } };
  };
  return manifest.browser_specific_settings.gecko.id;
}

/** The identifier that BiDi has for what a page shows. */
const contextOf = (page: Page): string => (page.mainFrame() as unknown as { readonly _id: string })._id;

/** A new tab in the window of `beside`; the browser's own choice is the newest window, which may be a sign-in window. */
async function newPageIn(browser: Browser, beside: Page): Promise<Page> {
  const { connection } = browser as unknown as { readonly connection: BidiConnection };
  const { result } = await connection.send('browsingContext.create', {
    type: 'tab',
    referenceContext: contextOf(beside),
  });
  const { context } = result as { readonly context: string };
  return until('the new tab', async () => (await browser.pages()).find((page) => contextOf(page) === context) ?? null);
}

/** `window`: a page in the window that extension pages open in. */
function firefoxExtension(browser: Browser, chrome: ChromeScript, id: string, window: Page): Extension {
  const origin = `moz-extension://${UUID}`;
  const extension = `WebExtensionPolicy.getByID(${JSON.stringify(id)}).extension`;
  const viewOf = (type: ViewType) =>
    `[...${extension}.views].find((view) => view.viewType === ${JSON.stringify(type)})`;
  const button = `document.querySelector('[data-extensionid=${JSON.stringify(id)}] .unified-extensions-item-action-button')`;

  /** Runs a privileged source text beside a view of the extension, which lives in another process: a frame script. */
  async function beside(type: ViewType, source: string, patience = 60_000): Promise<unknown> {
    const frameScript = `(async () => {
      let reply;
      try {
        reply = { value: JSON.stringify((await (${source})) ?? null) };
      } catch (error) {
        reply = { error: String(error) };
      }
      sendAsyncMessage(NAME, reply);
    })()`;
    const reply = (await chrome(`new Promise((done) => {
      const { messageManager } = ${viewOf(type)}.xulBrowser;
      const name = 'test:' + Services.uuid.generateUUID();
      const listener = {
        receiveMessage({ data }) {
          messageManager.removeMessageListener(name, listener);
          done(data);
        },
      };
      messageManager.addMessageListener(name, listener);
      // A popup that is still being built may lose the script together with its first process.
      setTimeout(() => listener.receiveMessage({ data: { error: 'no answer in time' } }), ${patience});
      const script = ${JSON.stringify(frameScript)}.replace('NAME', JSON.stringify(name));
      messageManager.loadFrameScript('data:text/javascript;charset=utf-8,' + encodeURIComponent(script), false);
    })`)) as { readonly value?: string; readonly error?: string };
    if (reply.value === undefined) throw new Error(reply.error ?? `no answer from the ${type}`);
    return JSON.parse(reply.value) as unknown;
  }

  /** Runs a source text as the view's own code would run. */
  const inView = (type: ViewType, source: string, patience?: number) =>
    beside(
      type,
      `Cu.evalInSandbox(${JSON.stringify(`(async () => JSON.stringify((await (${source})) ?? null))()`)},
        Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false })).then(JSON.parse)`,
      patience,
    );

  async function pictureOf(type: ViewType): Promise<Buffer> {
    const picture = await chrome(`(async () => {
      const { xulBrowser } = ${viewOf(type)};
      const { width, height } = xulBrowser.getBoundingClientRect();
      const bitmap = await xulBrowser.browsingContext.currentWindowGlobal
        .drawSnapshot(new DOMRect(0, 0, width, height), 1, 'white');
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
      return bytes.toBase64();
    })()`);
    return Buffer.from(String(picture), 'base64');
  }

  async function clickToolbar(tab: Tab): Promise<Popup> {
    await tab.bringToFront();
    await chrome(`document.getElementById('unified-extensions-button').click()`);
    await until('the button of the extension', async () => ((await chrome(`${button} !== null`)) ? true : null));
    await chrome(`${button}.click()`);
    await until('the popup', async () =>
      (await chrome(`${viewOf('popup')} !== undefined`)) &&
      (await inView('popup', "location.href !== 'about:blank' && document.readyState", 500)) === 'complete'
        ? true
        : null,
    );
    return {
      evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
        (await inView('popup', callSource(fn, argument))) as R,
      press: async (selector) => {
        await beside(
          'popup',
          `(() => {
            const handle = content.windowUtils.setHandlingUserInput(true);
            try {
              content.document.querySelector(${JSON.stringify(selector)}).click();
            } finally {
              handle.destruct();
            }
          })()`,
        );
      },
      screenshot: async (path) => {
        await writeFile(path, await pictureOf('popup'));
      },
      close: async () => {
        await chrome(`${viewOf('popup')}.xulBrowser.closest('panel').hidePopup()`);
        await until('the popup to close', async () =>
          (await chrome(`${viewOf('popup')} === undefined`)) ? true : null,
        );
      },
    };
  }

  const changeHosts = (method: 'add' | 'remove', pattern: string) =>
    chrome(`ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs').ExtensionPermissions
      .${method}(${JSON.stringify(id)}, { origins: [${JSON.stringify(pattern)}], permissions: [] }, ${extension})
      .then(() => true)`);

  return {
    origin,
    background: {
      evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) => {
        await chrome(`${extension}.wakeupBackground?.()`);
        return (await inView('background', callSource(fn, argument))) as R;
      },
    },
    backgroundRuns: async () => (await chrome(`${extension}.backgroundState`)) === 'running',
    stopBackground: async () => {
      // Without this, an answer to a message that is still on its way keeps it running.
      await chrome(`${extension}.terminateBackground({ disableResetIdleForTest: true })`);
    },
    async openPage(path) {
      const page = await newPageIn(browser, window);
      const url = `${origin}/${path}`;
      // The page moves to another process, and the navigation never reports its end.
      page.goto(url).catch(() => null);
      await until(`${url} to load`, async () =>
        (await page.evaluate((wanted) => location.href.startsWith(wanted) && document.readyState === 'complete', url))
          ? true
          : null,
      );
      return new FirefoxTab(page);
    },
    clickToolbar,
    async openBeside(tab) {
      const popup = await clickToolbar(tab);
      const [menu, item] = OPEN_BESIDE;
      await popup.press(menu);
      // The popup closes, and the reply with it.
      await popup.press(item).catch(() => null);
      await until('the sidebar', async () =>
        (await chrome(`${viewOf('sidebar')} !== undefined`)) &&
        (await inView('sidebar', "location.href !== 'about:blank' && document.readyState", 500)) === 'complete'
          ? true
          : null,
      );
      return {
        evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
          (await inView('sidebar', callSource(fn, argument))) as R,
        screenshot: async (path) => writeFile(path, await pictureOf('sidebar')),
      };
    },
    async openDevtools(tab) {
      await tab.bringToFront();
      const devtools = `ChromeUtils.importESModule('resource://devtools/shared/loader/Loader.sys.mjs')
        .require('devtools/client/framework/devtools').gDevTools`;
      const toolbox = `(await ${devtools}.showToolboxForTab(gBrowser.selectedTab))`;
      await chrome(`${devtools}.showToolboxForTab(gBrowser.selectedTab, { toolId: 'webconsole' }).then(() => true)`);
      const panel = await until('the panel of the extension', async () => {
        const ids = (await chrome(`(async () => ${toolbox}.getAdditionalTools().map(({ id }) => id))()`)) as string[];
        return ids.find((one) => one.startsWith('webext-devtools-panel')) ?? null;
      });
      return {
        async showPanel() {
          await chrome(`(async () => { await ${toolbox}.selectTool(${JSON.stringify(panel)}); })()`);
          await until('the panel', async () =>
            (await chrome(`${viewOf('devtools_panel')} !== undefined`)) &&
            (await inView('devtools_panel', "location.href !== 'about:blank' && document.readyState", 500)) ===
              'complete'
              ? true
              : null,
          );
          return {
            evaluate: async <A, R>(fn: (argument: A) => R | Promise<R>, argument: A) =>
              (await inView('devtools_panel', callSource(fn, argument))) as R,
            screenshot: async (path) => writeFile(path, await pictureOf('devtools_panel')),
          };
        },
      };
    },
    async badge(tab) {
      await tab.bringToFront();
      return (await chrome(`(() => {
        const { apiManager } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs').ExtensionParent;
        const { badgeText, badgeBackgroundColor } =
          apiManager.global.browserActionFor(${extension}).action.getContextData(gBrowser.selectedTab);
        return { text: badgeText ?? '', color: badgeBackgroundColor };
      })()`)) as Badge;
    },
    async grantHosts(pattern) {
      await changeHosts('add', pattern);
    },
    async revokeHosts(pattern) {
      await changeHosts('remove', pattern);
    },
    async inspectSelection(tab, by) {
      await tab.bringToFront();
      if (by === 'shortcut') {
        await chrome(`document.querySelector('[id^="ext-keyset-id-oauth-inspector"] > key').doCommand()`);
        return;
      }
      const { page } = tab as FirefoxTab;
      const [x, y] = await tab.evaluate(() => {
        const { x, y, width, height } = document.body.getBoundingClientRect();
        return [x + width / 2, y + height / 2] as const;
      }, undefined);
      await page.mouse.click(x, y, { button: 'right' });
      await until('the menu of the page', async () =>
        (await chrome(`(() => {
          const menu = document.getElementById('contentAreaContextMenu');
          const item = [...menu.querySelectorAll('menuitem')].find(({ label }) => label === 'Inspect selected token');
          if (menu.state !== 'open' || item === undefined) return false;
          menu.activateItem(item);
          return true;
        })()`))
          ? true
          : null,
      );
    },
    async pressAndAnswer(tab, selector, answer) {
      const askedFor = (asked: boolean) =>
        chrome(`(() => {
          Services.prefs.setBoolPref('extensions.webextOptionalPermissionPrompts', ${asked});
          // The buttons of a question are dead for its first half second.
          Services.prefs.setIntPref('security.notification_enable_delay', 0);
        })()`);
      await askedFor(true);
      await tab.click(selector);
      await until('the question of the browser', async () =>
        (await chrome(`(() => {
          const question = document.getElementById('addon-webext-permissions-notification');
          const button = question?.${answer === 'yes' ? 'button' : 'secondaryButton'};
          if (!button || PopupNotifications.panel.state !== 'open') return false;
          button.click();
          return true;
        })()`))
          ? true
          : null,
      );
      await askedFor(false);
    },
  };
}

/** Firefox without a window, off the network but for the demo. */
export async function launchFirefox({ demo, extension, before }: LaunchOptions): Promise<TestBrowser> {
  const { firefox: executablePath } = await ensureBrowsers(['firefox']);
  const userDataDir = await mkdtemp(join(tmpdir(), 'oauth-inspector-'));
  const id = extension ? await addonId() : null;
  const { folder, remove } = await extensionFolder(FOLDER, before);
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts: true,
    userDataDir,
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      // Host names cannot be mapped to ports, so the demo's proxy does it; it refuses every other host.
      'network.proxy.type': 1,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': demo.proxyPort,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': demo.proxyPort,
      // Third-party cookies are allowed: prompt=none in a frame of another site depends on them.
      'network.cookie.cookieBehavior': 0,
      'extensions.webextOptionalPermissionPrompts': false,
      // Timers of tabs that are not in front are as fast as those of the one that is, as in the other browser.
      'dom.min_background_timeout_value': 4,
      'dom.min_background_timeout_value_without_budget_throttling': 4,
      'dom.timeout.enable_budget_timer_throttling': false,
      ...(id === null ? {} : { 'extensions.webextensions.uuids': JSON.stringify({ [id]: UUID }) }),
    },
  });
  if (id !== null) await browser.installExtension(resolve(folder));
  const chrome = await chromeScript(browser);
  const [first] = await browser.pages();
  if (first === undefined) throw new Error('the browser shows no page');
  return {
    name: 'firefox',
    extension: id === null ? null : firefoxExtension(browser, chrome, id, first),
    newTab: async () => new FirefoxTab(await browser.newPage()),
    nextTab: async () => {
      const before = new Set(browser.targets());
      const target = await browser.waitForTarget((one) => one.type() === 'page' && !before.has(one));
      const page = await target.page();
      if (page === null) throw new Error('the new window shows no page');
      return new FirefoxTab(page);
    },
    setClipboard: async (_tab, text) => {
      await chrome(`Cc['@mozilla.org/widget/clipboardhelper;1'].getService(Ci.nsIClipboardHelper)
        .copyString(${JSON.stringify(text)})`);
    },
    close: async () => {
      await browser.close();
      await remove();
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Colours of the page in front: light or dark, whatever the system says. */
export async function preferScheme(tab: FirefoxTab, scheme: 'light' | 'dark'): Promise<void> {
  const chrome = await chromeScript(tab.page.browser());
  await chrome(`gBrowser.selectedBrowser.browsingContext.prefersColorSchemeOverride = '${scheme}'`);
  await until(scheme, () =>
    tab.evaluate((wanted) => matchMedia(`(prefers-color-scheme: ${wanted})`).matches || null, scheme),
  );
}
