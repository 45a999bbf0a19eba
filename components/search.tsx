import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ReportView } from '../lib/view/popup.ts';
import { searchReport } from '../lib/view/search.ts';
import { words } from '../lib/view/words.ts';
import { FailedChecks, PassedList, UnjudgedList } from './checks.tsx';
import { FindingCard } from './finding-card.tsx';
import { Icon } from './icons.tsx';

export interface SearchFieldProps {
  readonly query: Signal<string>;
  readonly onClose: () => void;
}

/** Takes the place of the header, so that nothing below it moves. */
export function SearchField({ query, onClose }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  // With the render: what is typed right after the key that opened the field must go into it.
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={words.search.label}
        placeholder={words.search.placeholder}
        autocomplete="off"
        spellcheck={false}
        maxLength={80}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={words.search.close}
        title={words.search.close}
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </search>
  );
}

export interface SearchResultsProps {
  readonly report: ReportView;
  readonly query: string;
  readonly open: ReadonlySet<string>;
}

/** Findings, then what could not be judged, then what passed. */
export function SearchResults({ report, query, open }: SearchResultsProps) {
  const { findings, unjudged, passed, failedChecks, count } = searchReport(report, query);
  return (
    <>
      <div class="verdict num" role="status">
        <h1>{count === 0 ? words.search.none(query) : words.search.found(count)}</h1>
      </div>
      {findings.map((finding) => (
        <FindingCard key={finding.key} finding={finding} open={open.has(finding.key)} />
      ))}
      {unjudged.length + passed.length === 0 ? null : (
        <section class="section">
          <UnjudgedList groups={unjudged} open={open} />
          <PassedList items={passed} />
        </section>
      )}
      <FailedChecks items={failedChecks} />
    </>
  );
}
