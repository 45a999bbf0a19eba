import type { Signal } from '@preact/signals';
import { type FlowFilter, type FlowListRow, type FlowListView, NO_FILTER } from '../../lib/view/flow-list.ts';
import type { InspectorData } from '../../lib/view/inspector-model.ts';
import { noticesOf } from '../../lib/view/notices.ts';
import { visible } from '../../lib/view/text.ts';
import { words } from '../../lib/view/words.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { isCopyKey } from '../keyboard.ts';
import { Menu, type MenuItem } from '../menu.tsx';
import { usePopup } from '../popup-context.ts';
import { Rich } from '../rich.tsx';
import { Shape } from '../shape.tsx';
import { PaneSearch } from './panes.tsx';
import { WindowRows } from './window-rows.tsx';

export interface FlowListPaneProps {
  readonly view: FlowListView;
  readonly filter: Signal<FlowFilter>;
  readonly data: Pick<InspectorData, 'judged' | 'notes' | 'unread'>;
  /** Key of the flow that is shown. */
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}

/** Parts of a file that could not be read and are listed. */
const MOST_UNREAD = 50;

const keyOf = (row: FlowListRow): string => row.key;
const heightOf = (row: FlowListRow): number => (row.is === 'flow' ? 3.375 : 2.25);
const w = diagramWords.list;

/** All flows, by client; search and filters above. */
export function FlowListPane({ view, filter, data: { judged, notes, unread }, chosen, onChoose }: FlowListPaneProps) {
  const { actions, announce } = usePopup();
  const set = (part: Partial<FlowFilter>) => {
    filter.value = { ...filter.value, ...part };
  };
  const { query, protocolOnly, severity, kind } = filter.value;
  const choice = (key: string, label: string, isChosen: boolean, act: () => void): MenuItem => ({
    key,
    act,
    chosen: isChosen,
    content: label,
  });
  const severities = (['high', 'medium', 'low', 'info'] as const).map((one) =>
    choice(one, one === 'high' ? words.mark.high : w.atLeast(words.mark[one]), severity === one, () =>
      set({ severity: one }),
    ),
  );
  const kinds = view.kinds.map((one) => choice(one, diagramWords.grant[one], kind === one, () => set({ kind: one })));
  return (
    <>
      <PaneSearch query={query} label={w.search} looksAt={w.looksAt} onQuery={(next) => set({ query: next })} />
      <div class="filters">
        <button
          type="button"
          class="filter"
          aria-pressed={protocolOnly}
          title={w.protocolMeans}
          onClick={() => set({ protocolOnly: !protocolOnly })}
        >
          {w.protocolOnly}
        </button>
        <Menu
          label={w.severity}
          buttonClass={severity === null ? 'filter' : 'filter on'}
          button={<span aria-hidden="true">{severity === null ? w.severity : words.mark[severity]}</span>}
          items={[choice('any', w.any, severity === null, () => set({ severity: null })), ...severities]}
        />
        <Menu
          label={w.kind}
          buttonClass={kind === null ? 'filter' : 'filter on'}
          button={<span aria-hidden="true">{kind === null ? w.kind : diagramWords.grant[kind]}</span>}
          items={[choice('any', w.any, kind === null, () => set({ kind: null })), ...kinds]}
        />
      </div>
      <div class="pane-scroll">
        {view.rows.length === 0 && view.all > 0 ? (
          <div class="no-match">
            <p class="strong">{w.noMatch}</p>
            <p class="soft">{w.noMatchNext}</p>
            <button
              type="button"
              class="button small"
              onClick={() => {
                filter.value = { ...NO_FILTER, protocolOnly: false };
              }}
            >
              {w.showAll}
            </button>
          </div>
        ) : (
          <WindowRows
            rows={view.rows}
            label={w.label}
            keyOf={keyOf}
            heightOf={heightOf}
            render={(row) =>
              row.is === 'group' ? (
                <p class="flow-group">{row.label}</p>
              ) : (
                <button
                  type="button"
                  class="flow-row"
                  data-row
                  aria-current={row.key === chosen ? 'true' : undefined}
                  onClick={() => onChoose(row.key)}
                  onKeyDown={(event) => {
                    if (!isCopyKey(event)) return;
                    event.preventDefault();
                    void actions.copy(w.copy(row.server, row.what, row.exact, words.mark[row.mark]));
                    announce(words.finding.copied);
                  }}
                >
                  <Shape mark={row.mark} />
                  <span class="clip strong" dir="ltr" title={row.server}>
                    {row.server}
                  </span>
                  <span class="num faint" title={row.exact}>
                    {row.clock}
                  </span>
                  <span class="clip soft" title={row.what}>
                    {row.what}
                  </span>
                </button>
              )
            }
          />
        )}
      </div>
      <div class="list-foot num">
        {noticesOf(notes).map((notice, index) => (
          <p class="notice" key={index}>
            <Rich text={notice} />
          </p>
        ))}
        {unread.length === 0 ? null : (
          <details class="unread">
            <summary class="notice">{inspectorWords.unread.heading(unread.length)}</summary>
            <ul>
              {unread.slice(0, MOST_UNREAD).map((one, index) => (
                <li key={index}>{visible(inspectorWords.unread.line(one), 300)}</li>
              ))}
            </ul>
            {unread.length > MOST_UNREAD ? (
              <p class="faint">{inspectorWords.unread.more(unread.length - MOST_UNREAD)}</p>
            ) : null}
          </details>
        )}
        <p class="faint">
          {view.shown < view.all
            ? w.footOf(view.shown, view.all)
            : judged
              ? w.foot(view.all, view.messages)
              : w.footSoFar(view.all, view.messages)}
        </p>
      </div>
    </>
  );
}
