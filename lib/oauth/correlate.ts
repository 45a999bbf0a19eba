import { endpointOf } from '../http/endpoint.ts';
import { bearerToken, header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import type { Flow, Link, Proof } from '../model/flow.ts';
import type { AuthorizationRequest, AuthorizationResponse, OAuthMessage, TokenRequest } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import { finish, type Work } from '../model/work.ts';
import { clientTypeOf, type ToldClientType } from './client-type.ts';
import { clientIdOf, grantOf, metadataFor, pkceSupportOf, serverDocuments } from './flow-facts.ts';
import { redirectTarget } from './known.ts';
import { isBrokerCallback } from './providers.ts';

export interface CorrelateOptions {
  readonly clientType?: ToldClientType;
  /** BASE64URL(SHA-256(v)) of every `code_verifier` among the messages. */
  readonly s256: ReadonlyMap<string, string>;
}

export interface Correlated {
  readonly messages: readonly OAuthMessage[];
  readonly flows: readonly Flow[];
}

/** A flow while its messages are being found. */
interface Draft {
  readonly trace: string;
  readonly links: Link[];
  /** The request that left the client, pushed or not. */
  start: OAuthMessage | null;
  responded: boolean;
  tokenRequested: boolean;
  readonly site: string;
  readonly tab: number | null;
}

/**
 * Groups messages by values that only one flow can have, never by time alone. A message that fits two
 * flows equally well joins neither.
 */
export function correlate(
  messages: readonly OAuthMessage[],
  exchanges: readonly Exchange[],
  options: CorrelateOptions,
): Correlated {
  return finish(correlating(messages, exchanges, options));
}

/** The same, as work that may be interrupted between two messages and between two flows. */
export function* correlating(
  messages: readonly OAuthMessage[],
  exchanges: readonly Exchange[],
  options: CorrelateOptions,
): Work<Correlated> {
  const correlator = new Correlator(exchanges, options);
  const placed: OAuthMessage[] = [];
  for (const message of messages) {
    placed.push(correlator.place(message));
    yield;
  }
  return { messages: placed, flows: yield* correlator.finishing(placed) };
}

class Correlator {
  readonly #drafts: Draft[] = [];
  readonly #options: CorrelateOptions;
  readonly #exchanges: readonly Exchange[];
  #byId: ReadonlyMap<string, Exchange> | null = null;
  /** Drafts under the values that prove membership, each key led by its kind and trace. */
  readonly #index = new Map<string, Draft[]>();

  constructor(exchanges: readonly Exchange[], options: CorrelateOptions) {
    this.#options = options;
    this.#exchanges = exchanges;
  }

  /** Put together when the first message asks: most captures hold none. */
  #exchange(id: string): Exchange | undefined {
    this.#byId ??= new Map(this.#exchanges.map((exchange) => [exchange.id, exchange]));
    return this.#byId.get(id);
  }

  /** The message, with what its place in the flow adds. */
  place(message: OAuthMessage): OAuthMessage {
    switch (message.kind) {
      case 'metadata':
      case 'jwks':
        return this.#placeDocument(message);
      case 'authorizationRequest':
        return this.#placeRequest(message);
      case 'authorizationResponse':
        this.#placeResponse(message);
        return message;
      case 'tokenRequest':
        this.#placeTokenRequest(message);
        return message;
      default:
        this.#placeByValue(message);
        return message;
    }
  }

  *finishing(messages: readonly OAuthMessage[]): Work<Flow[]> {
    const documents = serverDocuments(messages);
    const flows: Flow[] = [];
    for (const draft of this.#drafts) {
      const linked = draft.links.map((link) => link.message);
      const facts = { messages: linked, sure: (m: OAuthMessage) => draft.links.some((l) => l.message === m && l.sure) };
      const metadata = metadataFor(linked, documents, draft.trace);
      const provider = linked.find((m) => m.provider !== null)?.provider ?? null;
      flows.push({
        id: `f${flows.length + 1}`,
        trace: draft.trace,
        grant: grantOf(linked),
        links: draft.links,
        messages: linked,
        clientId: clientIdOf(linked),
        provider,
        issuer: typeof metadata?.['issuer'] === 'string' ? metadata['issuer'] : null,
        metadata,
        clientType: clientTypeOf(facts, this.#options.clientType ?? 'unknown'),
        pkceSupport: pkceSupportOf(metadata, provider),
        alone: linked.every((m) => m.exchange.capture === 'line' || m.exchange.capture === 'address'),
        tab: draft.tab,
      });
      yield;
    }
    return flows;
  }

  #placeRequest(message: AuthorizationRequest): OAuthMessage {
    const requestUri = paramValue(message, 'request_uri');
    const pushed = requestUri === null ? null : this.#only(message, 'request_uri', requestUri);
    if (pushed) {
      const later = pushed.links.some((link) => link.message.kind === 'authorizationRequest');
      return this.#join(pushed, { ...message, hop: later ? 'server' : 'client' }, 'request_uri', true);
    }
    const pusher = this.#pushedUnanswered(message);
    if (pusher) return this.#join(pusher, message, 'client', false);

    const chain = this.#upTheChain(message);
    // A request that is answered, and a sign-out, lead back to the client: what it sends next is its own.
    const asked = chain !== null && chain.start !== null && !chain.responded ? chain : null;
    if (asked !== null && handedOn(asked, message)) {
      return this.#join(asked, { ...message, hop: 'server' }, 'redirect-chain', true);
    }
    const again = this.#find(message, 'request', identityOf(message)).filter(
      (draft) => !draft.responded && draft.tab === message.exchange.tab,
    );
    if (again.length === 1 && again[0])
      return this.#join(again[0], { ...message, hop: 'server' }, 'same-request', true);

    const hop = asked !== null || this.#isUpstream(message) ? 'upstream' : 'client';
    return this.#start({ ...message, hop });
  }

  /**
   * The one request that this client pushed to this server from this tab and that nothing referred to yet: which
   * `request_uri` answered it is in a body that was not seen (RFC 9126 §2.2).
   */
  #pushedUnanswered(message: AuthorizationRequest): Draft | null {
    if (message.opaque !== 'request_uri') return null;
    const waiting = this.#find(message, 'pushed', pusherOf(message)).filter((draft) =>
      draft.links.every((link) => link.message.kind === 'pushedAuthorizationRequest' || hidesRequestUri(link.message)),
    );
    return waiting.length === 1 ? (waiting[0] ?? null) : null;
  }

  /** A broker's own request: its `redirect_uri` lies on a server that is serving a request itself. */
  #isUpstream(message: AuthorizationRequest): boolean {
    const redirectUri = paramValue(message, 'redirect_uri');
    if (redirectUri === null) return false;
    if (isBrokerCallback(redirectUri)) return true;
    const broker = endpointOf(redirectUri)?.origin ?? '';
    return this.#find(message, 'server', broker).some(
      (draft) => !draft.responded && draft.site !== message.endpoint.site,
    );
  }

  #placeResponse(message: AuthorizationResponse): void {
    const state = paramValue(message, 'state');
    const byState = state === null ? [] : this.#find(message, 'state', state);
    const open = byState.filter((draft) => !draft.responded);
    const stated = open.length > 0 ? open : byState;
    // A client that repeats its state still has codes that differ: a reload shows the code of its first answer.
    const code = paramValue(message, 'code');
    const reloaded = byState.length < 2 || code === null ? null : this.#only(message, 'code', code);
    if (reloaded !== null && byState.includes(reloaded)) return void this.#join(reloaded, message, 'code', true);
    if (stated.length === 1 && stated[0]) return void this.#join(stated[0], message, 'state', true);
    if (stated.length > 1) {
      const chain = this.#upTheChain(message);
      if (chain && stated.includes(chain)) return void this.#join(chain, message, 'redirect-chain', true);
      return void this.#start(message);
    }

    const chain = this.#upTheChain(message);
    if (chain && answerable(chain) && targets(chain, message))
      return void this.#join(chain, message, 'redirect-chain', true);

    const waiting = this.#find(message, 'target', message.endpoint.url).filter(
      (draft) => !draft.responded && (draft.tab === null || draft.tab === message.exchange.tab),
    );
    const [only] = waiting;
    if (waiting.length === 1 && only)
      return void this.#join(only, message, 'redirect-uri', this.#cameFrom(message, only.site));

    // Where the response to a request that is out of sight will go is out of sight, too.
    const [hidden, ...others] = this.#find(message, 'opaque', tabOf(message)).filter(
      (draft) => !draft.responded && this.#cameFrom(message, draft.site),
    );
    if (hidden && others.length === 0) return void this.#join(hidden, message, 'server', false);
    this.#start(message);
  }

  /** The hop before, or the page that posted the form, belongs to the server that was asked. */
  #cameFrom(message: AuthorizationResponse, site: string): boolean {
    const { exchange } = message;
    const before = message.at === 'location' ? exchange : this.#exchange(exchange.redirectedFrom ?? '');
    const from = before?.request.url ?? exchange.initiator;
    return from !== null && from !== undefined && endpointOf(from)?.site === site;
  }

  #placeTokenRequest(message: TokenRequest): void {
    for (const [name, proof] of TOKEN_REQUEST_PROOFS) {
      const value = paramValue(message, name);
      const draft = value === null ? null : this.#only(message, name, value);
      if (draft) return void this.#join(draft, message, proof, true);
    }
    const verifier = paramValue(message, 'code_verifier');
    if (verifier !== null) {
      // RFC 7636 §4.2: the challenge is the hash of the verifier (S256) or the verifier itself (plain).
      const hashed = this.#only(message, 'code_challenge', this.#options.s256.get(verifier) ?? verifier);
      const challenged = hashed ?? this.#only(message, 'code_challenge', verifier);
      if (challenged) return void this.#join(challenged, message, 'code-verifier', true);
    }

    const clientId = clientIdOf([message]);
    if (message.grant === 'authorization_code' && clientId !== null) {
      const waiting = this.#find(message, 'client', clientId).filter(
        (draft) => !draft.tokenRequested && draft.site === message.endpoint.site && !carriesOtherCode(draft),
      );
      if (waiting.length === 1 && waiting[0]) return void this.#join(waiting[0], message, 'client', false);
    }
    this.#start(message);
  }

  /** A document belongs to no sign-in, but has rules of its own. Fetched again, it is the same document. */
  #placeDocument(message: OAuthMessage): OAuthMessage {
    const same = this.#only(message, 'document', message.endpoint.url);
    return same ? this.#join(same, message, 'same-request', true) : this.#start(message);
  }

  #placeByValue(message: OAuthMessage): void {
    if (message.at === 'response') {
      const draft = this.#only(message, 'exchange', message.exchange.id);
      if (draft) return void this.#join(draft, message, 'same-exchange', true);
    }
    for (const value of presentedTokens(message)) {
      for (const [name, proof] of TOKEN_PROOFS) {
        const draft = this.#only(message, name, value);
        if (draft) return void this.#join(draft, message, proof, true);
      }
    }
    this.#start(message);
  }

  #start(message: OAuthMessage): OAuthMessage {
    const draft: Draft = {
      trace: message.exchange.trace,
      links: [],
      start: message.kind === 'authorizationRequest' || message.kind === 'pushedAuthorizationRequest' ? message : null,
      responded: false,
      tokenRequested: false,
      site: message.endpoint.site,
      tab: message.exchange.tab,
    };
    this.#drafts.push(draft);
    return this.#join(draft, message, 'starts-flow', true);
  }

  #join(draft: Draft, message: OAuthMessage, by: Proof, sure: boolean): OAuthMessage {
    draft.links.push({ message, by, sure });
    if (message.kind === 'authorizationResponse') draft.responded = true;
    if (message.kind === 'tokenRequest') draft.tokenRequested = true;
    for (const [kind, value] of provingValues(message)) this.#add(message, kind, value, draft);
    return message;
  }

  /** The flow of the nearest redirect before this message. */
  #upTheChain(message: OAuthMessage): Draft | null {
    let id: string | null = message.at === 'location' ? message.exchange.id : message.exchange.redirectedFrom;
    for (let hops = 0; id !== null && hops < 50; hops++) {
      const draft = this.#index.get(`exchange ${message.exchange.trace} ${id}`)?.at(-1);
      if (draft) return draft;
      id = this.#exchange(id)?.redirectedFrom ?? null;
    }
    return null;
  }

  #find(message: OAuthMessage, kind: string, value: string): readonly Draft[] {
    return this.#index.get(`${kind} ${message.exchange.trace} ${value}`) ?? [];
  }

  #only(message: OAuthMessage, kind: string, value: string): Draft | null {
    const found = this.#find(message, kind, value);
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  #add(message: OAuthMessage, kind: string, value: string, draft: Draft): void {
    const key = `${kind} ${message.exchange.trace} ${value}`;
    const drafts = this.#index.get(key);
    if (drafts === undefined) this.#index.set(key, [draft]);
    else if (!drafts.includes(draft)) drafts.push(draft);
  }
}

