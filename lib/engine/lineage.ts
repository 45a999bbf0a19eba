import { bodyParams } from '../http/body.ts';
import { endpointOf } from '../http/endpoint.ts';
import { bearerToken, header } from '../http/headers.ts';
import { fragmentOf, paramValue, parseForm, queryOf } from '../http/params.ts';
import type { Flow } from '../model/flow.ts';
import type {
  FoundAs,
  Lineage,
  Mark,
  MarkLetter,
  Redemption,
  Relation,
  Sighting,
  SightingPlace,
  TrackedValue,
} from '../model/lineage.ts';
import type { OAuthMessage, TokenRequest } from '../model/message.ts';
import type { Exchange, Observation, PageScan, StorageSnapshot } from '../model/observation.ts';
import { finish, type Work } from '../model/work.ts';
import { readCompactJose } from '../token/jose.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { collectSecrets, type SecretKind, secretKind } from './secrets.ts';
import { createValueSearch, type ValueSearch } from './wrapped-values.ts';

export interface LineageInput {
  readonly observations: readonly Observation[];
  readonly messages: readonly OAuthMessage[];
  readonly flows: readonly Flow[];
}

/** What the mark of a value begins with. */
export const LETTERS: Readonly<Record<SecretKind, MarkLetter>> = {
  code: 'C',
  'access token': 'A',
  'refresh token': 'R',
  'ID token': 'I',
  state: 'S',
  nonce: 'N',
  verifier: 'V',
  'client secret': 'K',
  password: 'P',
  'device code': 'D',
  'user code': 'U',
  assertion: 'J',
  'request object': 'Q',
  'request URI': 'Y',
  challenge: 'H',
  other: 'X',
};

/**
 * Gives every secret value of a capture its mark and finds all places in which it was seen again. Values are compared
 * themselves, in memory; what leaves is the mark. Linear in the size of the observations: each text is read once for all
 * values, and nothing is done before somebody asks.
 */
export function traceLineage(input: LineageInput): Lineage {
  return finish(tracingLineage(input));
}

/** What to search for, prepared the last time: of a capture that grew only what is new is added. */
export interface LineageMemory {
  search: ValueSearch;
  values: ReadonlySet<string>;
}

export const createLineageMemory = (): LineageMemory => ({ search: createValueSearch(), values: new Set() });

/** The same, as work that may be interrupted between two observations. */
export function* tracingLineage(
  { observations, messages, flows }: LineageInput,
  memory: LineageMemory = createLineageMemory(),
): Work<Lineage> {
  const byExchange = messagesByExchange(messages);
  const known = yield* knownValues(observations, byExchange);
  const redactor = createRedactor(known);
  yield;
  const marks = marksOf(known);
  yield* remember(memory, known);
  const nameOf = once(redactor.plain);
  const tracks = new Map<string, Track>();

  for (const [index, observation] of observations.entries()) {
    yield;
    const ofExchange = observation.is === 'exchange' ? (byExchange.get(observation) ?? []) : [];
    const once = new Set<string>();
    for (const text of textsOf(observation)) {
      for (const { value, as, name } of valuesIn(text, memory.search, known)) {
        const place = `${value} ${text.direction} ${text.place} ${name}`;
        if (once.has(place)) continue;
        once.add(place);
        const key = `${observation.trace} ${value}`;
        const track = tracks.get(key) ?? newTrack(value, observation.trace);
        tracks.set(key, track);
        track.sightings.push({
          observation: index,
          message: messageAt(ofExchange, text.direction, text.place),
          time: observation.time,
          direction: text.direction,
          place: text.place,
          name: nameOf(name),
          as,
          host: text.host,
        });
      }
    }
  }

  yield;
  const flowOf = new Map(flows.flatMap((flow) => flow.messages.map((message) => [message, flow] as const)));
  const siteOf = once((host: string) => endpointOf(`https://${host}`)?.site ?? null);
  const facts: Facts = { marks, redactor, messages, byExchange, flowOf, siteOf, partiesOf: partiesLookup(flows) };
  const values: TrackedValue[] = [];
  for (const track of tracks.values()) {
    values.push(toTracked(track, facts));
    yield;
  }
  return {
    values,
    mark: (value) => marks.get(value) ?? null,
  };
}

