import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ArrowView, DiagramView, FoldView, Lane, LaneView, Line, RowView } from '../../lib/view/diagram.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';
import { isCopyKey } from '../keyboard.ts';
import { Shape } from '../shape.tsx';
import { ValueMark } from './value-mark.tsx';
import { remOf, WindowRows } from './window-rows.tsx';

export interface DiagramProps {
  readonly diagram: DiagramView;
  /** Key of the selected arrow. */
  readonly selected: string | null;
  readonly onSelect: (arrow: ArrowView) => void;
  readonly onFold: (fold: FoldView) => void;
  readonly onCopy: (arrow: ArrowView) => void;
}

/** Height of a row and where its arrow lies, in rem. */
const ROW = 3;
const ARROW = 2.25;

const keyOf = (row: RowView): string => row.key;
const heightOf = (): number => ROW;

/** Where the lanes stand, in pixels, and how a row is measured. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly arrow: number;
  readonly rem: number;
  /** Where labels may begin: right of number and time. */
  readonly labels: number;
  readonly x: ReadonlyMap<Lane, number>;
}

/** Beside the lanes there is room for number and time; in a narrow window for the number alone. */
function layoutOf(lanes: readonly LaneView[], width: number, rem: number): Layout {
  const narrow = width < 34 * rem;
  const from = (narrow ? 3.25 : 8.75) * rem;
  const to = width - (narrow ? 2.25 : 5.25) * rem;
  const step = lanes.length < 2 ? 0 : (to - from) / (lanes.length - 1);
  return {
    width,
    height: ROW * rem,
    arrow: ARROW * rem,
    rem,
    labels: (narrow ? 2.25 : 6.75) * rem,
    x: new Map(lanes.map(({ lane }, index) => [lane, Math.round(from + index * step)])),
  };
}

/** The sequence diagram: who takes part above, below each message an arrow that can be selected. */
export function Diagram({ diagram, selected, onSelect, onFold, onCopy }: DiagramProps) {
  const root = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, rem: 16 });
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth: width } = element;
      const rem = remOf();
      const before = size.peek();
      if (width !== before.width || rem !== before.rem) size.value = { width, rem };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);
  const layout = layoutOf(diagram.lanes, size.value.width, size.value.rem);
  return (
    <div class="diagram" ref={root}>
      <ul class="lanes" aria-label={diagramWords.lanesLabel}>
        {diagram.lanes.map(({ lane, name, host }) => (
          <li key={lane} style={laneStyle(diagram.lanes, lane, layout)}>
            <span class="strong">{name}</span>
            <span class="soft" title={host} dir="ltr">
              {host}
            </span>
          </li>
        ))}
      </ul>
      {layout.width === 0 ? null : (
        <WindowRows
          rows={diagram.rows}
          label={diagramWords.messages}
          keyOf={keyOf}
          heightOf={heightOf}
          render={(row) =>
            row.is === 'fold' ? (
              <Fold fold={row} layout={layout} onFold={onFold} />
            ) : (
              <Arrow
                arrow={row}
                layout={layout}
                selected={row.key === selected}
                onSelect={() => onSelect(row)}
                onCopy={() => onCopy(row)}
              />
            )
          }
        />
      )}
    </div>
  );
}

/** Half of the widest name of a lane, in rem. */
const ENOUGH = 4.5;

/** A head is as wide as the distance between two lanes; at the edge it stays inside. */
function laneStyle(lanes: readonly LaneView[], lane: Lane, { x, width, rem }: Layout) {
  const centre = x.get(lane) ?? 0;
  const [first = 0, second = width] = [...x.values()];
  const wide = Math.min(width, lanes.length < 2 ? width : second - first);
  const half = Math.min(wide / 2, centre, width - centre);
  if (half > ENOUGH * rem || wide / 2 - half < rem / 2)
    return { left: `${centre - half}px`, width: `${2 * half}px`, textAlign: 'center' };
  const left = Math.min(Math.max(0, centre - wide / 2), width - wide);
  return { left: `${left}px`, width: `${wide}px`, textAlign: left < centre - wide / 2 ? 'right' : 'left' };
}

/** Widths of a letter of the label and of what stands beside it, in rem. */
const LETTER = 0.4525;
const BESIDE = 2;
const MARK = 1.625;

/** Around the middle of the arrow, moved as far as it must be to stay inside. */
function labelStyle({ label, secrets }: ArrowView, middle: number, { width, rem, labels }: Layout) {
  const wide = (label.length * LETTER + BESIDE + secrets.length * MARK) * rem;
  const left = Math.max(labels, Math.min(middle - wide / 2, width - 8 - wide));
  return { left: `${left}px`, maxWidth: `${width - 8 - left}px` };
}

function Lifelines({ x, height }: Layout) {
  return (
    <>
      {[...x].map(([lane, at]) => (
        <line key={lane} class="lifeline" x1={at + 0.5} x2={at + 0.5} y1="0" y2={height} />
      ))}
    </>
  );
}

interface ArrowProps {
  readonly arrow: ArrowView;
  readonly layout: Layout;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onCopy: () => void;
}

const MARKED: ReadonlySet<string> = new Set(['high', 'medium', 'low']);