const TOKEN_REQUEST_PROOFS: readonly (readonly [string, Proof])[] = [
  ['code', 'code'],
  ['refresh_token', 'refresh-token'],
  ['device_code', 'device_code'],
];

const TOKEN_PROOFS: readonly (readonly [string, Proof])[] = [
  ['access_token', 'access-token'],
  ['refresh_token', 'refresh-token'],
  ['id_token', 'id-token'],
];

/** What later messages can be recognised by as belonging to the same flow. */
function* provingValues(message: OAuthMessage): Generator<readonly [kind: string, value: string]> {
  const value = (name: string): string | null => paramValue(message, name);
  yield ['exchange', message.exchange.id];
  if (message.kind === 'metadata' || message.kind === 'jwks') yield ['document', message.endpoint.url];
  const clientId = clientIdOf([message]);
  if (clientId !== null) yield ['client', clientId];
  if (message.kind === 'authorizationRequest' || message.kind === 'pushedAuthorizationRequest') {
    yield ['request', identityOf(message)];
    yield ['server', message.endpoint.origin];
    const target = redirectTarget(value('redirect_uri') ?? '');
    if (target !== null) yield ['target', target];
    for (const name of ['state', 'code_challenge']) {
      const found = value(name);
      if (found !== null) yield [name, found];
    }
  }
  if (message.kind === 'pushedAuthorizationRequest') yield ['pushed', pusherOf(message)];
  if (message.kind === 'authorizationRequest' && message.opaque !== null && value('redirect_uri') === null) {
    yield ['opaque', tabOf(message)];
  }
  if (message.kind === 'pushedAuthorizationResponse') {
    const requestUri = value('request_uri');
    if (requestUri !== null) yield ['request_uri', requestUri];
  }
  for (const name of ['code', 'refresh_token', 'device_code']) {
    const found = value(name);
    if (found !== null) yield [name, found];
  }
  if (message.kind === 'authorizationResponse' || message.kind === 'tokenResponse') {
    for (const name of ['access_token', 'id_token']) {
      const found = value(name);
      if (found !== null) yield [name, found];
    }
  }
}

