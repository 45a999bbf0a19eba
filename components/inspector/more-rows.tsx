import type { Signal } from '@preact/signals';
import { inspectorWords } from '../../lib/view/words-inspector.ts';

export interface MoreRowsProps {
  /** How many rows are shown. */
  readonly most: Signal<number>;
  /** How many more each press shows. */
  readonly step: number;
  readonly all: number;
}

/** Below the first rows of a long list: shows the next ones. */
export function MoreRows({ most, step, all }: MoreRowsProps) {
  const rest = all - most.value;
  return rest <= 0 ? null : (
    <button
      type="button"
      class="button more-rows"
      data-row
      onClick={() => {
        most.value += step;
      }}
    >
      {inspectorWords.more(Math.min(step, rest))}
    </button>
  );
}
