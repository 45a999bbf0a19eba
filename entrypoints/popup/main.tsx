import { signal } from '@preact/signals';
import { render } from 'preact';
import browser from 'webextension-polyfill';
import { Popup } from '../../components/popup.tsx';
import { createPopup } from '../../lib/adapters/popup.ts';
import { createPopupMemory, pageArea } from '../../lib/adapters/popup-memory.ts';
import { createSession } from '../../lib/adapters/session.ts';
import type { PopupModel } from '../../lib/view/model.ts';

/** `?tab=7`: the page stands alone, in a tab of its own, and is about another one. */
function askedTab(): number | null {
  const asked = new URLSearchParams(location.search).get('tab');
  return asked !== null && /^\d+$/.test(asked) ? Number(asked) : null;
}

const tab = askedTab();
const model = signal<PopupModel>({ view: null, failure: null, status: null, open: new Set() });

const popup = createPopup({
  session: createSession(browser),
  memory: createPopupMemory(browser.extension.inIncognitoContext ? pageArea() : browser.storage.session),
  tab,
  show: (next) => {
    model.value = next;
  },
  copy: (text) => navigator.clipboard.writeText(text),
  online: () => navigator.onLine,
  now: () => Date.now(),
});

window.addEventListener('online', popup.refresh);
window.addEventListener('offline', popup.refresh);
document.documentElement.classList.toggle('alone', tab !== null);

const root = document.getElementById('app');
if (root !== null) render(<Popup model={model} actions={popup.actions} />, root);
void popup.refresh();