/** Tokens that a message shows to prove something. */
function presentedTokens(message: OAuthMessage): string[] {
  const found: string[] = [];
  for (const name of ['token', 'id_token_hint', 'access_token']) {
    const value = paramValue(message, name);
    if (value !== null) found.push(value);
  }
  const { headers } = message.exchange.request;
  const bearer = bearerToken(header(headers, 'authorization'));
  return bearer === null ? found : [...found, bearer];
}

function tabOf({ exchange }: OAuthMessage): string {
  return String(exchange.tab);
}

/** Who pushes a request, where to, and from which tab. */
function pusherOf(message: OAuthMessage): string {
  return [tabOf(message), message.endpoint.site, clientIdOf([message]) ?? ''].join('\n');
}

/** A pushed request was taken, and the reference to it is in a body that was not seen. */
function hidesRequestUri(message: OAuthMessage): boolean {
  return (
    message.kind === 'pushedAuthorizationResponse' &&
    message.bodyHidden !== null &&
    (message.status === null || message.status < 400)
  );
}

/** Same on every hop of one request: client, target and the values made for it. */
function identityOf(message: OAuthMessage): string {
  const names = ['client_id', 'redirect_uri', 'state', 'nonce', 'code_challenge', 'request', 'request_uri'];
  return [message.endpoint.site, ...names.map((name) => paramValue(message, name) ?? '')].join('\n');
}

