import { useRef } from 'preact/hooks';
import type { ArrowView } from '../../lib/view/diagram.ts';
import { ALL_FINDINGS } from '../../lib/view/findings-page.ts';
import type { FlowUnjudged, FlowView } from '../../lib/view/flow-view.ts';
import { words } from '../../lib/view/words.ts';
import { compareWords } from '../../lib/view/words-compare.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';
import { findingsWords } from '../../lib/view/words-findings.ts';
import { FailedChecks, PassedFold, SECTION } from '../checks.tsx';
import { ClientTypeSwitch } from '../client-switch.tsx';
import { Icon } from '../icons.tsx';
import { usePopup } from '../popup-context.ts';
import { Rich } from '../rich.tsx';
import { Shape } from '../shape.tsx';
import { useInspector } from './context.ts';
import { Diagram, DiagramLegend } from './diagram.tsx';
import { PaneHead } from './panes.tsx';

export interface FlowPaneProps {
  readonly view: FlowView;
  /** Causes that were found and are muted. */
  readonly muted: number;
  /** Key of the selected arrow. */
  readonly selected: string | null;
  readonly open: ReadonlySet<string>;
  readonly onSelect: (arrow: ArrowView) => void;
  readonly onCopy: (arrow: ArrowView) => void;
}

/** Rows of a list before "Show all". */
const FIRST = 6;

/** One flow: what it is, its diagram, what was found and what could not be judged. */
export function FlowPane({ view, muted, selected, open, onSelect, onCopy }: FlowPaneProps) {
  const { actions } = usePopup();
  const { goTo } = useInspector();
  const lists = useRef<HTMLDivElement>(null);
  const { diagram, checks, client } = view;
  return (
    <>
      <PaneHead heading={view.title} detail={<Rich text={view.detail} />}>
        <button
          type="button"
          class="counts num"
          title={diagramWords.toFindings}
          onClick={() => lists.current?.scrollIntoView({ block: 'nearest' })}
        >
          {view.counts.map(({ mark, count }) => (
            <span key={mark}>
              <Shape mark={mark} />
              {count}
            </span>
          ))}
        </button>
        <button type="button" class="text-button" title={compareWords.actionMeans} onClick={() => goTo('compare')}>
          <Icon name="swap" />
          <span>{compareWords.action}</span>
        </button>
      </PaneHead>
      <div class="pane-scroll flow-scroll">
        <Diagram
          diagram={diagram}
          selected={selected}
          onSelect={onSelect}
          onCopy={onCopy}
          onFold={(fold) => actions.setOpen(fold.key, !fold.open)}
        />
        <div class="flow-lists" ref={lists}>
          <section aria-labelledby="flow-findings">
            <div class="list-head">
              <h2 id="flow-findings">{diagramWords.findings}</h2>
              <span class="faint">{diagramWords.findingsAt}</span>
            </div>
            <Found view={view} onSelect={onSelect} />
            {muted === 0 ? null : <Muted count={muted} />}
          </section>
          <section aria-labelledby="flow-unjudged">
            <div class="list-head">
              <h2 id="flow-unjudged">{diagramWords.unjudged}</h2>
              <span class="faint">{diagramWords.unjudgedHow}</span>
            </div>
            {client === null ? null : <ClientTypeSwitch client={client} />}
            {view.judged ? (
              <Unjudged items={view.unjudged} all={open.has(SECTION.unjudged)} />
            ) : (
              <p class="soft">{diagramWords.judging}</p>
            )}
          </section>
        </div>
        <FailedChecks items={checks.failedChecks} />
        <PassedFold items={checks.passed} open={open.has(SECTION.passed)} />
        <DiagramLegend diagram={diagram} />
      </div>
    </>
  );
}

function Found({ view, onSelect }: Pick<FlowPaneProps, 'view' | 'onSelect'>) {
  const { goTo, findings } = useInspector();
  // What rests on something beside the messages, as a request to another site, is told where causes are.
  const openCause = (cause: string) => {
    findings.value = { filter: ALL_FINDINGS, cause };
    goTo('findings');
  };
  if (!view.judged) return <p class="soft">{diagramWords.judging}</p>;
  if (view.findings.length === 0) return <p class="soft">{diagramWords.noFindings}</p>;
  return (
    <ul>
      {view.findings.map(({ finding, arrow }) => {
        const target = arrow === null ? undefined : view.diagram.arrows.find(({ key }) => key === arrow.key);
        return (
          <li key={finding.key}>
            <button
              type="button"
              class="list-row"
              data-row
              onClick={() => (target === undefined ? openCause(finding.key) : onSelect(target))}
            >
              <Shape mark={finding.severity} />
              <span class="grow">
                <Rich text={finding.title} />
              </span>
              <span class="num soft" title={arrow === null ? diagramWords.noArrowMeans : undefined}>
                {arrow?.number ?? diagramWords.noArrow}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** What is muted is not listed here again: the way to where it can be undone. */
function Muted({ count }: { readonly count: number }) {
  const { goTo, findings } = useInspector();
  return (
    <button
      type="button"
      class="list-row soft"
      data-row
      onClick={() => {
        findings.value = { filter: { ...ALL_FINDINGS, show: 'muted' }, cause: null };
        goTo('findings');
      }}
    >
      <Icon name="mute" />
      <span class="grow">{findingsWords.mutedHere(count)}</span>
    </button>
  );
}

function Unjudged({ items, all }: { readonly items: readonly FlowUnjudged[]; readonly all: boolean }) {
  const { actions } = usePopup();
  if (items.length === 0) return <p class="soft">{diagramWords.allJudged}</p>;
  const folds = items.length > FIRST + 1;
  return (
    <>
      <UnjudgedRows items={folds && !all ? items.slice(0, FIRST) : items} />
      {folds ? (
        <button
          type="button"
          class="link soft"
          data-row
          aria-expanded={all}
          onClick={() => actions.setOpen(SECTION.unjudged, !all)}
        >
          {all ? words.passed.showFewer : words.passed.showAll(items.length)}
        </button>
      ) : null}
    </>
  );
}

/** What could not be judged, and beside it what would show it. */
export function UnjudgedRows({ items }: { readonly items: readonly FlowUnjudged[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li class="list-row" key={item.rule} title={item.needs}>
          <Shape mark="cannotTell" silent />
          <span class="grow">
            <Rich text={item.subject} />
          </span>
          <span class="soft" title={item.how}>
            {item.shownBy}
          </span>
        </li>
      ))}
    </ul>
  );
}
