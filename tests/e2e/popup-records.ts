import { parseTrace } from '../../lib/http/trace.ts';
import type { LogRecord } from '../../lib/log/records.ts';

/** The types that the browser gives requests, by the words of the trace language. */
const TYPES: Readonly<Record<string, string>> = { document: 'main_frame', frame: 'sub_frame', xhr: 'xmlhttprequest' };

export interface SeenIn {
  readonly tab: number;
  /** Time of the first message, milliseconds since the epoch. */
  readonly from: number;
}

/** What the log would hold, had the browser seen this trace in a tab. Keys sort in the order of the trace. */
export function recordsOf(trace: string, { tab, from }: SeenIn): Record<string, LogRecord> {
  const exchanges = parseTrace(trace);
  const start = exchanges[0]?.time ?? 0;
  const chains = new Map<string, string>();
  const records = exchanges.flatMap((exchange): LogRecord[] => {
    const { request, outcome, redirectedFrom, resource, initiator } = exchange;
    const id = (redirectedFrom === null ? undefined : chains.get(redirectedFrom)) ?? exchange.id;
    chains.set(exchange.id, id);
    const traffic = {
      id: `${from}.${id}`,
      at: from + (exchange.time ?? start) - start,
      url: request.url,
      method: request.method,
      type: TYPES[resource ?? 'document'] ?? 'main_frame',
      tab,
      ...(initiator === null ? {} : { from: initiator }),
    };
    const told: LogRecord[] = [{ is: 'request', ...traffic, body: request.body }];
    if (request.headers.seen && request.headers.value.length > 0) {
      told.push({ is: 'headers', ...traffic, headers: request.headers.value });
    }
    if (outcome.is !== 'response') return told;
    const { status } = outcome.response;
    const headers = outcome.response.headers.seen ? outcome.response.headers.value : [];
    const to = headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
    told.push(
      to === undefined
        ? { is: 'completed', ...traffic, status, headers }
        : { is: 'redirect', ...traffic, status, to, headers: headers.filter(([name]) => name !== 'Location') },
    );
    return told;
  });
  return Object.fromEntries(
    records.map((record, index) => [
      `log:${String(from).padStart(15, '0')}.${String(index).padStart(9, '0')}.0`,
      record,
    ]),
  );
}
