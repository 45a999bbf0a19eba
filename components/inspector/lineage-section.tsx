import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  type LaneView,
  lineageBase,
  type ValueGroup,
  type ValueLife,
  valueGroups,
  valueLife,
} from '../../lib/view/lineage.ts';
import { lineageWords } from '../../lib/view/words-lineage.ts';
import { FindingBody } from '../finding-body.tsx';
import { Rich } from '../rich.tsx';
import { Shape, ShapeAt } from '../shape.tsx';
import { useInspector } from './context.ts';
import { MoreRows } from './more-rows.tsx';
import { MuteHere } from './mute-form.tsx';
import { type Front, PaneHead, PaneSearch, Panes } from './panes.tsx';
import { ValueMark } from './value-mark.tsx';

/** Rows that are shown before "Show more". */
const FIRST = 200;

/** Every secret value and its life: issued where, kept, sent, leaked, ended. */
export function LineageSection() {
  const { data } = useInspector().model.value;
  const base = useMemo(() => (data === null ? null : lineageBase(data)), [data]);
  const front = useSignal<Front>('list');
  const chosen = useSignal<string | null>(null);
  const query = useSignal('');
  if (base === null || data === null) return null;
  const groups = valueGroups(base, query.value);
  const life = valueLife(base, chosen.value ?? groups[0]?.values[0]?.key ?? null);
  return (
    <Panes
      names={lineageWords.panes}
      front={front.value}
      onFront={(next) => {
        front.value = next;
      }}
      list={
        <>
          <PaneSearch
            query={query.value}
            label={lineageWords.search}
            looksAt={lineageWords.looksAt}
            onQuery={(next) => {
              query.value = next;
            }}
          />
          <Values
            groups={groups}
            chosen={life?.row.key ?? null}
            onChoose={(key) => {
              chosen.value = key;
              front.value = 'middle';
            }}
          />
        </>
      }
      middle={
        life === null ? <Empty judged={data.judged} filtered={query.value.trim() !== ''} /> : <Life life={life} />
      }
      detail={life === null ? null : <Findings life={life} />}
    />
  );
}

function Empty({ judged, filtered }: { readonly judged: boolean; readonly filtered: boolean }) {
  const w = lineageWords.empty;
  return (
    <div class="verdict">
      <h1>{judged ? (filtered ? w.filtered : w.heading) : lineageWords.judging}</h1>
      {judged ? <p class="soft">{filtered ? w.filteredText : w.text}</p> : null}
    </div>
  );
}

interface ValuesProps {
  readonly groups: readonly ValueGroup[];
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}

