import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import {
  ALL_FINDINGS,
  baselineOf,
  type CauseDetail,
  type CauseGroup,
  type CauseView,
  causeDetail,
  type FindingsBase,
  type FindingsFilter,
  type FindingsPage,
  findingsBase,
  findingsPage,
  GROUPINGS,
  type Show,
} from '../../lib/view/findings-page.ts';
import { plainText } from '../../lib/view/text.ts';
import { words } from '../../lib/view/words.ts';
import { findingsWords } from '../../lib/view/words-findings.ts';
import { FailedChecks, UnjudgedList } from '../checks.tsx';
import { FindingBody } from '../finding-body.tsx';
import { Icon } from '../icons.tsx';
import { Rich } from '../rich.tsx';
import { Segments } from '../segments.tsx';
import { Shape } from '../shape.tsx';
import { useInspector } from './context.ts';
import { MoreRows } from './more-rows.tsx';
import { MuteForm } from './mute-form.tsx';
import { type Front, PaneHead, PaneSearch, Panes } from './panes.tsx';

/** Groups and places that are shown before "Show more". */
const FIRST = 100;

/** What was found, by cause; what the person decided about it. */
export function FindingsSection() {
  const { model, findings } = useInspector();
  const { data, decisions } = model.value;
  const base = useMemo(() => (data === null ? null : findingsBase(data, decisions)), [data, decisions]);
  const front = useSignal<Front>(findings.peek().cause === null ? 'middle' : 'detail');
  if (base === null) return null;
  const { filter, cause } = findings.value;
  const page = findingsPage(base, filter);
  const lists = filter.show !== 'gone' && filter.show !== 'unjudged';
  const detail = lists ? causeDetail(base, cause) : null;
  const change = (part: Partial<FindingsFilter>) => {
    findings.value = { ...findings.value, filter: { ...filter, ...part } };
  };
  const choose = (key: string) => {
    findings.value = { ...findings.value, cause: key };
    front.value = 'detail';
  };
  return (
    <Panes
      names={findingsWords.panes}
      front={front.value}
      onFront={(next) => {
        front.value = next;
      }}
      list={
        <Filters
          page={page}
          filter={filter}
          onChange={(part) => {
            change(part);
            if (part.query === undefined) front.value = 'middle';
          }}
        />
      }
      middle={<List base={base} page={page} filter={filter} chosen={cause} onChange={change} onChoose={choose} />}
      detail={detail === null ? null : <Detail key={detail.finding.key} detail={detail} />}
    />
  );
}

interface FiltersProps {
  readonly page: FindingsPage;
  readonly filter: FindingsFilter;
  readonly onChange: (part: Partial<FindingsFilter>) => void;
}

function Filters({ page, filter, onChange }: FiltersProps) {
  const { actions } = useInspector();
  const w = findingsWords;
  return (
    <>
      <PaneSearch query={filter.query} label={w.search} looksAt={w.looksAt} onQuery={(query) => onChange({ query })} />
      <div class="pane-scroll">
        <FacetList label={w.show.label}>
          {page.show.map(({ id, label, count }) => (
            <FacetRow key={id} on={filter.show === id} count={count} onPress={() => onChange({ show: id })}>
              {label}
            </FacetRow>
          ))}
        </FacetList>
        {page.severities.length === 0 ? null : (
          <FacetList label={w.severity}>
            {page.severities.map(({ id, count }) => (
              <FacetRow
                key={id}
                on={filter.severity === id}
                count={count}
                onPress={() => onChange({ severity: filter.severity === id ? null : id })}
              >
                <Shape mark={id} silent />
                <span>{words.mark[id]}</span>
              </FacetRow>
            ))}
          </FacetList>
        )}
        {page.clients.length === 0 ? null : (
          <FacetList label={w.client}>
            {page.clients.map(({ id, label, count }) => (
              <FacetRow
                key={id}
                on={filter.client === id}
                count={count}
                onPress={() => onChange({ client: filter.client === id ? null : id })}
              >
                <span class="clip">{label}</span>
              </FacetRow>
            ))}
          </FacetList>
        )}
        <FacetList label={w.profile.label}>
          {page.profiles.map(({ id, label, chosen }) => (
            <FacetRow key={id} on={chosen} title={w.profile.means} onPress={() => actions.setProfile(id)}>
              {label}
            </FacetRow>
          ))}
        </FacetList>
      </div>
    </>
  );
}

