import { paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { Param } from '../../model/message.ts';
import type { RuleContext } from '../../model/rule.ts';
import { type ClientRequest, clientRequest } from './client-request.ts';

/** A request and the flow that it started. */
export interface StartedFlow {
  readonly flow: Flow;
  readonly message: ClientRequest;
}

/** Closer together than this, one address twice is a reload or a second try. */
const APART_MS = 60_000;

/** Whether the client is known to have sent another request to this server. */
export function hasOtherRequest(flow: Flow, c: RuleContext, message: ClientRequest): boolean {
  return (c.once(requestsOf).get(clientKey({ flow, message })) ?? []).length > 1;
}

/**
 * An earlier request of the same client to the same server that carried this very value, although it was
 * another transaction: one of the `others` differs, or that request was answered a minute and more before.
 * A reload repeats the whole address and is none.
 */
export function earlierUse(
  flow: Flow,
  c: RuleContext,
  message: ClientRequest,
  { name, value }: Pick<Param, 'name' | 'value'>,
  others: readonly string[],
): StartedFlow | null {
  const now = { flow, message };
  const same = c.once(requestsOf).get(`${clientKey(now)}\n${name}\n${value}`) ?? [];
  return (
    same.find(
      (before) =>
        before.message.index < message.index &&
        before.flow !== flow &&
        (others.some((other) => paramValue(before.message, other) !== paramValue(message, other)) ||
          (answeredBefore(before, message) && areApart(before.message, message))),
    ) ?? null
  );
}

/** A code or a token came back. */
export function isCompleted(flow: Flow): boolean {
  return grants(flow).length > 0;
}

function grants(flow: Flow): readonly { readonly index: number }[] {
  return [...messagesOf(flow, 'authorizationResponse'), ...messagesOf(flow, 'tokenResponse')].filter((message) =>
    ['code', 'access_token', 'id_token'].some((name) => paramValue(message, name) !== null),
  );
}

function answeredBefore(before: StartedFlow, message: ClientRequest): boolean {
  return grants(before.flow).some(({ index }) => index < message.index);
}

/** Without clocks, the answer in between has to do. */
function areApart(a: ClientRequest, b: ClientRequest): boolean {
  return (b.exchange.time ?? Infinity) - (a.exchange.time ?? -Infinity) >= APART_MS;
}

const COMPARED = ['code_challenge', 'state', 'nonce'];

/** Requests by client, and by client, name and value. */
function requestsOf({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, readonly StartedFlow[]> {
  const requests = new Map<string, StartedFlow[]>();
  const add = (key: string, started: StartedFlow): void => {
    const list = requests.get(key);
    if (list === undefined) requests.set(key, [started]);
    else list.push(started);
  };
  for (const flow of flows) {
    const request = clientRequest(flow);
    if (request.is !== 'seen') continue;
    const started = { flow, message: request.message };
    const key = clientKey(started);
    add(key, started);
    for (const name of COMPARED) {
      const value = paramValue(request.message, name);
      if (value !== null) add(`${key}\n${name}\n${value}`, started);
    }
  }
  return requests;
}

function clientKey({ flow, message }: StartedFlow): string {
  return `${message.endpoint.host}\n${flow.clientId ?? ''}`;
}
