export type TimeVerdict = 'valid' | 'expired' | 'notYet' | 'unknown';

/**
 * `exp` and `nbf` against the clock (RFC 7519 §4.1.4, §4.1.5), apart from the signature.
 * @param now seconds since the epoch
 */
export function judgeTime(claims: Readonly<Record<string, unknown>> | null, now: number): TimeVerdict {
  const exp = numericDate(claims?.['exp']);
  const nbf = numericDate(claims?.['nbf']);
  if (nbf !== null && now < nbf) return 'notYet';
  if (exp !== null && now >= exp) return 'expired';
  return exp === null && nbf === null ? 'unknown' : 'valid';
}

/** RFC 7519 §2 NumericDate: a number of seconds, fractions allowed. */
export function numericDate(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Clocks of honest machines differ by less, in seconds. */
export const CLOCK_SKEW = 300;
/** Times from here on count milliseconds: as seconds this is the year 5138. */
export const MILLISECONDS_FROM = 1e11;
