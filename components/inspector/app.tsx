import { type Signal, useSignal } from '@preact/signals';
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks';
import { ALL_FINDINGS } from '../../lib/view/findings-page.ts';
import { NO_FILTER } from '../../lib/view/flow-list.ts';
import type { PopupActions } from '../../lib/view/model.ts';
import { words } from '../../lib/view/words.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { isChoice, isStepKey, isTyping, moveAmongRows, moveBetweenPanes, STEP_KEYS } from '../keyboard.ts';
import { KeysDialog } from '../keys-dialog.tsx';
import { PopupProvider } from '../popup-context.ts';
import { useFileDrop } from '../use-file-drop.ts';
import { useKeys } from '../use-keys.ts';
import { type FindingsPlace, InspectorProvider, type InspectorTools, type Place } from './context.ts';
import { InspectorHeader, SECTION_PANEL, sectionTabId } from './header.tsx';
import { PANE_SEARCH } from './panes.tsx';
import { sectionsFor } from './sections.tsx';

export interface InspectorProps extends Omit<InspectorTools, 'filter' | 'findings' | 'goTo'> {
  /** What the parts that are shared with the popup ask for. */
  readonly shared: PopupActions;
  readonly section: Signal<string>;
  /** Remembers the section for the browser session. */
  readonly onSection: (id: string) => void;
}

const PANE_KEYS = { ArrowRight: 1, ArrowLeft: -1 } as const;

/** Rows are moved among within one pane. */
function paneOf(main: HTMLElement): HTMLElement {
  return document.activeElement?.closest<HTMLElement>('.pane') ?? main.querySelector<HTMLElement>('.pane') ?? main;
}

/** The inspector: header, one section; its keys. The same in a tab, a side panel, a sidebar and DevTools. */
export function Inspector({ shared, section, onSection, ...tools }: InspectorProps) {
  const said = useSignal('');
  const keys = useSignal(false);
  const findings = useSignal<FindingsPlace>({ filter: ALL_FINDINGS, cause: null });
  const input = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const { model, actions, place } = tools;
  const sections = sectionsFor(tools);
  const showKeys = () => {
    keys.value = true;
  };
  const choose = (id: string) => {
    section.value = id;
    onSection(id);
  };
  const latest = useRef(choose);
  latest.current = choose;
  const goTo = useCallback(
    (id: string, next?: Place) => {
      if (next !== undefined) place.value = next;
      latest.current(id);
    },
    [place],
  );
  const filter = useSignal(NO_FILTER);
  const all: InspectorTools = { ...tools, filter, findings, goTo };
  const popup = useMemo(
    () => ({
      actions: shared,
      announce: (text: string) => {
        // The same text twice is spoken twice only when it changes in between.
        said.value = said.value === text ? `${text}\u00a0` : text;
      },
    }),
    [shared, said],
  );
  const { notice, failure, paused, importing } = model.value;
  const dropping = useFileDrop(actions.importFile);
  useEffect(() => {
    if (notice !== null) popup.announce(notice.text);
  }, [notice, popup]);

  useKeys((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const numbered = sections[Number(event.key) - 1];
    if (event.key === '?') showKeys();
    else if (numbered !== undefined) choose(numbered.id);
    else if (event.key === '/') main.current?.querySelector<HTMLElement>(PANE_SEARCH)?.focus();
    else if (main.current !== null && !isChoice(event.target) && isStepKey(event.key)) {
      moveAmongRows(paneOf(main.current), STEP_KEYS[event.key]);
    } else if (main.current !== null && !isChoice(event.target) && event.key in PANE_KEYS) {
      moveBetweenPanes(main.current, PANE_KEYS[event.key as keyof typeof PANE_KEYS]);
    } else if (event.key.toLowerCase() === 'p') (paused === null ? actions.pause : actions.resume)();
    else return;
    event.preventDefault();
  });

  const shown = sections.find(({ id }) => id === section.value) ?? sections[0];
  return (
    <PopupProvider value={popup}>
      <InspectorProvider value={all}>
        <div class="inspector-app">
          <InspectorHeader
            chosen={shown?.id ?? ''}
            onChoose={choose}
            onKeys={showKeys}
            onImport={() => input.current?.click()}
          />
          {dropping ? <p class="drop-here">{inspectorWords.drop}</p> : null}
          {importing === null ? null : (
            <aside class="inspector-notice" aria-label={inspectorWords.notice.label}>
              <span class="grow num">{inspectorWords.reading(importing.name, importing.share)}</span>
              <progress value={importing.share} aria-label={importing.name} />
              <button type="button" class="button small" onClick={actions.cancelImport}>
                {inspectorWords.cancel}
              </button>
            </aside>
          )}
          {notice === null || importing !== null ? null : (
            <aside class="inspector-notice" aria-label={inspectorWords.notice.label}>
              <span class="grow">{notice.text}</span>
              {notice.undo === null ? null : (
                <button type="button" class="button small" onClick={notice.undo}>
                  {inspectorWords.notice.undo}
                </button>
              )}
              <button type="button" class="text-button" onClick={actions.dismiss}>
                {inspectorWords.notice.dismiss}
              </button>
            </aside>
          )}
          <main class="inspector-main" ref={main}>
            {failure === null ? (
              shown === undefined ? null : (
                <div
                  class="inspector-section"
                  role="tabpanel"
                  id={SECTION_PANEL}
                  aria-labelledby={sectionTabId(shown.id)}
                  key={shown.id}
                >
                  <shown.View />
                </div>
              )
            ) : (
              <section class="verdict" role="alert">
                <h1>{inspectorWords.error.heading}</h1>
                <p class="failure">{failure.what}</p>
                <p class="soft">{failure.next}</p>
                <button type="button" class="button primary" onClick={actions.retry}>
                  {words.error.retry}
                </button>
              </section>
            )}
          </main>
          <input
            ref={input}
            class="spoken"
            type="file"
            accept=".har,.json,.jsonl,.ndjson,.txt"
            tabIndex={-1}
            aria-hidden="true"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file !== undefined) actions.importFile(file);
              // The same file again is a change, too.
              currentTarget.value = '';
            }}
          />
          <p class="spoken" role="status">
            {said.value}
          </p>
          {keys.value ? (
            <KeysDialog
              list={inspectorWords.keys}
              onClose={() => {
                keys.value = false;
              }}
            />
          ) : null}
        </div>
      </InspectorProvider>
    </PopupProvider>
  );
}
