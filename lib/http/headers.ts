import type { Header, Seen } from '../model/observation.ts';

/** The first header of that name, compared without case. Hidden headers count as absent: ask `seen` first where that matters. */
export function header(headers: Seen<readonly Header[]>, name: string): string | null {
  if (!headers.seen) return null;
  const wanted = name.toLowerCase();
  for (const [key, value] of headers.value) if (key.toLowerCase() === wanted) return value;
  return null;
}

/** The token of `Authorization: Bearer …` or `DPoP …`. */
export function bearerToken(authorization: string | null): string | null {
  return /^(?:bearer|dpop) +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Every DPoP proof of a request (RFC 9449 §4.1). Recorders join repeated headers by commas, which no proof contains. */
export function dpopProofs(headers: Seen<readonly Header[]>): readonly string[] {
  if (!headers.seen) return [];
  return headers.value
    .filter(([name]) => name.toLowerCase() === 'dpop')
    .flatMap(([, value]) => value.split(','))
    .map((proof) => proof.trim())
    .filter((proof) => proof !== '');
}