/** Afterwards exactly the known values are searched for. */
function* remember(memory: LineageMemory, known: ReadonlyMap<string, SecretKind>): Work<void> {
  const values = new Set([...known.keys()].filter(isDistinctive));
  if ([...memory.values].some((value) => !values.has(value))) Object.assign(memory, createLineageMemory());
  yield* memory.search.adding([...values].filter((value) => !memory.values.has(value)));
  memory.values = values;
}

/** Answers are kept: few names and hosts occur again and again. */
function once<T>(find: (text: string) => T): (text: string) => T {
  const found = new Map<string, T>();
  return (text) => {
    if (!found.has(text)) found.set(text, find(text));
    return found.get(text) as T;
  };
}

/** The marks alone, without the search for what carries them. */
export function markValues({ observations, messages }: Omit<LineageInput, 'flows'>): ReadonlyMap<string, Mark> {
  return marksOf(finish(knownValues(observations, messagesByExchange(messages))));
}

function messagesByExchange(messages: readonly OAuthMessage[]): Map<Exchange, OAuthMessage[]> {
  const byExchange = new Map<Exchange, OAuthMessage[]>();
  for (const message of messages) push(byExchange, message.exchange, message);
  return byExchange;
}

/** Those of a flow or, for a value that no flow holds, of all flows of its trace; each worked out once. */
function partiesLookup(flows: readonly Flow[]): Facts['partiesOf'] {
  const found = new Map<Flow | string, Parties>();
  return (flow, trace) => {
    const key = flow ?? trace;
    const known = found.get(key);
    if (known !== undefined) return known;
    const of = flow === null ? flows.filter((other) => other.trace === trace) : [flow];
    const parties = partiesOf(of.flatMap(({ messages }) => messages));
    found.set(key, parties);
    return parties;
  };
}

interface Track {
  readonly value: string;
  readonly trace: string;
  readonly sightings: Omit<Sighting, 'relation'>[];
}

function newTrack(value: string, trace: string): Track {
  return { value, trace, sightings: [] };
}

function push<K, V>(groups: Map<K, V[]>, key: K, item: V): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}

/** Shorter values are everywhere by chance. */
const MIN_LENGTH = 8;

/** In the order in which each became known, so that what is observed later changes no mark. */
function* knownValues(
  observations: readonly Observation[],
  byExchange: ReadonlyMap<Exchange, readonly OAuthMessage[]>,
): Work<Map<string, SecretKind>> {
  const known = new Map<string, SecretKind>();
  const add = (value: string, kind: SecretKind): void => {
    if (!known.has(value)) known.set(value, kind);
  };
  for (const observation of observations) {
    if (observation.is === 'exchange') {
      for (const [value, kind] of collectSecrets(byExchange.get(observation) ?? [])) add(value, kind);
      const bearer = bearerToken(header(observation.request.headers, 'authorization'));
      if (bearer !== null && bearer.length >= MIN_LENGTH) add(bearer, 'access token');
    } else if (observation.is === 'storage') {
      for (const [value, kind] of collectSecrets([], [observation])) add(value, kind);
    }
    yield;
  }
  return known;
}

function marksOf(known: ReadonlyMap<string, SecretKind>): Map<string, Mark> {
  const counts = new Map<MarkLetter, number>();
  const marks = new Map<string, Mark>();
  for (const [value, kind] of known) {
    const letter = LETTERS[kind];
    const count = (counts.get(letter) ?? 0) + 1;
    counts.set(letter, count);
    marks.set(value, `${letter}${count}`);
  }
  return marks;
}

/**
 * Whether a value is one that nobody else writes by chance: `home`, `/account` and `20240131` as a state are not. Those
 * are recognised only where they are the whole value under a name that means the same.
 */
