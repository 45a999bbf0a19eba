import { isRecord, parseJson } from '../http/params.ts';
import type { StorageSnapshot } from '../model/observation.ts';
import { base64urlText } from '../token/base64url.ts';

/** One text in storage: the value of a key, or of a member inside it. */
export interface StoredValue {
  readonly snapshot: StorageSnapshot;
  /** Position among all values of the snapshot. */
  readonly index: number;
  readonly key: string;
  /** The key, then the members down to the value, joined by `.`. */
  readonly name: string;
  /** The last of them: what the value is called. */
  readonly member: string;
  readonly value: string;
  /** The object that it is a member of; `null` for the value of the key itself. */
  readonly among: Readonly<Record<string, unknown>> | null;
}

/** Whether what these areas held was seen whole, at least once: only then is a value that is not there not stored. */
export function seenWhole(snapshots: readonly StorageSnapshot[]): boolean {
  const read = snapshots.filter(({ written }) => written !== true);
  return read.length > 0 && !read.some(({ truncated }) => truncated);
}

/** Caches nest a few levels; deeper is no token cache. */
const MAX_DEPTH = 6;
/** Values of one snapshot that are looked at; a page that stores more is cut here, not slowed down. */
const MAX_VALUES = 20_000;
const MAX_JSON = 2_000_000;

/** Every text in a snapshot, JSON taken apart; the whole value of a key comes before its members. */
export function storedValues(snapshot: StorageSnapshot): StoredValue[] {
  const found: StoredValue[] = [];
  for (const [key, value] of joinedChunks(snapshot)) {
    const text = snapshot.area === 'cookie' ? percentDecoded(value) : value;
    found.push({ snapshot, index: found.length, key, name: key, member: lastMember(key), value: text, among: null });
    const inside = structureOf(text);
    if (inside !== undefined) addMembers(inside, { snapshot, key, name: key }, found, 0);
    if (found.length >= MAX_VALUES) break;
  }
  return found;
}

/** Keys of caches are paths themselves: `CognitoIdentityServiceProvider.client.user.accessToken`. */
function lastMember(key: string): string {
  return key.slice(Math.max(key.lastIndexOf('.'), key.lastIndexOf('/'), key.lastIndexOf(':')) + 1);
}

/** Cookies of more than 4 kB are stored in parts: `name.0`, `name.1`. */
function joinedChunks({ area, items }: StorageSnapshot): readonly (readonly [key: string, value: string])[] {
  if (area !== 'cookie' || !items.some(([key]) => /\.0$/.test(key))) return items;
  const parts = new Map(items);
  return items.flatMap(([key, value]) => {
    const [, name, index] = /^(.+)\.(\d+)$/.exec(key) ?? [];
    if (name === undefined || !parts.has(`${name}.0`)) return [[key, value] as const];
    if (index !== '0') return [];
    let joined = '';
    for (let n = 0; parts.has(`${name}.${n}`); n++) joined += parts.get(`${name}.${n}`);
    return [[name, joined] as const];
  });
}

function percentDecoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The object or list that a text is, plain or in base64 behind the mark that Supabase puts before it. */
function structureOf(text: string): unknown {
  if (text.length > MAX_JSON) return undefined;
  const json = text.startsWith('base64-') ? base64urlText(text.slice('base64-'.length)) : text;
  return json !== null && /^\s*[{["]/.test(json) ? parseJson(json) : undefined;
}

type Place = Pick<StoredValue, 'snapshot' | 'key' | 'name'>;

function addMembers(value: unknown, place: Place, found: StoredValue[], depth: number): void {
  if (depth > MAX_DEPTH || found.length >= MAX_VALUES) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      addMember(String(index), item, null, place, found, depth);
    });
  } else if (isRecord(value)) {
    for (const [member, item] of Object.entries(value)) addMember(member, item, value, place, found, depth);
  } else if (typeof value === 'string') {
    // A text that was written as JSON keeps its quotes.
    found.push({ ...place, index: found.length, member: lastMember(place.key), value, among: null });
  }
}

function addMember(
  member: string,
  item: unknown,
  among: StoredValue['among'],
  place: Place,
  found: StoredValue[],
  depth: number,
): void {
  const name = `${place.name}.${member}`;
  if (typeof item !== 'string') {
    addMembers(item, { ...place, name }, found, depth + 1);
    return;
  }
  found.push({ ...place, index: found.length, name, member, value: item, among });
  // State libraries store JSON inside of JSON.
  const inside = /^\s*[{[]/.test(item) ? structureOf(item) : undefined;
  if (inside !== undefined) addMembers(inside, { ...place, name }, found, depth + 1);
}
