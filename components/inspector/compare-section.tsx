import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  type CellView,
  type CompareChoice,
  type CompareRow,
  type CompareStep,
  type CompareView,
  compareChoices,
  compareView,
  counterpart,
  type VerdictRow,
} from '../../lib/view/compare.ts';
import { flowByKey } from '../../lib/view/flow-view.ts';
import { words } from '../../lib/view/words.ts';
import { compareWords } from '../../lib/view/words-compare.ts';
import { inspectorWords } from '../../lib/view/words-inspector.ts';
import { CopyButton } from '../copy-button.tsx';
import { Icon } from '../icons.tsx';
import { Menu } from '../menu.tsx';
import { usePopup } from '../popup-context.ts';
import { Rich } from '../rich.tsx';
import { Shape } from '../shape.tsx';
import { useInspector } from './context.ts';
import { OpenFinding } from './open-finding.tsx';
import { PaneHead } from './panes.tsx';
import { ValueMark } from './value-mark.tsx';

const w = compareWords;

/** Two flows side by side: the one that works and the one that fails. B is the flow that "Flows" shows. */
export function CompareSection() {
  const { model, place } = useInspector();
  const { data } = model.value;
  const { flow, other = null } = place.value;
  const choices = useMemo(() => (data === null ? [] : compareChoices(data)), [data]);
  const view = useMemo(() => {
    if (data === null) return null;
    const second = flowByKey(data, flow) ?? flowByKey(data, choices[0]?.key ?? null);
    const chosen = flowByKey(data, other);
    const first = second === null || (chosen !== null && chosen !== second) ? chosen : counterpart(data, second);
    return first === null || second === null ? null : compareView(data, first, second);
  }, [data, flow, other, choices]);
  const choose = (a: string, b: string) => {
    place.value = { flow: b, row: null, other: a };
  };
  if (data === null) return <p class="column-page no-match soft">{inspectorWords.error.reading}…</p>;
  if (view === null) {
    return (
      <div class="column-page no-match">
        <h1>{w.empty}</h1>
        <p class="soft">{w.emptyNext}</p>
      </div>
    );
  }
  return <Comparison view={view} choices={choices} onChoose={choose} />;
}

interface ComparisonProps {
  readonly view: CompareView;
  readonly choices: readonly CompareChoice[];
  readonly onChoose: (a: string, b: string) => void;
}

function Comparison({ view, choices, onChoose }: ComparisonProps) {
  const { open } = useInspector();
  const all = useSignal(false);
  const { a, b } = view;
  return (
    <div class="compare">
      <section class="pane" aria-label={w.label}>
        <PaneHead heading={view.heading} detail={<Rich text={view.detail} />}>
          <fieldset class="segments compare-rows">
            <legend class="spoken">{w.label}</legend>
            {[true, false].map((every) => (
              <label class="segment" key={String(every)}>
                <input
                  type="radio"
                  name="compare-rows"
                  checked={all.value === every}
                  onChange={() => {
                    all.value = every;
                  }}
                />
                <span>{every ? w.all : w.differences}</span>
              </label>
            ))}
          </fieldset>
        </PaneHead>
        <div class="pane-scroll">
          <div class="compare-head">
            <button
              type="button"
              class="icon-button"
              aria-label={w.swap}
              title={w.swap}
              onClick={() => onChoose(b.key, a.key)}
            >
              <Icon name="swap" />
            </button>
            <Side side={w.sides.a} chosen={a} choices={choices} onChoose={(key) => onChoose(key, b.key)} />
            <Side side={w.sides.b} chosen={b} choices={choices} onChoose={(key) => onChoose(a.key, key)} />
          </div>
          <ol class="compare-steps">
            {view.steps.map((step) => (
              <Step key={step.key} step={step} all={all.value} open={open.value} />
            ))}
            {view.more === 0 ? null : <li class="compare-line soft">{w.more(view.more)}</li>}
          </ol>
        </div>
        <ul class="legend compare-legend" aria-label={w.legend}>
          {(['differs', 'fresh', 'same'] as const).map((sign) => (
            <li key={sign}>
              <span class={`sign ${sign}`}>{w.signs[sign]}</span>
              {w.signMeans[sign]}
            </li>
          ))}
        </ul>
      </section>
      <section class="pane compare-verdicts" aria-label={w.verdicts}>
        <div class="pane-scroll">
          {view.finding === null ? null : <OpenFinding finding={view.finding} />}
          <Verdicts rows={view.verdicts} same={view.sameVerdicts} />
        </div>
        <div class="list-foot">
          <CopyButton label={w.copy} done={words.finding.copied} text={() => view.markdown} caption={w.copy} />
        </div>
      </section>
    </div>
  );
}

