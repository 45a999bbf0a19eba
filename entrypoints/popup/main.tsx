import { signal } from '@preact/signals';
import { render } from 'preact';
import browser from 'webextension-polyfill';
import { Popup } from '../../components/popup.tsx';
import { clipboardReader } from '../../lib/adapters/clipboard.ts';
import { createDecisionsStore } from '../../lib/adapters/decisions-store.ts';
import { requestHost } from '../../lib/adapters/host-access.ts';
import { inspectorEntry } from '../../lib/adapters/inspector-entry.ts';
import { createPopup } from '../../lib/adapters/popup.ts';
import { createPopupMemory, createShownMemory, pageArea } from '../../lib/adapters/popup-memory.ts';
import { createRunPanel } from '../../lib/adapters/run-panel.ts';
import { createSession } from '../../lib/adapters/session.ts';
import { createTokenPanel } from '../../lib/adapters/token-panel.ts';
import type { PopupModel } from '../../lib/view/model.ts';
import { EMPTY_RUN } from '../../lib/view/run-model.ts';
import type { TabId } from '../../lib/view/tabs.ts';
import { EMPTY_TOKEN } from '../../lib/view/token-model.ts';

/** `?tab=7`: the page stands alone, in a tab of its own, and is about another one. */
function askedTab(): number | null {
  const asked = new URLSearchParams(location.search).get('tab');
  return asked !== null && /^\d+$/.test(asked) ? Number(asked) : null;
}

const tab = askedTab();
const model = signal<PopupModel>({ view: null, failure: null, status: null, open: new Set() });
const shown = signal<TabId>('page');
const tokenModel = signal(EMPTY_TOKEN);
const runModel = signal(EMPTY_RUN);
const area = browser.extension.inIncognitoContext ? pageArea() : browser.storage.session;
const shownMemory = createShownMemory(area);

const popup = createPopup({
  session: createSession(browser),
  memory: createPopupMemory(area),
  decisions: createDecisionsStore(browser),
  tab,
  show: (next) => {
    model.value = next;
  },
  copy: (text) => navigator.clipboard.writeText(text),
  runProperly: (proper) => {
    run.prefill(proper);
    showTab('run');
  },
  online: () => navigator.onLine,
  now: () => Date.now(),
});

window.addEventListener('online', popup.refresh);
window.addEventListener('offline', popup.refresh);
document.documentElement.classList.toggle('alone', tab !== null);

const token = createTokenPanel({
  show: (next) => {
    tokenModel.value = next;
  },
  readClipboard: clipboardReader(browser, navigator.clipboard),
  requestHost: (url) => requestHost(browser, url),
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
});

const run = createRunPanel({
  browser,
  area,
  profileArea: browser.extension.inIncognitoContext ? area : browser.storage.local,
  show: (next) => {
    runModel.value = next;
  },
  lookAt: (idToken) => {
    token.actions.setText(idToken, true);
    showTab('token');
  },
  now: () => Date.now(),
});

setInterval(() => {
  token.tick();
  run.tick();
}, 1000);

function showTab(next: TabId): void {
  shown.value = next;
  void shownMemory.write(next);
}

const root = document.getElementById('app');
if (root !== null) {
  const panels = {
    token: { model: tokenModel, actions: token.actions },
    run: { model: runModel, actions: run.actions },
  };
  // Storage that cannot be read is told by the view itself.
  shown.value = await shownMemory.read().catch((): TabId => 'page');
  const inspector = inspectorEntry(browser, () => window.close());
  render(
    <Popup model={model} actions={popup.actions} tab={shown} onTab={showTab} inspector={inspector} {...panels} />,
    root,
  );
}
void popup.refresh();
void run.start();
