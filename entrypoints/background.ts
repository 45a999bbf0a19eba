import browser from 'webextension-polyfill';
import { defineBackground } from 'wxt/utils/define-background';
import { startWatch } from '../lib/adapters/watch.ts';

export default defineBackground(() => {
  startWatch(browser);
});
