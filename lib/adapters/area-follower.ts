import type { ChangeListener, LogArea } from './log-area.ts';

type Changes = Parameters<ChangeListener>[0];

/** Everything in a storage area, by key. */
export type Stored = Readonly<Record<string, unknown>>;

/**
 * Reads a storage area for a page that stays open: all of it once, then what the browser says has changed. A full log is
 * megabytes, and to take them over again for each new record would hold up the page. The same object each time.
 */
export function followArea(area: LogArea): () => Promise<Stored> {
  let known: Record<string, unknown> | null = null;
  let reading: Promise<Record<string, unknown>> | null = null;
  let meanwhile: Changes[] = [];

  area.onChanged.addListener((changes) => {
    if (reading !== null) meanwhile.push(changes);
    else if (known !== null && !apply(changes, known)) known = null;
  });

  async function readAll(): Promise<Record<string, unknown>> {
    for (;;) {
      meanwhile = [];
      const all = await readPieces(area);
      // A change that does not say to what is only known to be one.
      if (meanwhile.every((changes) => apply(changes, all))) return all;
    }
  }

  return async () => {
    if (known !== null) return known;
    reading ??= Promise.resolve()
      .then(readAll)
      .finally(() => {
        reading = null;
      });
    known = await reading;
    return known;
  };
}

/** Keys that are read at once: more would hold up the page for a moment that one feels. */
const PIECE = 500;

async function readPieces(area: LogArea): Promise<Record<string, unknown>> {
  const keys = await area.getKeys?.();
  if (keys === undefined) return area.get(null);
  const all: Record<string, unknown> = {};
  for (let from = 0; from < keys.length; from += PIECE) {
    Object.assign(all, await area.get(keys.slice(from, from + PIECE)));
  }
  return all;
}

/** `false` where the area does not say what the new values are (the private one does not). */
function apply(changes: Changes, into: Record<string, unknown>): boolean {
  for (const [key, change] of Object.entries(changes)) {
    if (typeof change !== 'object' || change === null) return false;
    if ('newValue' in change && change.newValue !== undefined) into[key] = change.newValue;
    else if ('oldValue' in change) delete into[key];
    else return false;
  }
  return true;
}
