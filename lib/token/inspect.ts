import type { JSONWebKeySet, JWK } from 'jose';
import { encodeBase64url } from './base64url.ts';
import { decodeToken, type JsonObject, type Payload, type TokenError } from './decode.ts';
import { parseJsonText } from './json-text.ts';
import { judgeTime, type TimeVerdict } from './time.ts';
import { decrypt, type Judgement, type Keys, verifySignature } from './verify.ts';

export interface InspectInput {
  /** A JWK as the person gave it; anything else is said to be none. */
  readonly jwk?: unknown;
  readonly jwks?: unknown;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Everything that can be said about one token with what is known of its keys. */
export interface TokenReport {
  readonly kind: 'jws' | 'jwe' | 'unknown';
  readonly header?: JsonObject;
  readonly payload?: Payload;
  readonly signature: Judgement;
  /** Of a JWE only. */
  readonly decryption?: Judgement;
  readonly time: TimeVerdict;
  /** Why the signature or the decryption is not valid. */
  readonly reason?: string;
  readonly error?: TokenError;
}

/** Decodes a compact token, checks its signature or decrypts it, and judges its times, each apart from the others. */
export async function inspectToken(token: string, input: InspectInput): Promise<TokenReport> {
  const decoded = decodeToken(token);
  const head = decoded.header === undefined ? {} : { header: decoded.header };
  if (decoded.kind === 'unknown') {
    const error = decoded.error === undefined ? {} : { error: decoded.error };
    return { kind: 'unknown', ...head, signature: 'cannotTell', time: 'unknown', ...error };
  }
  const keys = keysOf(input);
  if ('problem' in keys) {
    const seen = decoded.payload === undefined ? {} : { payload: decoded.payload };
    return {
      kind: decoded.kind,
      ...head,
      ...seen,
      signature: 'cannotTell',
      time: timeOf(decoded.payload, input.now),
      reason: keys.problem,
    };
  }
  if (decoded.kind === 'jwe') {
    const { is, plaintext, reason } = await decrypt(token, decoded, keys);
    const payload = plaintext === undefined ? undefined : readPlaintext(plaintext);
    return {
      kind: 'jwe',
      ...head,
      ...(payload === undefined ? {} : { payload }),
      signature: 'cannotTell',
      decryption: is,
      time: timeOf(payload, input.now),
      ...(reason === undefined ? {} : { reason }),
    };
  }
  const { is, reason } = await verifySignature(token, decoded, keys);
  return {
    kind: 'jws',
    ...head,
    ...(decoded.payload === undefined ? {} : { payload: decoded.payload }),
    signature: is,
    time: timeOf(decoded.payload, input.now),
    ...(reason === undefined ? {} : { reason }),
  };
}

function timeOf(payload: Payload | undefined, now: number): TimeVerdict {
  const claims = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : null;
  return judgeTime(claims as Readonly<Record<string, unknown>> | null, now);
}

function keysOf({ jwk, jwks }: InspectInput): Keys | { readonly problem: string } {
  const keys: { jwk?: JWK; jwks?: JSONWebKeySet } = {};
  if (jwk !== undefined) {
    if (!isKey(jwk)) return { problem: 'the key given is no JWK: it has no "kty" (RFC 7517 §4.1)' };
    keys.jwk = jwk;
  }
  if (jwks !== undefined) {
    if (!isKeySet(jwks)) return { problem: 'the key set given has no list "keys" (RFC 7517 §5.1)' };
    keys.jwks = jwks;
  }
  return keys;
}

function isKey(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

/** JSON where it is, else the exact bytes. */
function readPlaintext(bytes: Uint8Array): Payload {
  try {
    const json = parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if ('value' in json) return json.value;
  } catch {
    // No UTF-8: the bytes themselves are the answer.
  }
  return { base64url: encodeBase64url(bytes) };
}
