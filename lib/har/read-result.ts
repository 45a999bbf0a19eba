import type { Observation } from '../model/observation.ts';

/** Something in the input that could not be read: where, what is wrong, what was expected. */
export interface ReadError {
  /** Index of the entry or line, from 0. */
  readonly entry?: number;
  /** Line in the text, from 1. */
  readonly line?: number;
  readonly message: string;
}

export interface ReadResult {
  /** `null`: nothing at all could be used, and `errors` says why. */
  readonly format: 'har' | 'lines' | null;
  /** Every entry or line, usable or not. */
  readonly entries: number;
  /** In the order of time where every entry of a HAR has one, else in the order of the input. */
  readonly observations: readonly Observation[];
  readonly errors: readonly ReadError[];
  /** What was found before values were replaced, as the file says it (`lib/engine/recorded.ts`). */
  readonly recorded?: unknown;
}

export function unusable(error: ReadError): ReadResult {
  return { format: null, entries: 0, observations: [], errors: [error] };
}

/** Names a JSON value for a message, without its content. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return value === '' ? 'an empty string' : 'a string';
    case 'number':
      return 'a number';
    default:
      return String(value);
  }
}
