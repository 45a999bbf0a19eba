import type { Header, Seen } from '../model/observation.ts';

/** The first header of that name, compared without case. Hidden headers count as absent: ask `seen` first where that matters. */
export function header(headers: Seen<readonly Header[]>, name: string): string | null {
  if (!headers.seen) return null;
  const wanted = name.toLowerCase();
  for (const pair of headers.value) if (isNamed(pair, wanted)) return pair[1];
  return null;
}

/** Every header of that name, compared without case; none where they are hidden. */
export function headerValues(headers: Seen<readonly Header[]>, name: string): readonly string[] {
  if (!headers.seen) return [];
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const pair of headers.value) if (isNamed(pair, wanted)) values.push(pair[1]);
  return values;
}

/** Captures have many headers: most names differ in their length already, and taking a pair apart costs more than that. */
function isNamed(pair: Header, wanted: string): boolean {
  const name = pair[0];
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
