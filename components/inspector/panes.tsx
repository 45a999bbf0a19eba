import type { ComponentChildren } from 'preact';
import { Icon } from '../icons.tsx';

/** Which pane is in front where not all of them fit. */
export type Front = 'list' | 'middle' | 'detail';

export interface PanesProps {
  readonly list: ComponentChildren;
  readonly middle: ComponentChildren;
  /** `null`: nothing is selected, and the middle takes its place. */
  readonly detail: ComponentChildren;
  readonly front: Front;
  /** Nothing is in the list: where one pane is shown, it is the middle, and no way leads back. */
  readonly listEmpty?: boolean;
  readonly onFront: (front: Front) => void;
  /** Names of the panes for screen readers. */
  readonly names: Readonly<Record<Front, string>>;
}

/**
 * List, middle and detail beside each other where there is room; in a narrow window the one in front, with the way
 * back. Each scrolls by itself.
 */
export function Panes({ list, middle, detail, front, listEmpty = false, onFront, names }: PanesProps) {
  const back = (to: Front) => (
    <button type="button" class={`pane-back text-button to-${to}`} onClick={() => onFront(to)}>
      <Icon name="back" />
      <span>{names[to]}</span>
    </button>
  );
  const hasDetail = detail !== null;
  const shown = listEmpty || (front === 'detail' && !hasDetail) ? 'middle' : front;
  return (
    <div class={hasDetail ? 'panes' : 'panes two'} data-front={shown}>
      <section class="pane list" aria-label={names.list}>
        <h1 class="spoken narrow-title">{names.list}</h1>
        {list}
      </section>
      <section class="pane middle" aria-label={names.middle}>
        {listEmpty ? null : back('list')}
        {middle}
      </section>
      {hasDetail ? (
        <section class="pane detail" aria-label={names.detail}>
          {back('middle')}
          {detail}
        </section>
      ) : null}
    </div>
  );
}

export interface PaneHeadProps {
  readonly heading: ComponentChildren;
  readonly detail: ComponentChildren;
  /** Stands at the end of the line. */
  readonly children?: ComponentChildren;
}

/** What a pane is about; stays when the pane scrolls. */
export function PaneHead({ heading, detail, children }: PaneHeadProps) {
  return (
    <div class="pane-head">
      <div class="grow">
        <h1>{heading}</h1>
        <p class="soft num">{detail}</p>
      </div>
      {children}
    </div>
  );
}

export interface PaneSearchProps {
  readonly query: string;
  readonly label: string;
  /** What it looks through, in the empty field. */
  readonly looksAt: string;
  readonly onQuery: (query: string) => void;
}

/** The field that `/` goes to (`PANE_SEARCH`). */
export function PaneSearch({ query, label, looksAt, onQuery }: PaneSearchProps) {
  return (
    <search class="pane-search">
      <Icon name="search" />
      <input
        type="search"
        data-pane-search
        aria-label={label}
        placeholder={looksAt}
        autocomplete="off"
        spellcheck={false}
        maxLength={80}
        value={query}
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          if (query === '') event.currentTarget.blur();
          else onQuery('');
        }}
      />
      <kbd>/</kbd>
    </search>
  );
}

export const PANE_SEARCH = '[data-pane-search]';
