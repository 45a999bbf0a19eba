import type { TokenReport } from '../token/inspect.ts';
import { claimsOf, tokenKind } from '../token/kind.ts';
import { visible } from './text.ts';
import { tokenWords } from './words-token.ts';

/** `ID token from as.example for web-portal`; of a token inside others, that one. */
export function tokenHeading(report: TokenReport): string {
  const w = tokenWords.kind;
  if (report.nested !== undefined && report.nested.kind !== 'unknown') {
    return w.inside[report.kind === 'jwe' ? 'encrypted' : 'signed'](tokenHeading(report.nested));
  }
  let heading: string = w[tokenKind(report)];
  const { iss, aud } = claimsOf(report) ?? {};
  if (typeof iss === 'string' && iss !== '') heading = w.from(heading, visible(hostOr(iss), 80));
  const audience = Array.isArray(aud) ? aud[0] : aud;
  if (typeof audience === 'string' && audience !== '') heading = w.for(heading, visible(hostOr(audience), 80));
  return heading;
}

function hostOr(text: string): string {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).host : text;
}