function Values({ groups, chosen, onChoose }: ValuesProps) {
  const most = useSignal(FIRST);
  let left = most.value;
  const all = groups.reduce((sum, { values }) => sum + values.length, 0);
  return (
    <div class="pane-scroll">
      {groups.map(({ key, title, values }) => {
        const shown = values.slice(0, Math.max(0, left));
        left -= shown.length;
        return shown.length === 0 ? null : (
          <section key={key} aria-label={title}>
            <h2 class="flow-group">{title}</h2>
            <ul>
              {shown.map((row) => (
                <li key={row.key}>
                  <button
                    type="button"
                    class="lineage-row"
                    data-row
                    aria-current={row.key === chosen}
                    onClick={() => onChoose(row.key)}
                  >
                    <ValueMark mark={row.mark} />
                    <span class="grow">
                      <span class="strong">{row.kind}</span>
                      <code class="soft clip">{row.masked}</code>
                      <span class="soft num">{row.says}</span>
                    </span>
                    <Shape mark={row.shape} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <MoreRows most={most} step={FIRST} all={all} />
    </div>
  );
}

function Life({ life }: { readonly life: ValueLife }) {
  const { row, detail, facts } = life;
  return (
    <>
      <PaneHead
        heading={
          <span class="lineage-name">
            <ValueMark mark={row.mark} />
            <span>{row.kind}</span>
            <code class="lineage-value">{row.masked}</code>
          </span>
        }
        detail={<Rich text={detail} />}
      >
        <dl class="lineage-facts num">
          {facts.map(({ label, text, bad }) => (
            <div key={label}>
              <dt class="soft">{label}</dt>
              <dd class={bad ? 'strong bad' : 'strong'}>{text}</dd>
            </div>
          ))}
        </dl>
      </PaneHead>
      <div class="pane-scroll">
        <Lanes life={life} />
        <Sightings life={life} />
      </div>
      <Legend />
    </>
  );
}

/** How the strokes of a life are drawn: what passes is upright, what lasts lies. */
const STROKES = [
  { name: 'once', draws: 'once', width: 4, height: 12 },
  { name: 'kept', draws: 'lasts', width: 28, height: 6 },
  { name: 'ahead', draws: 'lasts ahead', width: 28, height: 6 },
] as const;

function Legend() {
  return (
    <ul class="legend lineage-legend">
      {STROKES.map(({ name, draws, width, height }) => (
        <li key={name}>
          <svg width={width} height={height} aria-hidden="true">
            {draws === 'once' ? (
              <line class={draws} x1={width / 2} x2={width / 2} y1="0" y2={height} />
            ) : (
              <line class={draws} x1="0" x2={width} y1={height / 2} y2={height / 2} />
            )}
          </svg>
          {lineageWords.legend[name]}
        </li>
      ))}
      <li>{lineageWords.matched}</li>
    </ul>
  );
}

/** Drawn by hundredths, so that no row depends on the width. */
function Lanes({ life }: { readonly life: ValueLife }) {
  const { lanes, axis, now } = life;
  return (
    <div class="life-lanes">
      <div class="life-lane axis num" aria-hidden="true">
        <span />
        <span />
        <svg aria-hidden="true">
          {axis.map(({ at, text }, index) => (
            <text
              key={index}
              x={`${at * 100}%`}
              y="14"
              text-anchor={at > 0.9 ? 'end' : at < 0.1 ? 'start' : 'middle'}
              class={text === lineageWords.lanes.now ? 'strong' : ''}
            >
              {text}
            </text>
          ))}
        </svg>
      </div>
      <ul aria-label={lineageWords.lanes.label}>
        {lanes.map((lane) => (
          <li class={`life-lane ${lane.kind}`} key={lane.key}>
            <span class="soft">{lane.step}</span>
            <span class="life-place">
              <code class="clip" title={lane.place}>
                {lane.place}
              </code>
              <span class={lane.kind === 'leaked' ? 'bad num' : 'soft num'}>{lane.says}</span>
            </span>
            <LaneLine lane={lane} now={now} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Marks that a line has room for. */
const MOST_MARKS = 300;

function LaneLine({ lane, now }: { readonly lane: LaneView; readonly now: number | null }) {
  const x = (at: number): string => `${at * 100}%`;
  return (
    <svg aria-hidden="true">
      {now === null ? null : (
        <>
          <rect class="future" x={x(now)} y="0" width={x(1 - now)} height="100%" />
          <line class="now" x1={x(now)} x2={x(now)} y1="0" y2="100%" />
        </>
      )}
      {lane.marks.slice(0, MOST_MARKS).map(({ at, to, ahead, shape }, index) => (
        <g key={index}>
          {to === null ? null : (
            <line class={ahead ? 'lasts ahead' : 'lasts'} x1={x(at)} x2={x(to)} y1="50%" y2="50%" />
          )}
          {shape !== null ? (
            <ShapeAt mark={shape} x={x(at)} />
          ) : to === null ? (
            <line class="once" x1={x(at)} x2={x(at)} y1="28%" y2="72%" />
          ) : null}
        </g>
      ))}
    </svg>
  );
}

function Sightings({ life }: { readonly life: ValueLife }) {
  const { goTo } = useInspector();
  const most = useSignal(FIRST);
  const w = lineageWords.sightings;
  const { sightings } = life;
  return (
    <section class="sightings">
      <div class="section-head">
        <h2>{w.heading}</h2>
        <span class="soft num">{w.by(sightings.length)}</span>
      </div>
      <table>
        <thead>
          <tr class="soft">
            <th scope="col">{w.time}</th>
            <th scope="col">
              <span class="spoken">{w.shape}</span>
            </th>
            <th scope="col">{w.where}</th>
            <th scope="col">{w.as}</th>
            <th scope="col" class="sighting-message">
              {w.flow}
            </th>
          </tr>
        </thead>
        <tbody>
          {sightings.slice(0, most.value).map(({ key, time, where, as, leak, shape, flow, arrow }) => (
            <tr key={key} class={leak ? 'leak' : ''}>
              <td class="num">{time}</td>
              <td>{shape === null ? null : <Shape mark={shape} />}</td>
              <td>
                <code>{where}</code>
                {leak ? <span class="bad"> {lineageWords.lanes.leaked}</span> : null}
              </td>
              <td>{as}</td>
              <td class="sighting-message num">
                {flow === null ? null : (
                  <button
                    type="button"
                    class="link"
                    data-row
                    aria-label={arrow === null ? w.openFlow : w.openMessage(arrow.number)}
                    onClick={() => goTo('flows', { flow, row: arrow?.key ?? null })}
                  >
                    {arrow?.number ?? w.open}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <MoreRows most={most} step={FIRST} all={sightings.length} />
    </section>
  );
}

function Findings({ life }: { readonly life: ValueLife }) {
  const w = lineageWords.findings;
  return (
    <div class="pane-scroll">
      {life.findings.length === 0 ? (
        <div class="verdict">
          <h2>{w.heading}</h2>
          <p class="soft">{w.none}</p>
        </div>
      ) : null}
      {life.findings.map((finding) => (
        <article class="finding-card" key={finding.key}>
          <header>
            <Shape mark={finding.severity} />
            <h2>
              <Rich text={finding.title} />
            </h2>
          </header>
          <div class="finding-card-body">
            <FindingBody finding={finding}>
              <MuteHere mutes={finding.mutes} />
            </FindingBody>
          </div>
        </article>
      ))}
      {life.open.length === 0 ? null : (
        <section class="value-open" aria-label={lineageWords.open.heading}>
          <h2>{lineageWords.open.heading}</h2>
          <ul>
            {life.open.map(({ what, why }) => (
              <li key={what}>
                <Shape mark="cannotTell" silent />
                <p>
                  {what} <span class="soft">{why}</span>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
