import type { Browser, Runtime } from 'webextension-polyfill';
import { isRecord } from '../http/params.ts';
import { inspectorWords } from '../view/words-inspector.ts';
import { isOwnPage } from './own-page.ts';

/** Name of the menu item and of the command, as the manifest has it. */
const INSPECT = 'inspect-selection';
/** In the address of the inspector: under which name the background holds the text. */
const PARAMETER = 'selection';

/**
 * "Inspect selected token" in the context menu and as a keyboard shortcut: opens the inspector's section Token with what
 * is selected in the page. The text is handed over by one message and is neither stored nor in the address. Registers
 * its listeners before it returns.
 */
export function startSelections(browser: Browser): void {
  /** Until the page that was opened for a text asks for it, a moment later. */
  const held = new Map<string, string>();

  /** Opens the inspector beside the tab whose page holds the text, in its window: a private one stays private. */
  async function inspect(text: string, windowId: number | undefined): Promise<void> {
    const key = crypto.randomUUID();
    held.set(key, text);
    const url = browser.runtime.getURL(`inspector.html?${new URLSearchParams({ [PARAMETER]: key })}`);
    await browser.tabs.create({ url, ...(windowId === undefined ? {} : { windowId }) });
  }

  browser.contextMenus.onClicked.addListener(({ menuItemId, selectionText }, tab) => {
    if (menuItemId === INSPECT) void inspect(selectionText ?? '', tab?.windowId);
  });

  browser.commands.onCommand.addListener((name, tab) => {
    if (name !== INSPECT) return;
    // Pages of the browser itself may not be read: the section opens, and waits for a paste.
    void selectionIn(browser, tab?.id).then((text) => inspect(text, tab?.windowId));
  });

  browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => {
    if (!isOwnPage(browser.runtime, sender) || !isRecord(message) || message['do'] !== 'selection.take')
      return undefined;
    const key = String(message['key']);
    const text = held.get(key) ?? '';
    held.delete(key);
    return Promise.resolve(text);
  });

  // Each time: the private instance that Chromium starts for private windows gets no event of an installation. What is
  // there already is refused, which is only reported to a callback.
  const item = { id: INSPECT, title: inspectorWords.inspectSelection, contexts: ['selection' as const] };
  browser.contextMenus.create(item, () => browser.runtime.lastError);
}

/** What the inspector was opened for; `null` where it was opened for itself, `''` where nothing was selected. */
export async function takeSelection(browser: Browser, address: string): Promise<string | null> {
  const key = new URL(address).searchParams.get(PARAMETER);
  if (key === null) return null;
  const text: unknown = await browser.runtime.sendMessage({ do: 'selection.take', key });
  return typeof text === 'string' ? text : '';
}

/** A shortcut gives access to the page in front, as a press of the toolbar button does. */
async function selectionIn(browser: Browser, tabId: number | undefined): Promise<string> {
  if (tabId === undefined) return '';
  const found = await browser.scripting
    .executeScript({ target: { tabId, allFrames: true }, func: readSelection })
    .catch(() => []);
  return found.map(({ result }) => (typeof result === 'string' ? result : '')).find((text) => text !== '') ?? '';
}

/** Runs in the page. A field keeps its selection to itself. */
function readSelection(): string {
  const field = document.activeElement;
  const inField = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === 'text');
  return inField
    ? field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)
    : String(document.getSelection() ?? '');
}
