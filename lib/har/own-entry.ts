import { isRecord } from '../http/params.ts';
import type { Capture, Exchange, Unseen } from '../model/observation.ts';
import { unseen } from '../model/observation.ts';

/** Member of an entry under which `lib/har/write.ts` keeps what HAR 1.2 has no field for. */
export const OWN_MEMBER = '_oauthInspector';

/** What HAR 1.2 has no field for, so that an exported file gives the same flows and findings again. */
export interface OwnEntry {
  readonly capture: Capture;
  readonly trace: string;
  readonly tab: number | null;
  readonly resource: string | null;
  readonly initiator: string | null;
  /** Index of the entry whose redirect led here. */
  readonly redirectedFrom: number | null;
  readonly truncated: boolean;
  /** The entry has no time of its own; the format demands one. */
  readonly timeless: boolean;
  /** Why a part is absent. */
  readonly unseen: { readonly [P in OwnPart]?: Unseen };
  /** What came of it: HAR writes a status in any case. */
  readonly outcome: Exchange['outcome']['is'];
}

export type OwnPart = 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody';

const PARTS: readonly OwnPart[] = ['requestHeaders', 'requestBody', 'responseHeaders', 'responseBody'];
const CAPTURES: readonly Capture[] = ['watch', 'record', 'page', 'devtools', 'har', 'line', 'address', 'run'];
const REASONS: readonly Unseen[] = ['api-hides-it', 'too-large', 'not-yet', 'stripped'];

/** `null` where an entry was not written by this program, or the member was changed into something else. */
export function readOwnEntry(entry: Readonly<Record<string, unknown>>): OwnEntry | null {
  const own = entry[OWN_MEMBER];
  if (!isRecord(own)) return null;
  const capture = CAPTURES.find((one) => one === own['capture']);
  const { trace } = own;
  const outcome = (['response', 'failed', 'unknown'] as const).find((one) => one === own['outcome']);
  if (capture === undefined || typeof trace !== 'string' || outcome === undefined) return null;
  const hidden = isRecord(own['unseen']) ? own['unseen'] : {};
  return {
    capture,
    trace,
    tab: typeof own['tab'] === 'number' ? own['tab'] : null,
    resource: textOrNull(own['resource']),
    initiator: textOrNull(own['initiator']),
    redirectedFrom: typeof own['redirectedFrom'] === 'number' ? own['redirectedFrom'] : null,
    truncated: own['truncated'] === true,
    timeless: own['timeless'] === true,
    outcome,
    unseen: Object.fromEntries(
      PARTS.flatMap((part) => {
        const why = REASONS.find((one) => one === hidden[part]);
        return why === undefined ? [] : [[part, why]];
      }),
    ),
  };
}

/** The exchange as it was before it was written. */
export function restore(exchange: Exchange, own: OwnEntry, source: number): Exchange {
  const { request, outcome } = exchange;
  const { requestHeaders, requestBody, responseHeaders, responseBody } = own.unseen;
  return {
    ...exchange,
    capture: own.capture,
    trace: `${source}/${own.trace}`,
    tab: own.tab,
    time: own.timeless ? null : exchange.time,
    resource: own.resource,
    initiator: own.initiator,
    redirectedFrom: own.redirectedFrom === null ? null : `${source}:${own.redirectedFrom}`,
    truncated: own.truncated,
    request: {
      ...request,
      headers: requestHeaders === undefined ? request.headers : unseen(requestHeaders),
      body: requestBody === undefined ? request.body : unseen(requestBody),
    },
    outcome:
      own.outcome === 'unknown'
        ? { is: 'unknown' }
        : outcome.is === 'response'
          ? {
              is: 'response',
              response: {
                ...outcome.response,
                headers: responseHeaders === undefined ? outcome.response.headers : unseen(responseHeaders),
                body: responseBody === undefined ? outcome.response.body : unseen(responseBody),
              },
            }
          : outcome,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