/** The server sent the request on to another page of its own, on its site or, unchanged, on another one. */
function handedOn(asked: Draft, message: AuthorizationRequest): boolean {
  if (asked.start === null) return false;
  const clientId = clientIdOf([asked.start]);
  const repeated = clientIdOf([message]);
  if (asked.site === message.endpoint.site) return clientId === null || repeated === null || clientId === repeated;
  const target = paramValue(message, 'redirect_uri');
  return (
    repeated !== null && clientId === repeated && target !== null && paramValue(asked.start, 'redirect_uri') === target
  );
}

/** An authorization response can belong to it: it asked for one, or is one whose request was not seen. */
function answerable(draft: Draft): boolean {
  return draft.start !== null || draft.links[0]?.message.kind === 'authorizationResponse';
}

/** The response went where the flow's request asked, as far as the request says. */
function targets(draft: Draft, message: AuthorizationResponse): boolean {
  const redirectUri = draft.start === null ? null : paramValue(draft.start, 'redirect_uri');
  return redirectUri === null || draft.responded === false || redirectTarget(redirectUri) === message.endpoint.url;
}

function carriesOtherCode(draft: Draft): boolean {
  return draft.links.some(
    ({ message }) => message.kind === 'authorizationResponse' && paramValue(message, 'code') !== null,
  );
}
