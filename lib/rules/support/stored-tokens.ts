import type { Flow } from '../../model/flow.ts';
import type { StorageArea } from '../../model/observation.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { Confidence, Fail, Outcome, RuleContext, Severity, Trace } from '../../model/rule.ts';
import type { StorageSdk } from '../../page/sdk-storage.ts';
import { sdkOfKey } from '../../page/sdk-storage.ts';
import { type StoredValue, seenWhole, storedValues } from '../../page/stored-values.ts';
import { expiryOf, isSealedEntry, storedToken, type TokenKind } from '../../page/token-values.ts';
import { readCompactJose } from '../../token/jose.ts';
import { whatHidesTokens } from './hidden-tokens.ts';
import { knownTokens, MIN_LENGTH } from './known-tokens.ts';

/** A token in storage. */
export interface StoredToken {
  readonly stored: StoredValue;
  readonly is: TokenKind;
  /** `value`: this very value was seen as a token in a message. */
  readonly by: 'value' | 'sdk' | 'name' | 'claims';
  readonly sdk: StorageSdk | null;
  /** The flow that it came from, where that was seen. */
  readonly flow: Flow | null;
}

/** Every token in every snapshot of a trace. Pass it to `once`. */
export function tokensInSnapshots(trace: Trace): readonly StoredToken[] {
  const known = knownTokens(trace);
  return trace.snapshots.flatMap((snapshot) =>
    storedValues(snapshot).flatMap((stored) => {
      const token = tokenOf(stored, known);
      return token === null ? [] : [token];
    }),
  );
}

/** The token that each place held last. */
function lastInEachPlace(tokens: readonly StoredToken[]): readonly StoredToken[] {
  const places = new Map(
    tokens.map((token) => {
      const { snapshot, name } = token.stored;
      return [`${snapshot.origin}\n${snapshot.area}\n${name}`, token];
    }),
  );
  return [...places.values()];
}

function tokenOf(stored: StoredValue, known: ReturnType<typeof knownTokens>): StoredToken | null {
  const sdk = sdkOfKey(stored.snapshot.area, stored.key);
  const same = known.get(stored.value);
  if (same !== undefined) return { stored, is: same.is, by: 'value', sdk, flow: same.flow };
  const token = storedToken(stored);
  return token === null ? null : { stored, flow: null, ...token };
}

/** Entries that a library encrypted before it stored them, as far as their keys say what they hold. */
export function sealedEntries({ snapshots }: Trace): readonly StoredValue[] {
  return snapshots.flatMap((snapshot) =>
    storedValues(snapshot).filter(
      ({ member, among, key }) =>
        member === 'data' && isSealedEntry(among) && sdkOfKey(snapshot.area, key)?.holds === 'tokens',
    ),
  );
}

/** What a rule about tokens in some areas of storage answers: one card for each area of an origin, or that none was seen. */
export function judgeStoredTokens(
  trace: Trace,
  c: RuleContext,
  areas: readonly StorageArea[],
  kinds: readonly TokenKind[],
  judge: (tokens: readonly [StoredToken, ...StoredToken[]]) => Judged,
): Outcome {
  const snapshots = trace.snapshots.filter(({ area }) => areas.includes(area));
  const groups = new Map<string, [StoredToken, ...StoredToken[]]>();
  // What stands first names the finding: the order in which a browser lists keys must not.
  const tokens = lastInEachPlace(c.once(tokensInSnapshots)).toSorted((a, b) =>
    a.stored.name.localeCompare(b.stored.name),
  );
  for (const token of tokens) {
    const { origin, area } = token.stored.snapshot;
    if (!areas.includes(area) || !kinds.includes(token.is)) continue;
    const group = groups.get(`${origin}\n${area}`);
    if (group === undefined) groups.set(`${origin}\n${area}`, [token]);
    else group.push(token);
  }
  const [first, ...rest] = [...groups.values()].map((group) => toFail(group, judge(group), c));
  if (first !== undefined) return c.fail(first, ...rest);
  if (!seenWhole(snapshots)) return c.cannotTell('page storage');
  const hidden = c.once(whatHidesTokens);
  const isLong = snapshots.flatMap(storedValues).some(({ value }) => value.length >= MIN_LENGTH);
  return hidden === null || !isLong ? c.pass : c.cannotTell(hidden);
}

export interface Judged extends Pick<Fail, 'summary'> {
  readonly severity: Severity;
}

function toFail(tokens: readonly [StoredToken, ...StoredToken[]], judged: Judged, c: RuleContext): Fail {
  const [first, ...rest] = tokens;
  const flow = tokens.find((token) => token.flow !== null)?.flow ?? null;
  return {
    ...judged,
    evidence: [c.inStorage(first.stored), ...rest.map(({ stored }) => c.inStorage(stored))],
    confidence: confidenceOf(tokens),
    ...(flow === null ? {} : { flow }),
  };
}

/** The bytes are in hand where a library's own place, or a message, says what they are. */
function confidenceOf(tokens: readonly StoredToken[]): Confidence {
  return tokens.some(({ by }) => by === 'value' || by === 'sdk') ? 'certain' : 'firm';
}

/** What the tokens are, in words: `access token and ID token`. */
export function kindsOf(tokens: readonly StoredToken[], c: RuleContext): Redacted {
  const kinds = [...new Set(tokens.map(({ is }) => is))].toSorted();
  return c.plain(kinds.join(' and '));
}

/** The libraries that stored them, as the end of a sentence; nothing where none is known. */
export function storedBy(tokens: readonly StoredToken[], c: RuleContext): Redacted {
  const names = [...new Set(tokens.flatMap(({ sdk }) => (sdk === null ? [] : [sdk.name])))];
  return names.length === 0 ? c.say`` : c.say`, put there by ${c.plain(names.join(' and '))}`;
}

/** Every one of them has ended. */
export function areExpired(tokens: readonly StoredToken[], now: number | null): boolean {
  return now !== null && tokens.every(({ stored }) => (expiryOf(stored.value, stored.among) ?? Infinity) * 1000 < now);
}

/** Scopes that administer; in an access token that can be read. */
export function isAdministrative({ value }: Pick<StoredValue, 'value'>): boolean {
  const claims = readCompactJose(value)?.claims ?? null;
  const scopes = [claims?.['scope'], claims?.['scp']].flat().join(' ');
  return /(^|[\s.:_/-])admin(istrator)?($|[\s.:_/-])|(^|\s)\*($|\s)/i.test(scopes);
}
