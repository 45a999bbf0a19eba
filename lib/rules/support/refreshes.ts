import { paramValue } from '../../http/params.ts';
import type { CannotTellExample } from '../../model/example.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { TokenRequest, TokenResponse } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { readCompactJose } from '../../token/jose.ts';
import { numericDate } from '../../token/time.ts';

/** One renewal (RFC 6749 §6): the token that was sent, and the answer where it was seen. */
export interface Refresh {
  readonly request: TokenRequest;
  readonly token: string;
  readonly answer: TokenResponse | null;
}

/** Renewals of a flow whose refresh token was seen, in order. */
export function refreshes(flow: Flow): readonly Refresh[] {
  const answers = messagesOf(flow, 'tokenResponse');
  return messagesOf(flow, 'tokenRequest').flatMap((request) => {
    const token = request.grant === 'refresh_token' ? paramValue(request, 'refresh_token') : null;
    if (token === null) return [];
    return [{ request, token, answer: answers.find(({ exchange }) => exchange.id === request.exchange.id) ?? null }];
  });
}

/** The server gave tokens. Without the answer, a status of success says so, too. */
export function succeeded({ request, answer }: Refresh): boolean {
  const { outcome } = request.exchange;
  if (answer !== null && answer.error !== null) return false;
  return outcome.is === 'response' && outcome.response.status >= 200 && outcome.response.status < 300;
}

/** Closer together, the server may accept the old token on purpose: an answer can get lost. */
const APART_MS = 60_000;

/** Two renewals that worked with the same token, more than a minute apart; `null` where there are none. */
export function repeatedRefresh(flow: Flow): readonly [Refresh, Refresh] | null {
  const worked = refreshes(flow).filter(succeeded);
  for (const [index, first] of worked.entries()) {
    const again = worked.slice(index + 1).find((later) => later.token === first.token && areApart(first, later));
    if (again !== undefined) return [first, again];
  }
  return null;
}

function areApart(first: Refresh, later: Refresh): boolean {
  const start = first.request.exchange.time;
  const end = later.request.exchange.time;
  return start !== null && end !== null && end - start > APART_MS;
}

export function isNeverRotated(flow: Flow): boolean {
  return repeatedRefresh(flow) !== null;
}

/** An answer to a renewal gave another refresh token than the one that was sent. */
export function isRotated(flow: Flow): boolean {
  return refreshes(flow).some(({ token, answer }) => {
    const next = answer === null ? null : paramValue(answer, 'refresh_token');
    return next !== null && next !== token;
  });
}

/** Names that providers give to the remaining lifetime of a refresh token, in seconds. */
const LIFETIMES = ['refresh_expires_in', 'refresh_token_expires_in'];

/** What an answer says about how long its refresh token lives; `null` where it says nothing. */
export function refreshLifetime(answer: TokenResponse): { readonly name: string; readonly seconds: number } | null {
  for (const name of LIFETIMES) {
    const value = paramValue(answer, name);
    const seconds = value === null ? Number.NaN : Number(value);
    if (Number.isFinite(seconds)) return { name, seconds };
  }
  const claims = readCompactJose(paramValue(answer, 'refresh_token') ?? '')?.claims ?? null;
  const exp = numericDate(claims?.['exp']);
  const iat = numericDate(claims?.['iat']);
  return exp === null || iat === null ? null : { name: 'exp', seconds: exp - iat };
}

/** The server says that a refresh token of this flow has no end. */
export function isUnlimited(flow: Flow): boolean {
  return messagesOf(flow, 'tokenResponse').some(
    (answer) => paramValue(answer, 'refresh_token') !== null && refreshLifetime(answer)?.seconds === 0,
  );
}

/** What a rule about renewals answers: nothing to judge, hidden, or what `judge` says of all of them. */
export function judgeRefreshes(flow: Flow, c: RuleContext, judge: (all: readonly Refresh[]) => Outcome): Outcome {
  const all = refreshes(flow);
  if (all.length > 0) return judge(all);
  const hidden = messagesOf(flow, 'tokenRequest').some(
    ({ grant, bodyHidden, truncated }) =>
      (grant === null || grant === 'refresh_token') && (bodyHidden !== null || truncated),
  );
  return hidden ? c.cannotTell('request body') : c.notApplicable;
}

/** A renewal for the examples, seconds after their start; `null`: its answer was not seen. */
export function refreshAt(
  seconds: number,
  members: object | null,
  token = 'tGzv3JOkF0XG5Qx2TlKWIA',
  initiator: string | null = null,
  head = '',
): string {
  const status = members !== null && 'error' in members ? 400 : 200;
  const answer = members === null ? '' : `\n\n${status}\nContent-Type: application/json\n\n${JSON.stringify(members)}`;
  const from = initiator === null ? '' : `# initiator ${initiator}\n`;
  return `\n\n# time +${seconds}\n${from}POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded${head}\n\ngrant_type=refresh_token&refresh_token=${token}&client_id=web1${answer}\n\n`;
}

export const REFRESH_HIDDEN: readonly CannotTellExample[] = [
  {
    name: 'the body is hidden',
    trace: '# hides request-body\nPOST https://as.example/token?grant_type=refresh_token\n\nx',
    missing: ['request body'],
  },
];
