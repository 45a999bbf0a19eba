import browser from 'webextension-polyfill';
import { defineBackground } from 'wxt/utils/define-background';
import { startRuns } from '../lib/adapters/runs.ts';
import { startWatch } from '../lib/adapters/watch.ts';

export default defineBackground(() => {
  startWatch(browser);
  startRuns(browser, { fetch: (url, init) => fetch(url, init), now: () => Date.now() });
});
