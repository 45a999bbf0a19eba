import type { Header, Seen } from '../model/observation.ts';
import { isRecord, textOf } from './params.ts';

/**
 * Headers as a HAR lists them (`{name, value}`), made into pairs when somebody asks for all of them. Of most requests
 * nobody does, and the pairs of all of them would be most of what a capture holds.
 */
export class ListedHeaders {
  readonly seen = true;
  #list: readonly unknown[];
  #pairs: readonly Header[] | null = null;

  /** @param list Items that are no object with a name are passed over. */
  constructor(list: readonly unknown[]) {
    this.#list = list;
  }

  get value(): readonly Header[] {
    if (this.#pairs !== null) return this.#pairs;
    const pairs: Header[] = [];
    for (const item of this.#list) {
      if (isRecord(item) && typeof item['name'] === 'string') pairs.push([item['name'], textOf(item['value'])]);
    }
    this.#list = [];
    this.#pairs = pairs;
    return pairs;
  }

  /** Value of the first header of that name, without making pairs. @param wanted In lower case. */
  first(wanted: string): string | null {
    if (this.#pairs !== null) return firstOf(this.#pairs, wanted);
    for (const item of this.#list) {
      if (isRecord(item) && typeof item['name'] === 'string' && isName(item['name'], wanted))
        return textOf(item['value']);
    }
    return null;
  }

  /** Values of every header of that name, without making pairs. @param wanted In lower case. */
  all(wanted: string): readonly string[] {
    if (this.#pairs !== null) return allOf(this.#pairs, wanted);
    const values: string[] = [];
    for (const item of this.#list) {
      if (isRecord(item) && typeof item['name'] === 'string' && isName(item['name'], wanted)) {
        values.push(textOf(item['value']));
      }
    }
    return values;
  }
}

/** The first header of that name, compared without case. Hidden headers count as absent: ask `seen` first where that matters. */
export function header(headers: Seen<readonly Header[]>, name: string): string | null {
  if (!headers.seen) return null;
  const wanted = name.toLowerCase();
  return headers instanceof ListedHeaders ? headers.first(wanted) : firstOf(headers.value, wanted);
}

/** Every header of that name, compared without case; none where they are hidden. */
export function headerValues(headers: Seen<readonly Header[]>, name: string): readonly string[] {
  if (!headers.seen) return [];
  const wanted = name.toLowerCase();
  return headers instanceof ListedHeaders ? headers.all(wanted) : allOf(headers.value, wanted);
}

function allOf(pairs: readonly Header[], wanted: string): readonly string[] {
  const values: string[] = [];
  for (const pair of pairs) if (isName(pair[0], wanted)) values.push(pair[1]);
  return values;
}

function firstOf(pairs: readonly Header[], wanted: string): string | null {
  for (const pair of pairs) if (isName(pair[0], wanted)) return pair[1];
  return null;
}

/** Captures have many headers, and most names differ in their length already. */
function isName(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted;
}

/** The token of `Authorization: Bearer …` or `DPoP …`. */
export function bearerToken(authorization: string | null): string | null {
  return /^(?:bearer|dpop) +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Every DPoP proof of a request (RFC 9449 §4.1). Recorders join repeated headers by commas, which no proof contains. */
export function dpopProofs(headers: Seen<readonly Header[]>): readonly string[] {
  return headerValues(headers, 'dpop')
    .flatMap((value) => value.split(','))
    .map((proof) => proof.trim())
    .filter((proof) => proof !== '');
}
