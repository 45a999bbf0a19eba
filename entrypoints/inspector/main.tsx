import browser from 'webextension-polyfill';
import { createLiveSource } from '../../lib/adapters/live-source.ts';
import { createRunStore, runPlace } from '../../lib/adapters/run-store.ts';
import { createSession } from '../../lib/adapters/session.ts';
import { startInspector } from './start.tsx';

const session = createSession(browser, { follow: true });

void startInspector({
  source: createLiveSource(session, createRunStore(runPlace(browser))),
  session,
  inDevtools: false,
  copy: (text) => navigator.clipboard.writeText(text),
});
