import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ArrowView } from '../../lib/view/diagram.ts';
import { flowList } from '../../lib/view/flow-list.ts';
import { flowByKey, flowView, mutedIn } from '../../lib/view/flow-view.ts';
import { unmutedData } from '../../lib/view/inspector-model.ts';
import { messageView } from '../../lib/view/message-view.ts';
import { words } from '../../lib/view/words.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { messageWords } from '../../lib/view/words-message.ts';
import { usePopup } from '../popup-context.ts';
import { useKeys } from '../use-keys.ts';
import { useInspector } from './context.ts';
import { FlowListPane } from './flow-list-pane.tsx';
import { FlowPane } from './flow-pane.tsx';
import { MessagePane } from './message-pane.tsx';
import { type Front, Panes } from './panes.tsx';

const NAMES = { list: diagramWords.list.label, middle: diagramWords.flow, detail: messageWords.label } as const;

/** Every flow of the source, the diagram of one, one of its messages. */
export function FlowsSection() {
  const { model, place, open, filter } = useInspector();
  const { actions, announce } = usePopup();
  const { data: all, decisions } = model.value;
  const data = useMemo(() => (all === null ? null : unmutedData(all, decisions.mutes)), [all, decisions.mutes]);
  const front = useSignal<Front>(place.peek().flow === null ? 'list' : 'middle');
  const root = useRef<HTMLDivElement>(null);
  const chosen = place.value;
  const list = useMemo(() => (data === null ? null : flowList(data, filter.value)), [data, filter.value]);
  const flow = data === null ? null : flowByKey(data, chosen.flow);
  const view = useMemo(
    () => (data === null || flow === null ? null : flowView(data, flow, open.value)),
    [data, flow, open.value],
  );
  const arrow = view?.diagram.arrows.find(({ key }) => key === chosen.row);
  const message = useMemo(
    () =>
      data === null || flow === null || view === null || arrow === undefined
        ? null
        : messageView(data, flow, view, arrow),
    [data, flow, view, arrow],
  );

  // The latest flow is shown until somebody chooses, and stays when a later one comes.
  const latest = list?.rows.find((row) => row.is === 'flow')?.key ?? null;
  useEffect(() => {
    if (data === null || flow !== null || latest === null) return;
    // The flow that is remembered may be among those that are still being read.
    if (data.judged || chosen.flow === null) place.value = { ...place.peek(), flow: latest, row: null };
  }, [data, flow, latest, chosen.flow, place]);

  const focusIn = (pane: Front) => {
    front.value = pane;
    requestAnimationFrame(() => {
      const rows = [...(root.current?.querySelectorAll<HTMLElement>(`.pane.${pane} [data-row]`) ?? [])];
      (rows.find((row) => row.ariaCurrent === 'true') ?? rows[0])?.focus();
    });
  };
  useKeys((event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (root.current?.querySelector('.pane.detail')?.contains(document.activeElement)) focusIn('middle');
    else if (root.current?.querySelector('.pane.middle')?.contains(document.activeElement)) focusIn('list');
    else return;
    event.preventDefault();
  });

  const select = (next: ArrowView) => {
    place.value = { ...chosen, row: next.key };
    front.value = 'detail';
  };
  const copy = async (one: ArrowView) => {
    if (data === null || flow === null || view === null) return;
    await actions.copy(messageView(data, flow, view, one).copy);
    announce(words.finding.copied);
  };

  if (data === null || list === null) return <p class="column-page no-match soft">{inspectorWords.error.reading}…</p>;
  return (
    <div class="flows" ref={root}>
      <Panes
        names={NAMES}
        front={front.value}
        listEmpty={list.all === 0}
        onFront={focusIn}
        list={
          <FlowListPane
            view={list}
            filter={filter}
            data={data}
            chosen={flow === null ? null : chosen.flow}
            onChoose={(key) => {
              place.value = { ...chosen, flow: key, row: null };
              front.value = 'middle';
            }}
          />
        }
        middle={
          view === null ? (
            <NoFlow none={data.analysis.flows.length === 0} />
          ) : (
            <FlowPane
              key={view.key}
              view={view}
              muted={all === null || flow === null ? 0 : mutedIn(all, data, flow)}
              selected={chosen.row}
              open={open.value}
              onSelect={select}
              onCopy={(one) => void copy(one)}
            />
          )
        }
        detail={
          message === null ? null : (
            <MessagePane key={`${chosen.flow} ${chosen.row}`} view={message} open={open.value} />
          )
        }
      />
    </div>
  );
}

/** Whatever happens, nothing appears here before somebody resumes. */
function PausedEmpty({ waiting }: { readonly waiting: number }) {
  const { actions } = useInspector();
  const w = inspectorWords;
  return (
    <div class="no-match">
      <h1>{w.pausedNone}</h1>
      <p class="soft">{waiting === 0 ? w.pausedNext : w.pausedWaiting(waiting)}</p>
      <button type="button" class="button primary" data-row onClick={actions.resume}>
        {w.actions.resume}
      </button>
    </div>
  );
}

/** Nothing to show: says what to do to see something. */
function NoFlow({ none }: { readonly none: boolean }) {
  const { model } = useInspector();
  const { actions } = usePopup();
  const { source, paused } = model.value;
  const { kind, name, hint } = source;
  const w = diagramWords.list;
  if (none && paused !== null) return <PausedEmpty waiting={paused.waiting} />;
  if (!none) return <p class="no-match soft">{w.choose}</p>;
  const watched = name !== inspectorWords.nowhere;
  const live = watched ? w.noneWatched : w.noneNext;
  return (
    <div class="no-match">
      <h1>{{ live: w.none, file: w.noneFile, panel: inspectorWords.panelNone }[kind]}</h1>
      <p class="soft">{{ live, file: w.noneFileNext, panel: inspectorWords.panelNoneNext }[kind]}</p>
      {hint === null ? null : <p class="soft">{hint}</p>}
      {kind === 'live' && !watched ? (
        <button type="button" class="button primary" data-row onClick={() => actions.watch([])}>
          {inspectorWords.actions.watchAll}
        </button>
      ) : null}
    </div>
  );
}