interface SideProps {
  readonly side: string;
  readonly chosen: CompareChoice;
  readonly choices: readonly CompareChoice[];
  readonly onChoose: (key: string) => void;
}

/** Enough to find the flow that one means; the list of flows has all of them. */
const MOST_CHOICES = 30;

function Side({ side, chosen, choices, onChoose }: SideProps) {
  return (
    <div class="compare-side">
      <span class="side-letter" aria-hidden="true">
        {side}
      </span>
      <Menu
        label={w.choose(side)}
        buttonClass="side-button"
        button={
          <>
            <Shape mark={chosen.mark} />
            <span class="side-name">
              <span class="clip strong num" dir="ltr">
                {chosen.name}
              </span>
              <span class="clip soft">{chosen.what}</span>
            </span>
            <Icon name="down" />
          </>
        }
        items={choices.slice(0, MOST_CHOICES).map((choice) => ({
          key: choice.key,
          act: () => onChoose(choice.key),
          chosen: choice.key === chosen.key,
          content: (
            <>
              <Shape mark={choice.mark} />
              <span class="grow num">
                {choice.name}
                <br />
                <span class="faint">{choice.what}</span>
              </span>
            </>
          ),
        }))}
      />
    </div>
  );
}

interface StepProps {
  readonly step: CompareStep;
  readonly all: boolean;
  readonly open: ReadonlySet<string>;
}

function Step({ step, all, open }: StepProps) {
  const { actions } = usePopup();
  const key = `compare:${step.key}`;
  const every = all || open.has(key);
  const same = step.rows.filter(({ sign }) => sign === 'same');
  const rows = every ? step.rows : step.rows.filter(({ sign }) => sign !== 'same');
  const parted = step.a === null || step.b === null;
  return (
    <li class="compare-step">
      <div class={parted ? 'compare-line differs' : 'compare-line'}>
        <span class="compare-name">
          <span class="sign num">{step.number}</span>
          <h2>{step.name}</h2>
        </span>
        {[step.a, step.b].map((line, index) => (
          <span class="compare-cell" key={index} data-side={index === 0 ? w.sides.a : w.sides.b}>
            {line === null ? <span class="soft">{w.notReached}</span> : <span dir="ltr">{line}</span>}
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <Row key={row.key} row={row} />
      ))}
      {same.length === 0 || all ? null : (
        <div class="compare-line">
          <span class="compare-name">
            <span class="sign same" aria-hidden="true">
              {w.signs.same}
            </span>
            <button
              type="button"
              class="link soft"
              data-row
              aria-expanded={every}
              onClick={() => actions.setOpen(key, !every)}
            >
              {every ? words.passed.showFewer : w.same(same.length)}
            </button>
          </span>
        </div>
      )}
    </li>
  );
}

function Row({ row }: { readonly row: CompareRow }) {
  return (
    <div class={`compare-line ${row.sign}`}>
      <span class="compare-name">
        <span class={`sign ${row.sign}`} role="img" aria-label={w.signMeans[row.sign]}>
          {w.signs[row.sign]}
        </span>
        <code dir="ltr">{row.name}</code>
      </span>
      <Cell cell={row.a} side={w.sides.a} />
      <Cell cell={row.b} side={w.sides.b} />
    </div>
  );
}

function Cell({ cell, side }: { readonly cell: CellView | null; readonly side: string }) {
  if (cell === null) {
    return (
      <span class="compare-cell soft" data-side={side}>
        {w.none}
      </span>
    );
  }
  const { value, from, to, mark, note } = cell;
  return (
    <span class="compare-cell" data-side={side}>
      {mark === null ? null : <ValueMark mark={mark} />}
      <code dir="ltr">
        {value.slice(0, from)}
        {from === to ? null : <mark>{value.slice(from, to)}</mark>}
        {value.slice(to)}
      </code>
      {note === null ? null : <span class="faint">{note}</span>}
    </span>
  );
}

function Verdicts({ rows, same }: { readonly rows: readonly VerdictRow[]; readonly same: number }) {
  if (rows.length === 0) return <p class="compare-same soft">{w.allVerdicts}</p>;
  const mark = (of: VerdictRow['a']) =>
    of === null ? (
      <span class="faint" title={w.notApplicable}>
        –<span class="spoken">{w.notApplicable}</span>
      </span>
    ) : (
      <Shape mark={of} />
    );
  return (
    <>
      <table class="verdict-table">
        <thead>
          <tr>
            <th scope="col">{w.verdicts}</th>
            <th scope="col">{w.sides.a}</th>
            <th scope="col">{w.sides.b}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.rule}>
              <td>
                <Rich text={row.subject} />
              </td>
              <td>{mark(row.a)}</td>
              <td>{mark(row.b)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="compare-same soft">{w.otherVerdicts(same)}</p>
    </>
  );
}
