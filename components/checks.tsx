import { type FailedCheckView, isOnlyLater, type PassedView, type UnjudgedGroup } from '../lib/view/checks.ts';
import { plainText } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { Fold } from './fold.tsx';
import { usePopup } from './popup-context.ts';
import { Reference } from './reference.tsx';
import { Rich } from './rich.tsx';
import { Shape } from './shape.tsx';

/** Keys of the sections among the open cards. */
export const SECTION = { passed: 'section:passed', unjudged: 'section:unjudged', all: 'section:all-passed' } as const;

/** Proven rows that are shown before "Show all": beside other lists, and alone. */
const FIRST = { beside: 5, alone: 10 } as const;

/** What was proven, each row with its section. */
export function PassedList({ items }: { readonly items: readonly PassedView[] }) {
  return (
    <ul class="checks">
      {items.map((item) => (
        <li class="check" key={item.rule}>
          <Shape mark="pass" silent />
          <span>
            <Rich text={item.subject} />
          </span>
          {item.reference === null ? null : <Reference reference={item.reference} />}
        </li>
      ))}
    </ul>
  );
}

export interface PassedSectionProps {
  readonly items: readonly PassedView[];
  readonly all: boolean;
  /** No other list follows. */
  readonly alone: boolean;
}

export function PassedSection({ items, all, alone }: PassedSectionProps) {
  const { actions } = usePopup();
  const first = alone ? FIRST.alone : FIRST.beside;
  return items.length === 0 ? null : (
    <section class="section" aria-label={words.passed.title}>
      <div class="section-head">
        <h2>{words.passed.title}</h2>
        {items.length > first ? (
          <button type="button" class="link" data-row onClick={() => actions.setOpen(SECTION.all, !all)}>
            {all ? words.passed.showFewer : words.passed.showAll(items.length)}
          </button>
        ) : null}
      </div>
      <PassedList items={all ? items : items.slice(0, first)} />
    </section>
  );
}

export function PassedFold({ items, open }: { readonly items: readonly PassedView[]; readonly open: boolean }) {
  return items.length === 0 ? null : (
    <Fold
      id={SECTION.passed}
      open={open}
      title={words.passed.row(items.length)}
      head={
        <>
          <Shape mark="pass" silent />
          <span class="row-title">{words.passed.row(items.length)}</span>
        </>
      }
    >
      <PassedList items={items} />
    </Fold>
  );
}

/** Rows of a group that are shown before "Show all". */
const FIRST_OF_GROUP = 3;

export interface UnjudgedListProps {
  readonly groups: readonly UnjudgedGroup[];
  /** Keys of the groups that are shown whole. */
  readonly open: ReadonlySet<string>;
}

/** Checks that the same thing would decide, with what it is and, where one press does it, the button. */
export function UnjudgedList({ groups, open }: UnjudgedListProps) {
  return (
    <ul class="checks">
      {groups.map((group) => (
        <Group key={group.id} group={group} all={open.has(groupKey(group))} />
      ))}
    </ul>
  );
}

const groupKey = ({ id }: UnjudgedGroup): string => `group:${id}`;

function Group({ group, all }: { readonly group: UnjudgedGroup; readonly all: boolean }) {
  const { actions } = usePopup();
  const { title, text, watch, items } = group;
  // One row more is shown rather than a button in its place.
  const folds = items.length > FIRST_OF_GROUP + 1;
  return (
    <li class="group">
      <Shape mark="cannotTell" silent />
      <div>
        <p class="group-title">
          <span>{title}</span>
          <span class="num soft">{words.unjudged.checks(items.length)}</span>
        </p>
        <p class="soft">
          <Rich text={text} />
        </p>
        {watch === null ? null : (
          <button type="button" class="button" data-row onClick={() => actions.watch(watch.origins)}>
            {words.menu.watchSite(watch.name)}
          </button>
        )}
        <ul class="subjects">
          {(folds && !all ? items.slice(0, FIRST_OF_GROUP) : items).map((item) => (
            <li key={item.rule} title={words.unjudged.needs(words.list(item.missing))}>
              <Rich text={item.subject} />
            </li>
          ))}
        </ul>
        {folds ? (
          <button
            type="button"
            class="link soft"
            data-row
            aria-expanded={all}
            onClick={() => actions.setOpen(groupKey(group), !all)}
          >
            {all ? words.passed.showFewer : words.passed.showAll(items.length)}
          </button>
        ) : null}
      </div>
    </li>
  );
}

interface UnjudgedProps extends UnjudgedListProps {
  readonly count: number;
}

export function UnjudgedSection({ groups, count, open }: UnjudgedProps) {
  const title = isOnlyLater(groups) ? words.unjudged.laterTitle : words.unjudged.title;
  return count === 0 ? null : (
    <section class="section" aria-label={title}>
      <div class="section-head">
        <h2>{title}</h2>
        <span class="num soft">{words.unjudged.checks(count)}</span>
      </div>
      <UnjudgedList groups={groups} open={open} />
    </section>
  );
}

export function UnjudgedFold({ groups, count, open }: UnjudgedProps) {
  const [largest] = groups.toSorted((a, b) => b.items.length - a.items.length);
  const w = words.unjudged;
  const row = isOnlyLater(groups) ? w.later(count) : w.row(count);
  const hint =
    largest === undefined || isOnlyLater(groups) ? '' : (groups.length === 1 ? w.only : w.mostly)(largest.title);
  return count === 0 ? null : (
    <Fold
      id={SECTION.unjudged}
      open={open.has(SECTION.unjudged)}
      title={row}
      head={
        <>
          <Shape mark="cannotTell" silent />
          <span class="row-title">
            <span class="strong">{row}.</span> <span class="soft">{hint}</span>
          </span>
        </>
      }
    >
      <UnjudgedList groups={groups} open={open} />
    </Fold>
  );
}

/** Rules that threw: said, never hidden. */
export function FailedChecks({ items }: { readonly items: readonly FailedCheckView[] }) {
  return items.length === 0 ? null : (
    <section class="section" aria-label={words.failedCheck.title}>
      <div class="section-head">
        <h2>{words.failedCheck.title}</h2>
        <span class="num soft">{words.unjudged.checks(items.length)}</span>
      </div>
      <p class="soft">{words.failedCheck.text}</p>
      <ul class="checks">
        {items.map((item) => (
          <li class="check" key={item.rule}>
            <Shape mark="stopped" />
            <span title={plainText(item.subject)}>
              <Rich text={item.subject} />
              <br />
              <code>{item.message}</code>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
