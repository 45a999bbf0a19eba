import { bodyText } from '../../http/body.ts';
import { bearerToken, header } from '../../http/headers.ts';
import { queryOf } from '../../http/params.ts';
import { readRequest } from '../../http/request.ts';
import type { Flow } from '../../model/flow.ts';
import type { Endpoint, MessageKind } from '../../model/message.ts';
import type { Exchange } from '../../model/observation.ts';
import type { Outcome, PageEvidence, RuleContext, Trace } from '../../model/rule.ts';
import { type TokenKind, tokenValue } from '../../page/token-values.ts';
import { whatHidesTokens } from './hidden-tokens.ts';
import { knownTokens } from './known-tokens.ts';
import { areRequestsUnseen, nestedValues } from './other-requests.ts';

/** A token in a request. */
export interface TokenUse {
  readonly exchange: Exchange;
  readonly target: Endpoint;
  readonly where: 'header' | 'query' | 'body';
  readonly name: string;
  readonly value: string;
  readonly is: TokenKind;
  /** `value`: this very value was seen as a token in a message. */
  readonly by: 'value' | 'name' | 'claims';
  /** It stands in an address inside of the parameter: the page told somebody where it is. */
  readonly nested: boolean;
  /** What the request is in OAuth, apart from a use of the token; `null` for all others. */
  readonly message: MessageKind | null;
  readonly flow: Flow | null;
}

/**
 * Every token in every request: in the Authorization header, in the query and, of tokens that a message gave, in the
 * body. Pass it to `once`.
 */
export function tokenUses(trace: Trace): readonly TokenUse[] {
  const known = knownTokens(trace);
  const kinds = protocolKinds(trace);
  return trace.exchanges.flatMap((exchange) => {
    // A preflight repeats the address of the request that it asks for.
    if (exchange.request.method === 'OPTIONS') return [];
    const tokens = placesIn(exchange, known.size > 0).flatMap((place) => {
      const token = tokenAt(place, known);
      return token === null ? [] : [{ ...place, ...token }];
    });
    // Most requests carry none, and to parse their addresses would take longer than all the rest.
    const target = tokens.length === 0 ? null : readRequest(exchange.request).endpoint;
    if (target === null) return [];
    const message = kinds.get(exchange.id) ?? null;
    return tokens.map((token): TokenUse => ({ exchange, target, message, ...token }));
  });
}

type UsePlace = Pick<TokenUse, 'where' | 'name' | 'value' | 'nested'>;

/**
 * Whether a query can have a token that its name or its claims tell: a name with `token` in it, a value that starts as
 * every JSON object does in base64url, or letters that are percent-encoded and may hide either.
 */
function mayHoldToken(query: string): boolean {
  return /token|=e[wy]|%[46][1-9a-f]|%[57][0-9a]/i.test(query);
}

/** Values of a request that may be tokens; `hasKnown`: messages gave some, to be found by their values. */
function placesIn({ request }: Exchange, hasKnown: boolean): readonly UsePlace[] {
  const places: UsePlace[] = [];
  const bearer = bearerToken(header(request.headers, 'authorization'));
  if (bearer !== null) places.push({ where: 'header', name: 'Authorization', value: bearer, nested: false });
  const add = (where: TokenUse['where'], name: string, value: string): void => {
    places.push({ where, name, value, nested: false });
    // Inside of an address a token is told by its value alone.
    if (hasKnown) for (const inner of nestedValues(value)) places.push({ where, name, value: inner, nested: true });
  };
  if (hasKnown || mayHoldToken(queryOf(request.url))) {
    for (const { name, value } of readRequest(request).query) add('query', name, value);
  }
  if (!hasKnown || !request.body.seen || request.body.value === null) return places;
  const { body } = readRequest(request);
  for (const { name, value } of body) add('body', name, value);
  if (body.length === 0) for (const word of wordsOf(bodyText(request.body) ?? '')) add('body', 'body', word);
  return places;
}

function tokenAt(
  { where, name, value, nested }: UsePlace,
  known: ReturnType<typeof knownTokens>,
): Pick<TokenUse, 'is' | 'by' | 'flow'> | null {
  const same = known.get(value);
  if (same !== undefined) return { is: same.is, by: 'value', flow: same.flow };
  if (where === 'body' || nested) return null;
  // What stands behind `Bearer` is an access token, unless it says that it is another.
  const token = tokenValue(name, value, null) ?? (where === 'header' ? tokenValue('access_token', value, null) : null);
  return token === null ? null : { is: token.is, by: token.by === 'claims' ? 'claims' : 'name', flow: null };
}

const MAX_TEXT = 200_000;

/** Runs of the signs of which tokens are made. */
export function wordsOf(text: string): readonly string[] {
  return text.slice(0, MAX_TEXT).match(/[\w.~+/-]{16,}=*/g) ?? [];
}

/** Using a token is no message of the protocol here. */
function protocolKinds({ flows }: Trace): ReadonlyMap<string, MessageKind> {
  const kinds = new Map<string, MessageKind>();
  for (const { messages } of flows) {
    for (const { kind, exchange, at } of messages) {
      if (at === 'request' && kind !== 'resourceRequest' && kind !== 'userinfoRequest') kinds.set(exchange.id, kind);
    }
  }
  return kinds;
}

function evidenceOfOne(use: TokenUse, c: RuleContext): PageEvidence {
  return c.inRequest(use.exchange, use.where, use.name, use.value, c.say`to ${c.plain(use.target.host)}`);
}

/** What makes one finding: the same target, the same place. */
export function byTarget(uses: readonly TokenUse[]): readonly (readonly [TokenUse, ...TokenUse[]])[] {
  const groups = new Map<string, [TokenUse, ...TokenUse[]]>();
  for (const use of uses) {
    const key = `${use.target.host}\n${use.where}\n${use.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [use]);
    else group.push(use);
  }
  return [...groups.values()];
}

/** More places of the same kind say nothing new. */
const MAX_EVIDENCE = 5;

export function evidenceOf(
  [first, ...rest]: readonly [TokenUse, ...TokenUse[]],
  c: RuleContext,
): readonly [PageEvidence, ...PageEvidence[]] {
  return [evidenceOfOne(first, c), ...rest.slice(0, MAX_EVIDENCE - 1).map((use) => evidenceOfOne(use, c))];
}

/**
 * What a rule about requests answers that found none. `mayCarry`: the request can hold a token that only its value would
 * have told.
 */
export function noneSeen(trace: Trace, c: RuleContext, mayCarry: (exchange: Exchange) => boolean): Outcome {
  if (areRequestsUnseen(trace)) return c.cannotTell('page');
  const hidden = c.once(whatHidesTokens);
  return hidden === null || !trace.exchanges.some(mayCarry) ? c.pass : c.cannotTell(hidden);
}

/** A query with a value as long as a token. */
export function hasLongQuery({ request: { url } }: Exchange): boolean {
  return /[\w.~+/-]{16}/.test(queryOf(url));
}
