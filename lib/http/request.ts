import type { Endpoint, Param } from '../model/message.ts';
import type { RequestSeen } from '../model/observation.ts';
import { bodyParams } from './body.ts';
import { endpointOf } from './endpoint.ts';
import { header } from './headers.ts';
import { parseForm, queryOf } from './params.ts';

/** A request taken apart, each part when it is first asked for. */
class ReadRequest {
  readonly #request: RequestSeen;
  #endpoint: Endpoint | null | undefined;
  #query: readonly Param[] | undefined;
  #body: readonly Param[] | undefined;

  constructor(request: RequestSeen) {
    this.#request = request;
  }

  /** `null` where the address is none. */
  get endpoint(): Endpoint | null {
    if (this.#endpoint === undefined) this.#endpoint = endpointOf(this.#request.url);
    return this.#endpoint;
  }

  get query(): readonly Param[] {
    this.#query ??= parseForm(queryOf(this.#request.url), 'query');
    return this.#query;
  }

  get body(): readonly Param[] {
    const { body, headers } = this.#request;
    this.#body ??= bodyParams(body, header(headers, 'content-type'));
    return this.#body;
  }
}

const read = new WeakMap<RequestSeen, ReadRequest>();

/** Worked out once for each request: to parse an address costs more than most checks, and many ask for it. */
export function readRequest(request: RequestSeen): ReadRequest {
  const known = read.get(request) ?? new ReadRequest(request);
  read.set(request, known);
  return known;
}
