import { wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type DecodedToken, decodeToken, type JsonObject, type TokenError } from './decode.ts';
import { type JsonValue, parseJsonText } from './json-text.ts';

/** One claim that the holder shows (RFC 9901 §4.2). */
export interface Disclosure {
  /** Exactly as it stands in the token. */
  readonly encoded: string;
  readonly salt: string;
  /** `null` for an element of a list. */
  readonly name: string | null;
  readonly value: JsonValue;
}

/**
 * An SD-JWT taken apart: `<issuer JWT>~<disclosure>~…~<key binding JWT or nothing>` (RFC 9901 §4), or a JWS in JSON with
 * both in its unprotected header (RFC 9901 §8).
 */
export interface SdJwt {
  readonly issuer: DecodedToken;
  readonly disclosures: readonly Disclosure[];
  /** The key binding JWT; `null` where the holder proves no key. */
  readonly keyBinding: string | null;
  /** What the key binding signs besides itself: everything before it. */
  readonly bound: string;
  readonly error?: TokenError;
}

/** More disclosures than this are not taken apart. */
const MAX_DISCLOSURES = 2000;

/** Whether the text has the shape of an SD-JWT. */
export function isSdJwt(text: string): boolean {
  if (isCompact(text)) return true;
  return /^\s*\{/.test(text) && text.includes('"disclosures"') && shownInHeader(decodeToken(text)) !== null;
}

const isCompact = (text: string): boolean => /^[^.~\s]+\.[^.~\s]*\.[^.~\s]*~/.test(text);

interface Shown {
  readonly disclosures: readonly unknown[];
  readonly keyBinding: unknown;
}

/** What the first unprotected header shows (RFC 9901 §8); `null` where the token is no SD-JWT. */
function shownInHeader({ signatures }: DecodedToken): Shown | null {
  const header = signatures[0]?.unprotected;
  const disclosures = header?.['disclosures'];
  return Array.isArray(disclosures) ? { disclosures, keyBinding: header?.['kb_jwt'] } : null;
}

/** Never throws; checks neither signature nor digests. */
export function decodeSdJwt(text: string): SdJwt {
  return isCompact(text) ? decodeCompactSdJwt(text) : decodeJsonSdJwt(text);
}

function decodeCompactSdJwt(text: string): SdJwt {
  const end = text.indexOf('~');
  const segments = text.slice(end + 1).split('~');
  const last = segments.pop() ?? '';
  let at = end + 1;
  const placed = segments.slice(0, MAX_DISCLOSURES + 1).map((encoded) => {
    at += encoded.length + 1;
    return { encoded, at: at - encoded.length - 1 };
  });
  const bound = text.slice(0, text.length - last.length);
  return assembled(
    decodeToken(text.slice(0, end)),
    placed,
    last === '' ? null : { text: last, at: bound.length },
    bound,
  );
}

function decodeJsonSdJwt(text: string): SdJwt {
  const issuer = decodeToken(text);
  const { disclosures, keyBinding } = shownInHeader(issuer) ?? { disclosures: [], keyBinding: undefined };
  const at = (value: unknown): number => Math.max(0, text.indexOf(JSON.stringify(value)) + 1);
  const encoded = disclosures.slice(0, MAX_DISCLOSURES + 1).map((one) => ({ encoded: String(one), at: at(one) }));
  const [signed] = issuer.signatures;
  const binding = keyBinding === undefined ? null : { text: String(keyBinding), at: at(keyBinding) };
  // The hash is that of the compact form, however the token travels (RFC 9901 §8.1).
  const compact = [`${signed?.protected}.${issuer.signedPayload}.${signed?.signature}`, ...disclosures, ''].join('~');
  return assembled(issuer, encoded, binding, compact);
}

/** A text of the token and where it stands. */
interface Placed {
  readonly encoded: string;
  readonly at: number;
}

function assembled(
  issuer: DecodedToken,
  placed: readonly Placed[],
  binding: { readonly text: string; readonly at: number } | null,
  bound: string,
): SdJwt {
  const disclosures: Disclosure[] = [];
  let { error } = issuer;
  if (placed.length > MAX_DISCLOSURES) {
    const { at } = placed[0] ?? { at: 0 };
    error ??= { part: 'structure', at, message: `more than ${MAX_DISCLOSURES} disclosures` };
  }
  for (const [index, { encoded, at }] of placed.slice(0, MAX_DISCLOSURES).entries()) {
    const found = decodeDisclosure(encoded);
    if ('salt' in found) disclosures.push(found);
    else error ??= { part: 'structure', at: at + found.at, message: `disclosure ${index + 1}: ${found.message}` };
  }
  const inner = binding === null ? undefined : decodeToken(binding.text).error;
  if (binding !== null && inner !== undefined) {
    error ??= { ...inner, at: binding.at + inner.at, message: `key binding: ${inner.message}` };
  }
  return { issuer, disclosures, keyBinding: binding?.text ?? null, bound, ...(error === undefined ? {} : { error }) };
}

function decodeDisclosure(encoded: string): Disclosure | { at: number; message: string } {
  const bytes = decodeBase64url(encoded);
  if ('error' in bytes) return bytes.error;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.bytes);
  } catch {
    return { at: 0, message: 'the bytes are no UTF-8 text' };
  }
  const json = parseJsonText(text);
  if ('error' in json) {
    const before = new TextEncoder().encode(text.slice(0, json.error.at)).length;
    return { at: Math.floor((before * 4) / 3), message: `no JSON: ${json.error.message}` };
  }
  const { value } = json;
  if (!Array.isArray(value) || value.length < 2 || value.length > 3 || typeof value[0] !== 'string') {
    return { at: 0, message: 'no list of a salt, a name and a value (RFC 9901 §4.2)' };
  }
  const [salt, second, third] = value as readonly JsonValue[];
  if (value.length === 2) return { encoded, salt: wordOf(salt), name: null, value: second ?? null };
  if (typeof second !== 'string') return { at: 0, message: 'the name of the claim is no text (RFC 9901 §4.2.1)' };
  if (second === '_sd' || second === '...') {
    return { at: 0, message: `a disclosed claim must not be called "${second}" (RFC 9901 §7.1)` };
  }
  return { encoded, salt: wordOf(salt), name: second, value: third ?? null };
}