function FacetList({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <>
      <h2 class="pane-label">{label}</h2>
      <ul class="facets">{children}</ul>
    </>
  );
}

interface FacetRowProps {
  readonly on: boolean;
  readonly count?: number;
  readonly title?: string;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

function FacetRow({ on, count, title, onPress, children }: FacetRowProps) {
  return (
    <li>
      <button type="button" class="facet" data-row aria-pressed={on} title={title} onClick={onPress}>
        <span class="facet-name">{children}</span>
        {count === undefined ? null : <span class="num">{count.toLocaleString('en')}</span>}
      </button>
    </li>
  );
}

interface ListProps {
  readonly base: FindingsBase;
  readonly page: FindingsPage;
  readonly filter: FindingsFilter;
  readonly chosen: string | null;
  readonly onChange: (part: Partial<FindingsFilter>) => void;
  readonly onChoose: (key: string) => void;
}

function List({ base, page, filter, chosen, onChange, onChoose }: ListProps) {
  const { open } = useInspector();
  const w = findingsWords;
  return (
    <>
      <PaneHead heading={page.heading} detail={page.detail}>
        {filter.show === 'open' || filter.show === 'new' ? (
          <Segments
            label={w.by.label}
            quiet
            options={GROUPINGS.map((value) => ({ value, label: w.by[value] }))}
            chosen={filter.by}
            onChoose={(by) => onChange({ by })}
          />
        ) : null}
      </PaneHead>
      <BaselineBar base={base} page={page} filter={filter} onShow={(show) => onChange({ show })} />
      <div class="pane-scroll" key={filter.show}>
        {page.empty === null ? null : <Empty empty={page.empty} onChange={onChange} />}
        <Causes groups={page.groups} chosen={chosen} onChoose={onChoose} />
        <Muted page={page} />
        {page.gone.map(({ key, title, place, says }) => (
          <div class="decided" key={key}>
            <Shape mark="pass" silent />
            <div class="grow">
              <h2>
                <Rich text={title} />
              </h2>
              <p class="soft">{place}</p>
              <p class="soft">{says}</p>
            </div>
          </div>
        ))}
        {page.unjudged.length === 0 ? null : (
          <div class="unjudged-page">
            <UnjudgedList groups={page.unjudged} open={open.value} />
          </div>
        )}
        <FailedChecks items={page.failedChecks} />
      </div>
    </>
  );
}

interface BaselineBarProps extends Pick<ListProps, 'base' | 'page' | 'filter'> {
  readonly onShow: (show: Show) => void;
}

function BaselineBar({ base, page, filter, onShow }: BaselineBarProps) {
  const { actions } = useInspector();
  const w = findingsWords.baseline;
  const { baseline } = page;
  return (
    <div class="baseline num">
      <Icon name="flag" />
      {baseline === null ? (
        <span class="grow soft">{w.none}</span>
      ) : (
        <span class="grow" title={baseline.time.exact}>
          {w.text(baseline.time.text)} <span class="strong">{w.fresh(baseline.fresh)}</span>
          {w.rest(baseline.known, baseline.gone)}
        </span>
      )}
      {baseline === null ? null : (
        <>
          <label class="only-new">
            <input
              type="checkbox"
              checked={filter.show === 'new'}
              onChange={(event) => onShow(event.currentTarget.checked ? 'new' : 'open')}
            />
            <span>{w.onlyNew}</span>
          </label>
          <button type="button" class="text-button" onClick={actions.forgetBaseline}>
            {w.forget}
          </button>
        </>
      )}
      <button type="button" class="button small" onClick={() => actions.setBaseline(baselineOf(base))}>
        {baseline === null ? w.set : w.setNew}
      </button>
    </div>
  );
}

function Empty({
  empty,
  onChange,
}: { readonly empty: NonNullable<FindingsPage['empty']> } & Pick<FiltersProps, 'onChange'>) {
  const { query, severity, client } = ALL_FINDINGS;
  return (
    <div class="verdict">
      <h2>{empty.heading}</h2>
      <p class="soft">{empty.text}</p>
      {empty.filtered ? (
        <button type="button" class="button" data-row onClick={() => onChange({ query, severity, client })}>
          {findingsWords.empty.clear}
        </button>
      ) : null}
    </div>
  );
}

interface CausesProps extends Pick<ListProps, 'chosen' | 'onChoose'> {
  readonly groups: readonly CauseGroup[];
}

function Causes({ groups, chosen, onChoose }: CausesProps) {
  const most = useSignal(FIRST);
  return (
    <>
      {groups.slice(0, most.value).map(({ id, title, causes }) => (
        <section key={id} aria-label={title ?? undefined}>
          {title === null ? null : <h2 class="pane-label">{title}</h2>}
          <ul>
            {causes.map((cause) => (
              <CauseRow key={cause.key} cause={cause} on={cause.key === chosen} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
      <MoreRows most={most} step={FIRST} all={groups.length} />
    </>
  );
}

interface CauseRowProps {
  readonly cause: CauseView;
  readonly on: boolean;
  readonly onChoose: (key: string) => void;
}

function CauseRow({ cause, on, onChoose }: CauseRowProps) {
  const { key, severity, title, place, times, exact, fresh, effects } = cause;
  return (
    <li>
      <button
        type="button"
        class="cause"
        data-row
        aria-current={on}
        title={plainText(title)}
        onClick={() => onChoose(key)}
      >
        <span class="cause-head">
          <Shape mark={severity} />
          <span class="grow">
            <span class="strong cause-title">
              <Rich text={title} />
            </span>
            <span class="soft cause-place">{place}</span>
          </span>
          {fresh ? <span class="new-mark">{findingsWords.isNew}</span> : null}
          <span class="cause-times soft num" title={exact}>
            {times}
          </span>
        </span>
        {effects.length === 0 ? null : (
          <span class="cause-effects">
            {effects.map((effect) => (
              <span class="cause-effect soft" key={effect.key}>
                <Shape mark={effect.severity} />
                <span>
                  <Rich text={effect.title} />
                </span>
              </span>
            ))}
          </span>
        )}
      </button>
    </li>
  );
}

function Muted({ page }: { readonly page: FindingsPage }) {
  const { actions } = useInspector();
  return (
    <>
      {page.muted.map(({ mute, title, covers, reason }) => (
        <div class="decided" key={`${mute.rule} ${mute.host} ${mute.key ?? ''}`}>
          <Icon name="mute" />
          <div class="grow">
            <h2>
              <Rich text={title} />
            </h2>
            <p class="soft">{covers}</p>
            <p class="soft">{reason}</p>
          </div>
          <button type="button" class="button small" data-row onClick={() => actions.unmute(mute)}>
            {findingsWords.mute.unmute}
          </button>
        </div>
      ))}
    </>
  );
}

function Detail({ detail }: { readonly detail: CauseDetail }) {
  const { finding, mute } = detail;
  return (
    <div class="pane-scroll">
      <article class="finding-card">
        <header>
          <Shape mark={finding.severity} />
          <h1>
            <Rich text={finding.title} />
          </h1>
        </header>
        <div class="finding-card-body">
          <FindingBody finding={finding} />
        </div>
      </article>
      <SeenIn detail={detail} />
      {mute === null ? (
        <section class="detail-part">
          <h2>{findingsWords.mute.title}</h2>
          <MuteForm mutes={finding.mutes} />
        </section>
      ) : null}
    </div>
  );
}

function SeenIn({ detail }: { readonly detail: CauseDetail }) {
  const { goTo } = useInspector();
  const w = findingsWords;
  const { seen } = detail;
  const shown = seen.slice(0, FIRST);
  return (
    <section class="detail-part">
      <div class="section-head">
        <h2>{w.seenIn}</h2>
        <span class="soft num">{w.flows(seen.length)}</span>
      </div>
      <ul class="seen-in num">
        {shown.map(({ flow, name, time }, index) => (
          <li key={flow ?? index}>
            <span class="grow clip" title={time?.exact}>
              {time === null ? name : time.text}
            </span>
            {flow === null ? null : (
              <button type="button" class="link soft" data-row onClick={() => goTo('flows', { flow, row: null })}>
                {name}
              </button>
            )}
          </li>
        ))}
      </ul>
      {seen.length > FIRST ? <p class="soft">{w.moreFlows(seen.length - FIRST)}</p> : null}
    </section>
  );
}
