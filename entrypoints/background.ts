import browser from 'webextension-polyfill';
import { defineBackground } from 'wxt/utils/define-background';
import { startPageChecks } from '../lib/adapters/page-check.ts';
import { startRecordings } from '../lib/adapters/recordings.ts';
import { startRuns } from '../lib/adapters/runs.ts';
import { startSelections } from '../lib/adapters/selection.ts';
import { startWatch } from '../lib/adapters/watch.ts';
import { createWatchLog } from '../lib/adapters/watch-log.ts';

export default defineBackground(() => {
  const now = (): number => Date.now();
  const log = createWatchLog(browser);
  const pages = startPageChecks(browser, log, now);
  const recordings = startRecordings({
    browser,
    log,
    now,
    onWritten: (tab) => {
      if (!recordings.isRecorded(tab)) void watch.refresh(tab);
    },
    onStopped: pages.check,
  });
  const watch = startWatch(browser, log, recordings.isRecorded);
  startSelections(browser);
  startRuns(browser, { fetch: (url, init) => fetch(url, init), now });
});