const HASHES = table<string>({ 'sha-256': 'SHA-256', 'sha-384': 'SHA-384', 'sha-512': 'SHA-512' });

/** The claims with what is disclosed put in its place, or why they must be refused. */
export type SdJwtClaims =
  | {
      readonly claims: JsonObject;
      /** Digests that nothing was shown for; decoys among them. */
      readonly hidden: number;
    }
  | { readonly problem: string; readonly unsupported?: true };

/** RFC 9901 §7.1: every disclosure belongs to exactly one digest, and no name comes twice. */
export async function discloseClaims({ issuer, disclosures }: SdJwt): Promise<SdJwtClaims> {
  const { payload } = issuer;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return { problem: 'there are no claims' };
  const claims = payload as JsonObject;
  const named = claims['_sd_alg'] ?? 'sha-256';
  const hash = typeof named === 'string' ? HASHES[named] : undefined;
  if (hash === undefined) {
    return { problem: `"_sd_alg" names "${wordOf(named).slice(0, 40)}", which is unknown here`, unsupported: true };
  }
  const byDigest = new Map<string, Disclosure>();
  for (const disclosure of disclosures) {
    const digest = await digestOf(hash, disclosure.encoded);
    if (byDigest.has(digest)) return { problem: 'a disclosure is there twice (RFC 9901 §7.1)' };
    byDigest.set(digest, disclosure);
  }
  const walk = new Walk(byDigest);
  const opened = walk.object(claims);
  if (walk.problem !== null) return { problem: walk.problem };
  const unused = byDigest.size - walk.used.size;
  if (unused > 0)
    return { problem: `${unused} disclosure${unused === 1 ? '' : 's'} belong to no digest (RFC 9901 §7.1)` };
  const { _sd_alg: _alg, ...rest } = opened;
  return { claims: rest, hidden: walk.hidden };
}

class Walk {
  readonly used = new Set<string>();
  readonly seen = new Set<string>();
  hidden = 0;
  problem: string | null = null;
  readonly byDigest: ReadonlyMap<string, Disclosure>;

  constructor(byDigest: ReadonlyMap<string, Disclosure>) {
    this.byDigest = byDigest;
  }

  value(value: JsonValue): JsonValue {
    if (Array.isArray(value)) return this.list(value as readonly JsonValue[]);
    return typeof value === 'object' && value !== null ? this.object(value as JsonObject) : value;
  }

  object(object: JsonObject): JsonObject {
    const entries: [string, JsonValue][] = [];
    for (const [name, value] of Object.entries(object)) {
      if (name !== '_sd') entries.push([name, this.value(value)]);
    }
    const digests = object['_sd'] ?? [];
    if (!Array.isArray(digests)) this.problem ??= '"_sd" is no list (RFC 9901 §4.2.4.1)';
    for (const digest of Array.isArray(digests) ? (digests as readonly JsonValue[]) : []) {
      const found = this.take(digest);
      if (found === null) continue;
      const { name, value } = found;
      if (name === null) this.problem ??= 'a disclosed list element stands where a claim belongs (RFC 9901 §7.1)';
      else if (Object.hasOwn(object, name) || entries.some(([other]) => other === name)) {
        this.problem ??= `the claim "${name.slice(0, 40)}" is disclosed and already there (RFC 9901 §7.1)`;
      } else entries.push([name, this.value(value)]);
    }
    return Object.fromEntries(entries);
  }

  list(list: readonly JsonValue[]): JsonValue[] {
    return list.flatMap((element): JsonValue[] => {
      const keys =
        typeof element === 'object' && element !== null && !Array.isArray(element) ? Object.keys(element) : [];
      if (keys.length !== 1 || keys[0] !== '...') return [this.value(element)];
      const found = this.take((element as JsonObject)['...'] ?? null);
      if (found === null) return [];
      if (found.name !== null) this.problem ??= 'a disclosed claim stands where a list element belongs (RFC 9901 §7.1)';
      return [this.value(found.value)];
    });
  }

  /** The disclosure of a digest; `null` where nothing was shown for it. */
  take(digest: JsonValue): Disclosure | null {
    if (typeof digest !== 'string') {
      this.problem ??= 'a digest is no text (RFC 9901 §7.1)';
      return null;
    }
    if (this.seen.has(digest)) this.problem ??= 'a digest is there twice (RFC 9901 §7.1)';
    this.seen.add(digest);
    const found = this.byDigest.get(digest) ?? null;
    if (found === null) this.hidden += 1;
    else this.used.add(digest);
    return found;
  }
}

/** What `sd_hash` of the key binding has to be (RFC 9901 §4.3.1). */
export async function boundHash({ issuer, bound }: SdJwt): Promise<string | null> {
  const named = (issuer.payload as JsonObject | undefined)?.['_sd_alg'] ?? 'sha-256';
  const hash = typeof named === 'string' ? HASHES[named] : undefined;
  return hash === undefined ? null : await digestOf(hash, bound);
}

async function digestOf(hash: string, text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(text))));
}
