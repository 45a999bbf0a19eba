import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

export interface WindowRowsProps<T> {
  readonly rows: readonly T[];
  /** Name of the list for screen readers. */
  readonly label: string;
  readonly keyOf: (row: T) => string;
  /** In rem, so that rows grow with the person's type size. */
  readonly heightOf: (row: T) => number;
  readonly render: (row: T) => ComponentChildren;
}

/** Rows beyond the window on either side: the next row exists before the focus moves to it. */
const BEYOND = 6;

/** Pixels of one rem. */
export function remOf(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/**
 * A list of which only the rows near the window are in the page, however long it is. What is added above the row that is
 * read does not move it; a row keeps its place in the page while it has the focus. Home and End reach all rows.
 */
export function WindowRows<T>({ rows, label, keyOf, heightOf, render }: WindowRowsProps<T>) {
  const list = useRef<HTMLOListElement>(null);
  const range = useSignal({ first: 0, last: 40 });
  const focused = useSignal<string | null>(null);
  const anchor = useRef<{ readonly key: string; readonly top: number } | null>(null);

  const tops = useMemo(() => {
    let top = 0;
    const all = [0];
    for (const row of rows) {
      top += heightOf(row);
      all.push(top);
    }
    return all;
  }, [rows, heightOf]);

  const measure = () => {
    const element = list.current;
    if (element === null) return;
    const { top } = element.getBoundingClientRect();
    const rem = remOf();
    const scroller = element.closest('.pane-scroll');
    const above = scroller?.getBoundingClientRect().top ?? 0;
    const first = Math.max(0, indexAt(tops, (above - top) / rem) - BEYOND);
    const last = Math.min(rows.length - 1, indexAt(tops, (window.innerHeight - top) / rem) + BEYOND);
    const before = range.peek();
    if (before.first !== first || before.last !== last) range.value = { first, last };
    const read = indexAt(tops, (above - top) / rem);
    const row = rows[read];
    anchor.current = row === undefined ? null : { key: keyOf(row), top: tops[read] ?? 0 };
  };
  const latest = useRef(measure);
  latest.current = measure;

  useEffect(() => {
    const onMove = () => latest.current();
    document.addEventListener('scroll', onMove, { capture: true, passive: true });
    window.addEventListener('resize', onMove);
    return () => {
      document.removeEventListener('scroll', onMove, { capture: true });
      window.removeEventListener('resize', onMove);
    };
  }, []);

  useLayoutEffect(() => {
    const read = anchor.current;
    const scroller = list.current?.closest('.pane-scroll');
    const now = read === null ? -1 : rows.findIndex((row) => keyOf(row) === read.key);
    if (read !== null && scroller && scroller.scrollTop > 0 && now >= 0) {
      scroller.scrollTop += ((tops[now] ?? 0) - read.top) * remOf();
    }
    latest.current();
  }, [rows, tops, keyOf]);

  const jump = (to: 'first' | 'last') => {
    const index = to === 'first' ? 0 : rows.length - 1;
    range.value = { first: Math.max(0, index - 2 * BEYOND), last: Math.min(rows.length - 1, index + 2 * BEYOND) };
    requestAnimationFrame(() => {
      const all = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
      const row = all.at(to === 'first' ? 0 : -1);
      row?.focus();
      row?.scrollIntoView({ block: 'nearest' });
    });
  };

  const { first, last } = range.value;
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  const kept = focused.value === null ? -1 : rows.findIndex((row) => keyOf(row) === focused.value);
  if (kept >= 0 && kept < first) indexes.unshift(kept);
  if (kept > last) indexes.push(kept);
  return (
    <ol
      ref={list}
      class="window-rows"
      aria-label={label}
      style={{ height: `${tops.at(-1) ?? 0}rem` }}
      onFocusIn={({ target }) => {
        focused.value = target instanceof Element ? (target.closest('li')?.dataset['key'] ?? null) : null;
      }}
      onFocusOut={() => {
        focused.value = null;
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Home' && event.key !== 'End') return;
        event.preventDefault();
        jump(event.key === 'Home' ? 'first' : 'last');
      }}
    >
      {indexes.map((index) => {
        const row = rows[index];
        if (row === undefined) return null;
        const key = keyOf(row);
        return (
          <li
            key={key}
            data-key={key}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            style={{ top: `${tops[index] ?? 0}rem`, height: `${heightOf(row)}rem` }}
          >
            {render(row)}
          </li>
        );
      })}
    </ol>
  );
}

/** Index of the row that holds this distance from the top; the nearest where none does. */
function indexAt(tops: readonly number[], distance: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= distance) low = middle;
    else high = middle - 1;
  }
  return low;
}
