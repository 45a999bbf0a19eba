import { paramValue } from '../../http/params.ts';
import type { Exchange } from '../../model/observation.ts';
import type { Trace } from '../../model/rule.ts';
import { expiryOf } from '../../page/token-values.ts';
import { responseHeader } from './response-headers.ts';
import { type TokenUse, tokenUses } from './token-uses.ts';

/** A request that shows a token in its Authorization header. */
export interface ApiCall extends TokenUse {
  /** `null` where the answer was not seen. */
  readonly status: number | null;
  /** `WWW-Authenticate` of the answer (RFC 9110 §11.6.1). */
  readonly challenge: string | null;
}

/** Every call of an API, in order. Pass it to `once`. */
export function apiCalls(trace: Trace): readonly ApiCall[] {
  return tokenUses(trace)
    .filter(({ where, message }) => where === 'header' && message === null)
    .map((use) => ({ ...use, ...answerOf(use.exchange) }));
}

function answerOf({ outcome }: Exchange): Pick<ApiCall, 'status' | 'challenge'> {
  if (outcome.is !== 'response') return { status: null, challenge: null };
  const { status, headers } = outcome.response;
  return { status, challenge: headers.seen ? responseHeader(headers.value, 'www-authenticate') : null };
}

/** Seconds since the epoch at which every access token ends that says so, or whose answer did. Pass it to `once`. */
export function endsOfTokens(trace: Trace): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  const add = (token: string, told: number | null): void => {
    const end = expiryOf(token, null) ?? told;
    if (end !== null) ends.set(token, end);
  };
  for (const flow of trace.flows) {
    for (const message of flow.messages) {
      const token = paramValue(message, 'access_token');
      if (token === null || (message.kind !== 'tokenResponse' && message.kind !== 'authorizationResponse')) continue;
      const seconds = Number(paramValue(message, 'expires_in') ?? Number.NaN);
      const { time } = message.exchange;
      add(token, time === null || !Number.isFinite(seconds) ? null : time / 1000 + seconds);
    }
  }
  for (const { value } of apiCalls(trace)) if (!ends.has(value)) add(value, null);
  return ends;
}
