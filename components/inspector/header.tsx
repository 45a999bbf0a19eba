import { useSignal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useRef } from 'preact/hooks';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { Icon, Logo } from '../icons.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { usePopup } from '../popup-context.ts';
import { useInspector } from './context.ts';
import { sectionsFor } from './sections.tsx';
import { WarningDialog } from './warning-dialog.tsx';

/** Id of the panel that the tabs control, and of the tab that names it. */
export const SECTION_PANEL = 'section';
export const sectionTabId = (id: string): string => `section-${id}`;

export interface InspectorHeaderProps {
  readonly chosen: string;
  readonly onChoose: (section: string) => void;
  readonly onKeys: () => void;
  /** Opens the browser's own dialog for files. */
  readonly onImport: () => void;
}

/** The sections, where the traffic comes from, and what can be done with all of it. */
export function InspectorHeader({ chosen, onChoose, onKeys, onImport }: InspectorHeaderProps) {
  const { model, actions } = useInspector();
  const { source, paused, clearable } = model.value;
  const w = inspectorWords.actions;
  return (
    <header class="inspector-bar">
      <Logo />
      <span class="inspector-name">{inspectorWords.name}</span>
      <SectionTabs chosen={chosen} onChoose={onChoose} />
      <span class="grow" />
      <SourceLine />
      <span class="inspector-tools">
        {source.kind === 'file' ? (
          <button type="button" class="text-button" onClick={actions.showLive}>
            <Icon name="undo" />
            <span>{w.live}</span>
          </button>
        ) : paused === null ? (
          <button type="button" class="text-button" title={w.pauseMeans} onClick={actions.pause}>
            <Icon name="pause" />
            <span>{w.pause}</span>
          </button>
        ) : (
          <button type="button" class="text-button" onClick={actions.resume}>
            <Icon name="play" />
            <span>{w.resume}</span>
          </button>
        )}
        <button type="button" class="text-button" title={w.clearMeans} disabled={!clearable} onClick={actions.clear}>
          <Icon name="clear" />
          <span>{w.clear}</span>
        </button>
        <button type="button" class="text-button" title={w.importMeans} onClick={onImport}>
          <Icon name="import" />
          <span>{w.import}</span>
        </button>
        <ExportMenu />
      </span>
      <NarrowExportMenu />
      <MoreMenu onKeys={onKeys} onImport={onImport} />
    </header>
  );
}

function SectionTabs({ chosen, onChoose }: Pick<InspectorHeaderProps, 'chosen' | 'onChoose'>) {
  const list = useRef<HTMLDivElement>(null);
  const sections = sectionsFor(useInspector());
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={inspectorWords.sections.label}
      ref={list}
      onKeyDown={(event) => {
        const at = sections.findIndex(({ id }) => id === chosen);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
        const next = to === undefined ? undefined : sections.at(to % sections.length);
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onChoose(next.id);
        list.current?.querySelector<HTMLElement>(`#${sectionTabId(next.id)}`)?.focus();
      }}
    >
      {sections.map(({ id, label }) => (
        <button
          type="button"
          key={id}
          id={sectionTabId(id)}
          class="tab"
          role="tab"
          aria-selected={id === chosen}
          aria-controls={SECTION_PANEL}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** Where the traffic comes from, and whether it is shown as it happens. */
function SourceLine() {
  const { source, paused } = useInspector().model.value;
  const w = inspectorWords;
  const text =
    source.kind === 'file'
      ? w.file(source.name)
      : paused !== null
        ? paused.waiting === 0
          ? w.paused
          : w.waiting(paused.waiting)
        : source.kind === 'panel'
          ? w.panel
          : w.live(source.name);
  const live = source.kind !== 'file' && paused === null && source.name !== w.nowhere;
  return (
    <span class="source-line soft num" title={text}>
      <span class={`dot ${live ? 'on' : 'off'}`} aria-hidden="true" />
      <span class="clip">{text}</span>
    </span>
  );
}

/** The entries of "Export", and the question that one of them asks first. */
function useExports(): { readonly items: readonly MenuItem[]; readonly question: ComponentChild } {
  const { exports, model, actions } = useInspector();
  const { announce } = usePopup();
  const asking = useSignal<{ readonly holds: readonly string[]; readonly save: () => void } | null>(null);
  const { data } = model.value;
  if (data === null) return { items: [], question: null };
  return {
    items: exports.map((entry) => ({
      key: entry.id,
      apart: entry.warning !== undefined,
      act: () => {
        const save = () => actions.export(entry, () => announce(inspectorWords.notice.exported(entry.label)));
        if (entry.warning === undefined) save();
        else asking.value = { holds: entry.warning(data), save };
      },
      content: (
        <span class="export-item">
          <span>{entry.label}</span>
          <span class="faint">{entry.means}</span>
        </span>
      ),
    })),
    question:
      asking.value === null ? null : (
        <WarningDialog
          holds={asking.value.holds}
          onSave={asking.value.save}
          onClose={() => {
            asking.value = null;
          }}
        />
      ),
  };
}

function ExportMenu() {
  const { items, question } = useExports();
  const w = inspectorWords;
  if (items.length === 0) return null;
  return (
    <>
      <Menu
        label={w.actions.exportMeans}
        buttonClass="button small"
        button={
          <>
            <Icon name="export" />
            <span>{w.actions.export}</span>
          </>
        }
        items={items}
      />
      {question}
    </>
  );
}

/** The same where the header is too narrow for its tools. */
function NarrowExportMenu() {
  const { items, question } = useExports();
  if (items.length === 0) return null;
  return (
    <span class="narrow-only">
      <Menu
        label={inspectorWords.actions.exportMeans}
        buttonClass="icon-button"
        button={<Icon name="export" />}
        items={items}
      />
      {question}
    </span>
  );
}

/** What does not fit into a narrow header, and what is rarely needed. */
function MoreMenu({ onKeys, onImport }: Pick<InspectorHeaderProps, 'onKeys' | 'onImport'>) {
  const { model, actions } = useInspector();
  const popup = usePopup();
  const { source, paused, clearable } = model.value;
  const w = inspectorWords.actions;
  const entry = (key: string, text: string, act: () => void, hint = ''): MenuItem => ({
    key,
    act,
    content: (
      <>
        <span class="grow">{text}</span>
        {hint === '' ? null : <kbd>{hint}</kbd>}
      </>
    ),
  });
  const items: MenuItem[] = [];
  if (source.kind === 'file') items.push(entry('live', w.live, actions.showLive));
  else if (paused === null) items.push(entry('pause', w.pause, actions.pause, 'P'));
  else items.push(entry('resume', w.resume, actions.resume, 'P'));
  if (clearable) items.push(entry('clear', w.clear, actions.clear));
  items.push(entry('import', w.import, onImport));
  if (source.kind === 'live') {
    items.push(entry('watch', w.watchAll, () => popup.actions.watch([])));
    if (source.name !== inspectorWords.nowhere) items.push(entry('stop', w.stopAll, () => popup.actions.stop([])));
  }
  items.push(entry('keys', w.keys, onKeys, '?'));
  return <Menu label={w.more} buttonClass="icon-button" button={<Icon name="more" />} items={items} />;
}