function Arrow({ arrow, layout, selected, onSelect, onCopy }: ArrowProps) {
  const { number, at, label, mark, secrets, third, line, spoken } = arrow;
  const from = layout.x.get(arrow.from) ?? 0;
  const to = layout.x.get(arrow.to) ?? 0;
  const middle = (from + to) / 2;
  const [first, ...more] = third;
  return (
    <button
      type="button"
      class="arrow-row"
      data-row
      aria-current={selected ? 'true' : undefined}
      title={label}
      onClick={onSelect}
      onKeyDown={(event) => {
        if (!isCopyKey(event)) return;
        event.preventDefault();
        onCopy();
      }}
    >
      <span class="spoken">{spoken}</span>
      <svg class="arrow-lines" width={layout.width} height={layout.height} aria-hidden="true">
        <Lifelines {...layout} />
        <g class={`arrow ${line} ${MARKED.has(mark) ? mark : ''}`}>
          <ArrowLine line={line} from={from} to={to} y={layout.arrow} />
        </g>
        {first === undefined ? null : (
          <line class="third-line" x1={to + 5} x2={to + 22} y1={layout.arrow} y2={layout.arrow} />
        )}
      </svg>
      <span class="arrow-number num" aria-hidden="true">
        {number}
      </span>
      <span class="arrow-time num" aria-hidden="true">
        {at ?? ''}
      </span>
      <span class="arrow-label" style={labelStyle(arrow, middle, layout)} aria-hidden="true">
        <Shape mark={mark} silent />
        <code dir="ltr">{label}</code>
        {secrets.map((own) => (
          <ValueMark key={own} mark={own} />
        ))}
      </span>
      {first === undefined ? null : (
        <span
          class="third-party"
          style={{ left: `${to + 26}px`, maxWidth: `${layout.width - to - 34}px` }}
          title={diagramWords.thirdMeans(third.map(({ host }) => host).join(', '))}
          aria-hidden="true"
        >
          {diagramWords.hosts(first.text, more.length)}
        </span>
      )}
    </button>
  );
}

/** Front: one line. Back channel: two. Inferred: dashed, with an open head. */
function ArrowLine({ line, from, to, y }: { readonly line: Line; readonly from: number; to: number; y: number }) {
  const right = to > from;
  const sign = right ? 1 : -1;
  const [start, tip] = [from + 4 * sign, to - 4 * sign];
  if (line === 'inferred') {
    return (
      <>
        <path class="dashed" d={`M${start} ${y}H${tip}`} />
        <path class="open-head" d={`M${tip - 7 * sign} ${y - 4.5}L${tip} ${y}L${tip - 7 * sign} ${y + 4.5}`} />
      </>
    );
  }
  const end = tip - 6 * sign;
  return (
    <>
      {line === 'front' ? (
        <path class="single" d={`M${start} ${y}H${end}`} />
      ) : (
        <path class="double" d={`M${start} ${y - 1.75}H${end}M${start} ${y + 1.75}H${end}`} />
      )}
      <path class="head" d={`M${tip - 9 * sign} ${y - 5}L${tip} ${y}L${tip - 9 * sign} ${y + 5}Z`} />
    </>
  );
}

interface FoldProps {
  readonly fold: FoldView;
  readonly layout: Layout;
  readonly onFold: (fold: FoldView) => void;
}

/** A pause is told; a stretch that hides arrows opens. */
function Fold({ fold, layout, onFold }: FoldProps) {
  const from = layout.x.get(fold.from) ?? 0;
  const to = layout.x.get(fold.to) ?? 0;
  const middle = (from + to) / 2;
  const place = {
    left: `${middle}px`,
    maxWidth: `${2 * Math.min(middle - 8, layout.width - middle - 8)}px`,
    minWidth: `${Math.max(0, Math.abs(to - from) - 32)}px`,
  };
  return (
    <div class="fold-row">
      <svg class="arrow-lines" width={layout.width} height={layout.height} aria-hidden="true">
        <Lifelines {...layout} />
      </svg>
      {fold.hides === 0 ? (
        <span class="fold-pill num" style={place}>
          {fold.text}
        </span>
      ) : (
        <button
          type="button"
          class="fold-pill num"
          data-row
          style={place}
          aria-expanded={fold.open}
          onClick={() => onFold(fold)}
        >
          {fold.text}
        </button>
      )}
    </div>
  );
}

/** How the three lines and the marks are to be read. */
export function DiagramLegend({ diagram }: { readonly diagram: DiagramView }) {
  const lines = (['front', 'back', 'inferred'] as const).filter((line) =>
    diagram.arrows.some((arrow) => arrow.line === line),
  );
  return (
    <ul class="legend">
      {lines.map((line) => (
        <li key={line} title={diagramWords.linesMean[line]}>
          <svg width="28" height="10" aria-hidden="true" class={`arrow ${line}`}>
            {line === 'inferred' ? (
              <path class="dashed" d="M0 5H28" />
            ) : line === 'front' ? (
              <path class="single" d="M0 5H28" />
            ) : (
              <path class="double" d="M0 3.25H28M0 6.75H28" />
            )}
          </svg>
          {diagramWords.lines[line]}
        </li>
      ))}
      <li class="grow" aria-hidden="true" />
      {diagram.kinds.map((letter) => (
        <li key={letter} title={diagramWords.secretMeans(diagramWords.secrets[letter])}>
          <span class={`value-mark mark-${letter}`}>{letter}</span>
          {diagramWords.secrets[letter]}
        </li>
      ))}
    </ul>
  );
}
