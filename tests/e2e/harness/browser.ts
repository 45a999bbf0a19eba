import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoAddress } from '../../servers/start-demo.ts';

/** A page in a tab. The same for every browser, so that the body of a test is written once. */
export interface Tab {
  goto(url: string): Promise<void>;
  url(): string;
  /** Runs `fn` in the page; it may use nothing but its argument and the page's globals. */
  evaluate<A, R>(fn: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** A real press at the middle of the element. */
  click(selector: string): Promise<void>;
  /** Replaces the value of a field by typing. */
  fill(selector: string, value: string): Promise<void>;
  /** Presses a key, named as in `KeyboardEvent.key`. */
  press(key: string): Promise<void>;
  setSize(width: number, height: number): Promise<void>;
  screenshot(path: string): Promise<void>;
  bringToFront(): Promise<void>;
  close(): Promise<void>;
}

/** A document of the extension that is no tab: the popup as the toolbar opens it, or the background. */
export interface ExtensionView {
  evaluate<A, R>(fn: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
}

export interface Popup extends ExtensionView {
  /** Presses an element as a person would, so that it may ask for permissions. */
  press(selector: string): Promise<void>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

/** DevTools of a tab. */
export interface Devtools {
  /** Brings the extension's panel to the front. */
  showPanel(): Promise<Omit<Popup, 'press' | 'close'>>;
}

/** Presses in the popup that open the inspector beside the page. */
export const OPEN_BESIDE = ['.bar .menu > .icon-button', '.bar [role=menu] > :nth-child(2)'] as const;

export interface Badge {
  readonly text: string;
  /** RGBA, 0 to 255. */
  readonly color: readonly number[];
}

/** The built extension, loaded and running. */
export interface Extension {
  /** `chrome-extension://…` or `moz-extension://…`, without a trailing slash. */
  readonly origin: string;
  /** The background; started if it sleeps. */
  readonly background: ExtensionView;
  backgroundRuns(): Promise<boolean>;
  /** Stops the service worker or event page, as the browser does when it is idle. */
  stopBackground(): Promise<void>;
  /** Opens a page of the extension in a tab of its own. */
  openPage(path: string): Promise<Tab>;
  /** Presses the toolbar button while `tab` is in front: `activeTab` is granted and the popup opens. */
  clickToolbar(tab: Tab): Promise<Popup>;
  /** Opens the inspector beside the page (side panel, sidebar) through the popup of a tab in which nothing was seen. */
  openBeside(tab: Tab): Promise<Omit<Popup, 'press' | 'close'>>;
  /** Opens DevTools for the tab, another panel than the extension's in front. */
  openDevtools(tab: Tab): Promise<Devtools>;
  /** What the toolbar shows while `tab` is in front. */
  badge(tab: Tab): Promise<Badge>;
  /** Grants an optional host permission, for example `*://*\/*`. */
  grantHosts(pattern: string): Promise<void>;
  revokeHosts(pattern: string): Promise<void>;
  /**
   * Presses what asks for an optional permission of the API, and answers the browser. Firefox: its own question is
   * answered. Chromium: nothing reaches the question, so "no" is put in place of the browser's reply, and "yes" is what
   * the browser replies to a permission that was granted once, without asking again.
   */
  pressAndAnswer(tab: Tab, selector: string, answer: 'yes' | 'no'): Promise<void>;
  /**
   * "Inspect selected token" in a tab in front, by its menu or by its shortcut. Firefox: the menu is opened at the middle
   * of the page, and its item and the key of the shortcut are pressed. Chromium: menus and shortcuts are the browser's own
   * and nothing reaches them, so their event is dispatched in the background; that both are registered is asked before.
   */
  inspectSelection(tab: Tab, by: 'menu' | 'shortcut'): Promise<void>;
}

export interface TestBrowser {
  readonly name: 'chromium' | 'firefox';
  /** `null` where none was asked for. */
  readonly extension: Extension | null;
  newTab(): Promise<Tab>;
  /** The next tab or window that opens by itself; to be asked for before what opens it. */
  nextTab(): Promise<Tab>;
  /** Replaces the text of the clipboard, which this browser has for itself. `tab`: any page in front. */
  setClipboard(tab: Tab, text: string): Promise<void>;
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** The browser reaches the demo's hosts, and nothing else. */
  readonly demo: DemoAddress;
  /** Loads the built extension from `.output`. */
  readonly extension: boolean;
  /** Source that the background runs before its own, at each start: for what a browser does when it likes. */
  readonly before?: string;
}

/** The folder of the built extension or, where something runs before its background, a changed copy; and its end. */
export async function extensionFolder(
  built: string,
  before: string | undefined,
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  if (before === undefined) return { folder: built, remove: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-built-'));
  await cp(built, folder, { recursive: true });
  const background = join(folder, 'background.js');
  await writeFile(background, `${before};\n${await readFile(background, 'utf8')}`);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Tries until `probe` gives something other than `null`; a page that is just being replaced counts as `null`. A probe that
 * never answers ends the wait as well: it would hold up the whole file, until the runner gives that up without a word.
 */
export async function until<T>(what: string, probe: () => Promise<T | null>, timeout = 30_000): Promise<T> {
  const deadline = performance.now() + timeout;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const found = await answered(probe(), 2 * timeout);
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${timeout} ms in vain for ${what}`, { cause: last });
}

function answered<T>(asked: Promise<T>, patience: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${patience} ms`)), patience);
  });
  return Promise.race([asked, given]).finally(() => clearTimeout(timer));
}

/** Source of an expression that calls `fn`; for places that take text only. */
export function callSource<A>(fn: (argument: A) => unknown, argument: A): string {
  return `(${fn})(${argument === undefined ? '' : JSON.stringify(argument)})`;
}
