import type { Header, Seen } from '../model/observation.ts';

/** The first header of that name, compared without case. Hidden headers count as absent: ask `seen` first where that matters. */
export function header(headers: Seen<readonly Header[]>, name: string): string | null {
  if (!headers.seen) return null;
  const wanted = name.toLowerCase();
  for (const [key, value] of headers.value) {
    if (key.length === wanted.length && key.toLowerCase() === wanted) return value;
  }
  return null;
}

/** Every header of that name, compared without case; none where they are hidden. */
export function headerValues(headers: Seen<readonly Header[]>, name: string): readonly string[] {
  if (!headers.seen) return [];
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const [key, value] of headers.value) {
    // Most names differ in their length already, and captures have many headers.
    if (key.length === wanted.length && key.toLowerCase() === wanted) values.push(value);
  }
  return values;
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
