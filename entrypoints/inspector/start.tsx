import { signal } from '@preact/signals';
import { render } from 'preact';
import browser from 'webextension-polyfill';
import { Inspector } from '../../components/inspector/app.tsx';
import type { Place } from '../../components/inspector/context.ts';
import { clipboardReader } from '../../lib/adapters/clipboard.ts';
import { createDecisionsStore } from '../../lib/adapters/decisions-store.ts';
import { createExports, redactedCurl } from '../../lib/adapters/exports.ts';
import { requestHost } from '../../lib/adapters/host-access.ts';
import { createInspector } from '../../lib/adapters/inspector.ts';
import { createPlaceMemory } from '../../lib/adapters/inspector-memory.ts';
import { createPopupMemory, pageArea } from '../../lib/adapters/popup-memory.ts';
import { createRunPanel } from '../../lib/adapters/run-panel.ts';
import { saveFile } from '../../lib/adapters/save-file.ts';
import { takeSelection } from '../../lib/adapters/selection.ts';
import type { Session } from '../../lib/adapters/session.ts';
import { createTokenPanel } from '../../lib/adapters/token-panel.ts';
import { EMPTY_INSPECTOR } from '../../lib/view/inspector-model.ts';
import type { InspectorSource } from '../../lib/view/inspector-source.ts';
import type { PopupActions } from '../../lib/view/model.ts';
import { EMPTY_RUN } from '../../lib/view/run-model.ts';
import { EMPTY_TOKEN } from '../../lib/view/token-model.ts';
import { words } from '../../lib/view/words.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';

export interface StartParts {
  readonly source: InspectorSource;
  readonly session: Session;
  /**
   * Pages of DevTools have neither sign-in windows nor badges; in Firefox no permissions either. They show one tab, so
   * they do not share the place with the inspector of all tabs.
   */
  readonly inDevtools: boolean;
  readonly copy: (text: string) => Promise<void>;
}

/** Shows the inspector over a source of traffic, in the element `#app`. */
export async function startInspector({ source, session, inDevtools, copy }: StartParts): Promise<void> {
  const model = signal(EMPTY_INSPECTOR);
  const tokenModel = signal(EMPTY_TOKEN);
  const runModel = signal(EMPTY_RUN);
  const section = signal('flows');
  const place = signal<Place>({ flow: null, row: null });

  const area = browser.extension.inIncognitoContext ? pageArea() : browser.storage.session;
  const placeMemory = createPlaceMemory(inDevtools ? pageArea() : area);

  const inspector = createInspector({
    source,
    memory: createPopupMemory(area),
    decisions: createDecisionsStore(browser),
    onMuted: () => (inDevtools ? Promise.resolve() : session.refreshBadges()),
    show: (next) => {
      model.value = next;
    },
    now: () => Date.now(),
  });

  const token = createTokenPanel({
    show: (next) => {
      tokenModel.value = next;
    },
    readClipboard: clipboardReader(browser, navigator.clipboard),
    // Without permissions a server that lets every origin read its keys still answers.
    requestHost: (url) => (browser.permissions === undefined ? Promise.resolve(true) : requestHost(browser, url)),
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
  });

  const run = inDevtools
    ? null
    : createRunPanel({
        browser,
        area,
        profileArea: browser.extension.inIncognitoContext ? area : browser.storage.local,
        show: (next) => {
          runModel.value = next;
        },
        lookAt: (idToken) => {
          token.actions.setText(idToken, true);
          section.value = 'token';
        },
        now: () => Date.now(),
      });

  setInterval(() => {
    token.tick();
    run?.tick();
  }, 1000);

  const failed = (error: unknown): void =>
    inspector.say(inspectorWords.notice.failed(error instanceof Error ? error.message : String(error)));

  /** Says when the browser did not grant what a press asked for; what changes is read again by itself. */
  const answer = (asked: Promise<boolean>): void => {
    asked.then((granted) => {
      if (!granted) inspector.say(words.footer.denied);
    }, failed);
  };

  const open = signal<ReadonlySet<string>>(new Set());

  const shared: PopupActions = {
    reveal: inspector.reveal,
    revealOfPage: inspector.reveal,
    // The popup offers these: it is about one tab, and the press on the toolbar that opens it gives access to the page.
    checkPage: () => undefined,
    cancelCheck: () => undefined,
    record: () => undefined,
    copy: (text) => copy(text).catch(failed),
    watch: (origins) => answer(origins.length === 0 ? session.watchAll() : session.watchSite(origins)),
    stop: (origins) => answer(origins.length === 0 ? session.stopWatching() : session.stopWatching(origins)),
    clear: inspector.actions.clear,
    undo: () => model.value.notice?.undo?.(),
    retry: inspector.actions.retry,
    showFlow: (flow) => {
      place.value = { flow, row: null };
    },
    tellClient: inspector.tellClient,
    setOpen: (key, isOpen) => {
      const others = [...open.value].filter((other) => other !== key);
      open.value = new Set(isOpen ? [...others, key] : others);
    },
    runProperly:
      run === null
        ? null
        : (request) => {
            const proper = inspector.properRun(request);
            if (proper === null) return;
            run.prefill(proper);
            section.value = 'run';
          },
  };

  const root = document.getElementById('app');
  if (root !== null) {
    const kept = await placeMemory.read();
    // `?flow=…` names the flow that the popup showed.
    const asked = new URLSearchParams(location.search).get('flow');
    const selected = await takeSelection(browser, location.href);
    if (selected !== null) {
      section.value = 'token';
      if (selected !== '') token.actions.setText(selected, true);
    } else if (asked !== null) place.value = { flow: asked, row: null };
    else {
      section.value = kept.section;
      place.value = { flow: kept.flow, row: null, other: kept.other };
    }
    const keep = (): void =>
      void placeMemory.write({ section: section.value, flow: place.value.flow, other: place.value.other ?? null });
    place.subscribe(keep);
    render(
      <Inspector
        model={model}
        actions={inspector.actions}
        shared={shared}
        token={{ model: tokenModel, actions: token.actions }}
        run={run === null ? null : { model: runModel, actions: run.actions }}
        exports={createExports({
          tool: { name: browser.runtime.getManifest().name, version: browser.runtime.getManifest().version },
          save: (name, type, text) => saveFile(document, name, type, text),
        })}
        curl={(exchange) => (model.value.data === null ? null : redactedCurl(model.value.data, exchange))}
        open={open}
        place={place}
        section={section}
        onSection={keep}
      />,
      root,
    );
  }
  void inspector.refresh();
  void run?.start();
}
