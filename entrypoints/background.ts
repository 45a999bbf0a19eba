import browser from 'webextension-polyfill';
import { defineBackground } from 'wxt/utils/define-background';
import { startPageChecks } from '../lib/adapters/page-check.ts';
import { startRuns } from '../lib/adapters/runs.ts';
import { startSelections } from '../lib/adapters/selection.ts';
import { startWatch } from '../lib/adapters/watch.ts';

export default defineBackground(() => {
  startWatch(browser);
  startPageChecks(browser, () => Date.now());
  startSelections(browser);
  startRuns(browser, { fetch: (url, init) => fetch(url, init), now: () => Date.now() });
});
