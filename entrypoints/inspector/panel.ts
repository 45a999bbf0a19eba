import browser from 'webextension-polyfill';
import { copyText } from '../../lib/adapters/copy-text.ts';
import { createDevtoolsSource } from '../../lib/adapters/devtools-source.ts';
import { type DevtoolsApi, receiveTraffic } from '../../lib/adapters/devtools-traffic.ts';
import { createSession } from '../../lib/adapters/session.ts';
import { createWatchLog } from '../../lib/adapters/watch-log.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { startInspector } from './start.tsx';

declare const chrome: { readonly devtools: DevtoolsApi };

void startInspector({
  source: createDevtoolsSource({
    traffic: await receiveTraffic(window),
    log: createWatchLog(browser),
    hint: import.meta.env.FIREFOX ? inspectorWords.panelNoneFirefox : null,
    tab: chrome.devtools.inspectedWindow.tabId,
    now: () => Date.now(),
  }),
  session: createSession(browser),
  inDevtools: true,
  // What is refused is thrown, and said like any other refusal.
  copy: (text) => new Promise((done) => done(copyText(document, text))),
});