function isDistinctive(value: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\/|^[/{["]|\s/i.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((characters) => characters.test(value)).length;
  return value.length >= 16 ? classes >= 2 || /^\d+$/.test(value) : classes >= 2 && /\d/.test(value);
}

/** One text of an observation, as it was written. */
interface Text {
  readonly direction: Sighting['direction'];
  readonly place: SightingPlace;
  readonly name: string;
  readonly text: string;
  readonly host: string;
  /** One decoding was done already: what stands inside of a longer text was percent-encoded on the wire. */
  readonly decoded?: true;
}

function textsOf(observation: Observation): readonly Text[] {
  switch (observation.is) {
    case 'exchange':
      return exchangeTexts(observation);
    case 'storage':
      return storageTexts(observation);
    case 'script':
      return scanTexts(observation);
  }
}

function exchangeTexts({ request, outcome }: Exchange): readonly Text[] {
  const host = hostOf(request.url);
  const texts: Text[] = addressTexts(request.url, { direction: 'request', host });
  const type = header(request.headers, 'content-type');
  if (request.headers.seen) {
    for (const pair of request.headers.value) texts.push(...headerTexts(pair, { direction: 'request', host }));
  }
  texts.push(...bodyTexts(request.body, type, { direction: 'request', host }));
  if (outcome.is !== 'response') return texts;
  const { headers, body } = outcome.response;
  if (headers.seen) {
    for (const pair of headers.value) texts.push(...headerTexts(pair, { direction: 'response', host }));
  }
  texts.push(...bodyTexts(body, header(headers, 'content-type'), { direction: 'response', host }));
  return texts;
}

type Side = Pick<Text, 'direction' | 'host'>;

/** `place`: all of the address is one place, such as a header; otherwise path, query and fragment are. */
function addressTexts(url: string, side: Side, place: SightingPlace | null = null): Text[] {
  const end = url.search(/[?#]/);
  const texts: Text[] = [{ ...side, place: place ?? 'path', name: '', text: end < 0 ? url : url.slice(0, end) }];
  for (const { name, value } of parseForm(queryOf(url), 'query')) {
    texts.push({ ...side, place: place ?? 'query', name, text: value, decoded: true });
  }
  const fragment = fragmentOf(url);
  if (fragment.includes('=')) {
    for (const { name, value } of parseForm(fragment, 'fragment')) {
      texts.push({ ...side, place: place ?? 'fragment', name, text: value, decoded: true });
    }
  } else if (fragment !== '') texts.push({ ...side, place: place ?? 'fragment', name: '', text: fragment });
  return texts;
}

function headerTexts([name, text]: readonly [name: string, value: string], side: Side): Text[] {
  switch (name.toLowerCase()) {
    case 'referer':
      return addressTexts(text, side, 'referer');
    case 'location':
      return addressTexts(text, side, 'location');
    case 'authorization':
      return [{ ...side, place: 'authorization', name, text: text.slice(text.indexOf(' ') + 1) }];
    case 'cookie':
      return text.split(/; ?/).map((pair) => cookieText(pair, side));
    case 'set-cookie':
      return text.split('\n').map((line) => cookieText(line.split(';', 1)[0] ?? '', side));
    default:
      return [{ ...side, place: 'header', name, text }];
  }
}

function cookieText(pair: string, side: Side): Text {
  const equals = pair.indexOf('=');
  return { ...side, place: 'cookie', name: pair.slice(0, Math.max(equals, 0)), text: pair.slice(equals + 1) };
}

function bodyTexts(body: Exchange['request']['body'], type: string | null, side: Side): Text[] {
  if (!body.seen || body.value === null) return [];
  if (body.value.is === 'text' && (/json/i.test(type ?? '') || /^\s*[{[<]/.test(body.value.text))) {
    return [{ ...side, place: 'body', name: '', text: body.value.text }];
  }
  const fields = bodyParams(body, type);
  if (fields.length === 0 && body.value.is === 'text') {
    return [{ ...side, place: 'body', name: '', text: body.value.text }];
  }
  return fields.map(({ name, value }) => ({ ...side, place: 'body', name, text: value, decoded: true }));
}

function storageTexts({ origin, items }: StorageSnapshot): Text[] {
  const side = { direction: 'page', place: 'storage', host: hostOf(origin) } as const;
  return items.flatMap(([key, value]) => [
    { ...side, name: key, text: key },
    { ...side, name: key, text: value },
  ]);
}

function scanTexts({ found, url, text }: PageScan): Text[] {
  return [{ direction: 'page', place: found === 'message' ? 'message' : 'script', name: '', text, host: hostOf(url) }];
}

function hostOf(url: string): string {
  return endpointOf(url)?.host ?? '';
}

interface Found {
  readonly value: string;
  readonly as: FoundAs;
  readonly name: string;
}

function valuesIn(text: Text, { search }: ValueSearch, known: ReadonlyMap<string, SecretKind>): Found[] {
  const found: Found[] = search(text.text).map(({ value, as, text: around, at }) => ({
    value,
    as: as === 'part' && text.decoded ? 'percent-encoded' : as,
    name: memberBefore(around, at, text.name),
  }));
  const whole = known.get(text.text);
  if (whole !== undefined && secretKind(text.name) === whole && !found.some(({ value }) => value === text.text)) {
    found.push({ value: text.text, as: 'exact', name: text.name });
  }
  return found;
}

/** In JSON the name of the member, behind that of the key or parameter: `user.access_token`. */
function memberBefore(text: string, at: number, name: string): string {
  const member = /\\?"([\w.:/@|-]{1,80})\\?"\s*:\s*\\?"[^"]{0,200}$/.exec(text.slice(Math.max(0, at - 300), at))?.[1];
  if (member === undefined) return name;
  return name === '' ? member : `${name}.${member}`;
}

/** The message whose parameters that part of the exchange holds. */
function messageAt(
  messages: readonly OAuthMessage[],
  direction: Sighting['direction'],
  place: SightingPlace,
): number | null {
  const at = place === 'location' ? 'location' : direction;
  return (messages.find((message) => message.at === at) ?? messages[0])?.index ?? null;
}

/** The sites that take part in a flow. */
interface Parties {
  readonly server: ReadonlySet<string>;
  readonly client: ReadonlySet<string>;
}

function partiesOf(messages: readonly OAuthMessage[]): Parties {
  const server = new Set<string>();
  const client = new Set<string>();
  const addSite = (sites: Set<string>, url: string | null): void => {
    const endpoint = url === null ? null : endpointOf(url);
    if (endpoint !== null && endpoint.host !== '') sites.add(endpoint.site);
  };
  for (const message of messages) {
    if (message.kind === 'authorizationResponse') client.add(message.endpoint.site);
    else if (message.kind !== 'resourceRequest') server.add(message.endpoint.site);
    addSite(client, paramValue(message, 'redirect_uri'));
    if (message.kind === 'tokenRequest') addSite(client, message.exchange.initiator);
  }
  return { server, client };
}

interface Facts {
  readonly marks: ReadonlyMap<string, Mark>;
  readonly redactor: Redactor;
  readonly messages: readonly OAuthMessage[];
  readonly byExchange: ReadonlyMap<Exchange, readonly OAuthMessage[]>;
  readonly flowOf: ReadonlyMap<OAuthMessage, Flow>;
  /** Registrable domain; `null` where the host is none. */
  readonly siteOf: (host: string) => string | null;
  readonly partiesOf: (flow: Flow | null, trace: string) => Parties;
}

function toTracked({ value, trace, sightings }: Track, facts: Facts): TrackedValue {
  const messagesOfValue = [...new Set(sightings.flatMap(({ message }) => message ?? []))].flatMap(
    (index) => facts.messages[index] ?? [],
  );
  const flow = messagesOfValue.map((message) => facts.flowOf.get(message)).find((of) => of !== undefined) ?? null;
  const parties = facts.partiesOf(flow, trace);
  const resources = new Set(sightings.filter(isCredential).map(({ host }) => facts.siteOf(host)));
  const related = sightings.map((sighting): Sighting => {
    const site = facts.siteOf(sighting.host) ?? sighting.host;
    const relation: Relation = parties.server.has(site)
      ? 'server'
      : parties.client.has(site) || (sighting.direction === 'page' && parties.client.size === 0)
        ? 'client'
        : resources.has(site)
          ? 'resource'
          : 'third-party';
    return { ...sighting, relation };
  });
  const mark = facts.marks.get(value) ?? 'X0';
  return {
    mark,
    letter: mark.charAt(0) as MarkLetter,
    trace,
    value,
    masked: facts.redactor.mask(value),
    flow: flow?.id ?? null,
    sightings: related,
    ...lifeOf(value, messagesOfValue),
    redemption: redemptionOf(value, SERVES[mark.charAt(0)] ?? [], messagesOfValue, facts.byExchange),
  };
}

/** Shown as a credential, which is what a resource server gets a token for (RFC 6750 §2). */
function isCredential({ direction, place, as }: Omit<Sighting, 'relation'>): boolean {
  return direction === 'request' && place === 'authorization' && as === 'exact';
}

type Life = Pick<TrackedValue, 'issued' | 'expires' | 'revoked'>;

function lifeOf(value: string, messages: readonly OAuthMessage[]): Life {
  const has = (message: OAuthMessage): boolean => message.params.some((param) => param.value === value);
  const issuing = messages.find(
    (message) =>
      (message.kind === 'tokenResponse' || message.kind === 'authorizationResponse') &&
      message.params.some((param) => param.value === value && ISSUED.has(secretKind(param.as ?? param.name))),
  );
  const issued = issuing?.exchange.time ?? null;
  const ended = messages.find((message) => message.kind === 'revocationRequest' && has(message));
  const exp = readCompactJose(value)?.claims?.['exp'];
  const seconds = Number(issuing === undefined ? Number.NaN : (paramValue(issuing, 'expires_in') ?? Number.NaN));
  const isAccessToken = issuing?.params.some((p) => p.value === value && secretKind(p.as ?? p.name) === 'access token');
  return {
    issued,
    expires:
      typeof exp === 'number'
        ? exp * 1000
        : isAccessToken && issued !== null && Number.isFinite(seconds)
          ? issued + seconds * 1000
          : null,
    revoked: ended?.exchange.time ?? null,
  };
}

/** What a server gives out; the client makes state, nonce and verifier itself. */
const ISSUED: ReadonlySet<SecretKind | null> = new Set<SecretKind>([
  'code',
  'access token',
  'refresh token',
  'ID token',
  'device code',
]);

/** Parameters in which a value of that letter serves for tokens; secrets, passwords and access tokens are not spent by it. */
const SERVES: Readonly<Record<string, readonly string[]>> = {
  C: ['code'],
  V: ['code_verifier'],
  R: ['refresh_token'],
  D: ['device_code'],
};

/** Of several requests the one that decided, else the last. */
function redemptionOf(
  value: string,
  names: readonly string[],
  messages: readonly OAuthMessage[],
  byExchange: Facts['byExchange'],
): TrackedValue['redemption'] {
  const tries = messages
    .filter((message): message is TokenRequest => message.kind === 'tokenRequest')
    .filter(({ params }) => params.some((param) => param.value === value && names.includes(param.as ?? param.name)))
    .map((request) => ({ is: resultOf(request, value, byExchange), time: request.exchange.time }));
  return tries.find(({ is }) => is === 'redeemed' || is === 'replaced') ?? tries.at(-1) ?? null;
}

function resultOf({ exchange, params }: TokenRequest, value: string, byExchange: Facts['byExchange']): Redemption {
  const answer = byExchange.get(exchange)?.find((message) => message.kind === 'tokenResponse');
  if (answer?.kind !== 'tokenResponse') return 'unseen';
  if (answer.error === 'invalid_grant') return 'refused';
  if (answer.error === 'authorization_pending' || answer.error === 'slow_down') return 'kept';
  if (answer.error !== null || answer.status < 200 || answer.status >= 300) return 'unseen';
  const hidden = answer.bodyHidden !== null || answer.truncated;
  if (!hidden && paramValue(answer, 'access_token') === null && paramValue(answer, 'id_token') === null)
    return 'unseen';
  if (!params.some((param) => param.value === value && (param.as ?? param.name) === 'refresh_token')) return 'redeemed';
  if (hidden) return 'unseen';
  const next = paramValue(answer, 'refresh_token');
  return next === null || next === '' || next === value ? 'kept' : 'replaced';
}
