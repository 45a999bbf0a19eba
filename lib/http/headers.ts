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
