import type { JSONWebKeySet, JWK } from 'jose';
import { wordOf } from '../http/params.ts';
import { base64urlText, encodeBase64url } from './base64url.ts';
import { type CallOut, headerCallOuts, secretCallOuts } from './call-outs.ts';
import {
  type DecodedToken,
  decodeToken,
  type JsonObject,
  type Payload,
  type TokenError,
  type TokenPart,
} from './decode.ts';
import { decrypt } from './decrypt.ts';
import { type JsonNote, parseJsonText } from './json-text.ts';
import type { Keys, Pace } from './keys.ts';
import { isBytes, type TokenKind } from './kind.ts';
import type { Judgement, Outcome } from './outcome.ts';
import { boundHash, type Disclosure, decodeSdJwt, discloseClaims, isSdJwt, type SdJwt } from './sd-jwt.ts';
import { judgeTime, type TimeVerdict } from './time.ts';
import { bestOf, verifySignature, verifySignatures } from './verify.ts';

export interface InspectInput {
  /** A JWK as the person gave it; anything else is said to be none. */
  readonly jwk?: unknown;
  readonly jwks?: unknown;
  /** The payload of a JWS that does not carry its own (RFC 7515 appendix F), as text. */
  readonly detached?: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly pace?: Pace;
}

/** Everything that can be said about one token with what is known of its keys. */
export interface TokenReport {
  readonly kind: 'jws' | 'jwe' | 'sdJwt' | 'unknown';
  readonly header?: JsonObject;
  readonly payload?: Payload;
  readonly signature: Judgement;
  /** Each signature of a JWS that has several, in its order. */
  readonly signatures?: readonly Outcome[];
  /** Of a JWE only. */
  readonly decryption?: Judgement;
  readonly time: TimeVerdict;
  /** Why the signature or the decryption is not valid. */
  readonly reason?: string;
  readonly error?: TokenError;
  /** What a lenient reader would pass over: repeated members, numbers that lose digits. */
  readonly notes?: readonly (JsonNote & { readonly part: TokenPart })[];
  /** What must not be trusted, whatever the signature says. */
  readonly warnings?: readonly CallOut[];
  /** Of an SD-JWT: what the holder shows. */
  readonly disclosures?: readonly Disclosure[];
  /** Digests for which nothing was shown; decoys among them. */
  readonly hidden?: number;
  /** Whether the holder proves the key that the SD-JWT is bound to. */
  readonly keyBinding?: Outcome;
  /** What sort of token it is by the name that it was found under. */
  readonly as?: TokenKind;
  /** Of a token inside another: itself, as it stands there. */
  readonly text?: string;
  /** The token that is inside this one (RFC 7519 §5.2, §7.1). */
  readonly nested?: TokenReport;
}

/** A token and those inside it, the outermost first. */
export function layersOf(report: TokenReport): readonly TokenReport[] {
  return [report, ...(report.nested === undefined ? [] : layersOf(report.nested))];
}

/** The token whose claims count: the one that holds no other. */
export function innermost(report: TokenReport): TokenReport {
  return layersOf(report).at(-1) ?? report;
}

/** Tokens inside tokens are opened so far. */
const MAX_NESTING = 4;

/** Decodes a token, checks its signature or decrypts it, and judges its times, each apart from the others. */
export function inspectToken(token: string, input: InspectInput): Promise<TokenReport> {
  if (isSdJwt(token)) return inspectSdJwt(decodeSdJwt(token), input);
  return inspectNested(withDetached(decodeToken(token), input.detached), input, 0);
}

async function inspectNested(decoded: DecodedToken, input: InspectInput, depth: number): Promise<TokenReport> {
  const { kind, error, header, payload } = decoded;
  const seen = {
    kind,
    ...(header === undefined ? {} : { header }),
    ...(payload === undefined ? {} : { payload }),
    ...listed('notes', decoded.notes),
  };
  if (kind === 'unknown') {
    return {
      ...seen,
      signature: 'cannotTell',
      time: 'unknown',
      ...(error === undefined ? {} : { reason: `malformed: ${error.message}`, error }),
    };
  }
  const time = timeOf(payload, input.now);
  const keys = keysOf(input);
  if ('problem' in keys) {
    return {
      ...seen,
      ...(await judgeWithout(decoded)),
      ...(kind === 'jwe' ? { decryption: 'cannotTell' as const } : {}),
      time,
      reason: keys.problem,
      ...listed('warnings', headerCallOuts(decoded)),
    };
  }
  if (kind === 'jwe') return { ...seen, ...(await openJwe(decoded, keys, input, depth)) };
  const outcomes = await verifySignatures(decoded, keys);
  const { is, reason } = bestOf(outcomes);
  const nested = await nestedIn(payload, header, input, depth, is === 'valid');
  return {
    ...seen,
    signature: is,
    ...(outcomes.length > 1 ? { signatures: outcomes } : {}),
    time: nested?.time ?? time,
    ...(nested === null ? {} : { nested }),
    ...(reason === undefined ? {} : { reason }),
    ...listed('warnings', [...headerCallOuts(decoded), ...(await secretCallOuts(decoded))]),
  };
}

/** RFC 9901 §7: the issuer's signature, then the disclosures, then the key binding. */
async function inspectSdJwt(sdJwt: SdJwt, input: InspectInput): Promise<TokenReport> {
  const report = await inspectNested(sdJwt.issuer, input, 0);
  const { error, disclosures } = sdJwt;
  if (error !== undefined) {
    const { header, payload, notes } = report;
    return {
      kind: 'unknown',
      ...(header === undefined ? {} : { header }),
      ...(payload === undefined ? {} : { payload }),
      ...(notes === undefined ? {} : { notes }),
      signature: 'cannotTell',
      time: 'unknown',
      reason: `malformed: ${error.message}`,
      error,
    };
  }
  const opened = await discloseClaims(sdJwt);
  const keyBinding = await judgeKeyBinding(sdJwt);
  const shown = { ...report, kind: 'sdJwt' as const, disclosures, keyBinding };
  if ('claims' in opened)
    return { ...shown, payload: opened.claims, hidden: opened.hidden, time: timeOf(opened.claims, input.now) };
  const signature = opened.unsupported ? ('cannotTell' as const) : ('invalid' as const);
  return { ...shown, signature, reason: opened.problem };
}

/** RFC 9901 §7.3: signed with the key of `cnf`, over exactly what was shown. */
async function judgeKeyBinding(sdJwt: SdJwt): Promise<Outcome> {
  const claims = (sdJwt.issuer.payload ?? {}) as JsonObject;
  const cnf = claims['cnf'] as JsonObject | undefined;
  if (sdJwt.keyBinding === null) {
    return { is: 'cannotTell', reason: cnf === undefined ? 'it is bound to no key' : 'the holder proved no key' };
  }
  const jwk = cnf?.['jwk'];
  if (!isKey(jwk)) return { is: 'cannotTell', reason: 'the token names no key of its holder ("cnf" with "jwk")' };
  const binding = decodeToken(sdJwt.keyBinding);
  if (binding.header?.['typ'] !== 'kb+jwt') return { is: 'invalid', reason: 'its "typ" is not "kb+jwt"' };
  const outcome = await verifySignature(binding, { jwk });
  if (outcome.is !== 'valid') return outcome;
  const bound = binding.payload as JsonObject;
  const missing = ['iat', 'aud', 'nonce', 'sd_hash'].find((name) => bound[name] === undefined);
  if (missing !== undefined) return { is: 'invalid', reason: `it has no "${missing}" (RFC 9901 §4.3)` };
  return bound['sd_hash'] === (await boundHash(sdJwt))
    ? outcome
    : { is: 'invalid', reason: 'its "sd_hash" is of other disclosures (RFC 9901 §7.3)' };
}

/** A broken key proves nothing, but what needs no key is still judged. */
async function judgeWithout(decoded: DecodedToken): Promise<Pick<TokenReport, 'signature'>> {
  const { is } = bestOf(await verifySignatures(decoded, {}));
  return { signature: decoded.kind === 'jws' ? is : 'cannotTell' };
}

async function openJwe(
  decoded: DecodedToken,
  keys: Keys,
  input: InspectInput,
  depth: number,
): Promise<Pick<TokenReport, 'payload' | 'signature' | 'decryption' | 'time' | 'reason' | 'nested' | 'warnings'>> {
  const { is, plaintext, reason } = await decrypt(decoded, keys);
  const payload = plaintext === undefined ? undefined : readPlaintext(plaintext);
  const nested = await nestedIn(payload, decoded.header, input, depth, true);
  return {
    ...(payload === undefined ? {} : { payload }),
    signature: 'cannotTell',
    decryption: is,
    time: nested?.time ?? timeOf(payload, input.now),
    ...(reason === undefined ? {} : { reason }),
    ...(nested === null ? {} : { nested }),
    ...listed('warnings', headerCallOuts(decoded)),
  };
}

/**
 * The token that a payload is, opened with the same keys; `cty` says so (RFC 7515 §4.1.10), or it looks like one.
 * @param fitted a key that was given fits the token around it
 */
async function nestedIn(
  payload: Payload | undefined,
  header: JsonObject | undefined,
  input: InspectInput,
  depth: number,
  fitted: boolean,
): Promise<TokenReport | null> {
  if (!isBytes(payload) || depth >= MAX_NESTING) return null;
  const text = base64urlText(payload.base64url);
  const isSaid = /^(?:application\/)?jwt$/i.test(wordOf(header?.['cty']));
  if (text === null || !(isSaid || /^[\w-]+\./.test(text))) return null;
  const read = (keys: InspectInput): Promise<TokenReport> =>
    isSdJwt(text) ? inspectSdJwt(decodeSdJwt(text), keys) : inspectNested(decodeToken(text), keys, depth + 1);
  let inside = await read(input);
  if (inside.kind === 'unknown' && !isSaid) return null;
  const { jwk: _outer, ...others } = input;
  // One key was given, and it is that of the token around: that it does not fit here says nothing.
  if (fitted && isOneKey(input) && inside.signature === 'invalid') inside = await read(others);
  return { ...inside, text };
}

const isOneKey = ({ jwk, jwks }: InspectInput): boolean => jwk !== undefined && jwks === undefined;

/** RFC 7515 appendix F: the payload comes from elsewhere and is signed as if it were in the token. */
function withDetached(decoded: DecodedToken, detached: string | undefined): DecodedToken {
  if (detached === undefined || (decoded.signedPayload !== null && decoded.signedPayload.length > 0)) return decoded;
  const bytes = new TextEncoder().encode(detached);
  return { ...decoded, signedPayload: decoded.header?.['b64'] === false ? bytes : encodeBase64url(bytes) };
}

const listed = <N extends string, T>(name: N, list: readonly T[]): { [K in N]?: readonly T[] } =>
  (list.length === 0 ? {} : { [name]: list }) as { [K in N]?: readonly T[] };

function timeOf(payload: Payload | undefined, now: number): TimeVerdict {
  const claims = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : null;
  return judgeTime(claims as Readonly<Record<string, unknown>> | null, now);
}

function keysOf({ jwk, jwks, pace }: InspectInput): Keys | { readonly problem: string } {
  const keys: { jwk?: JWK; jwks?: JSONWebKeySet; pace?: Pace } = pace === undefined ? {} : { pace };
  if (jwk !== undefined && jwk !== null) {
    if (!isKey(jwk)) return { problem: 'the key given is no JWK: it has no "kty" (RFC 7517 §4.1)' };
    keys.jwk = jwk;
  }
  if (jwks !== undefined && jwks !== null) {
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
  const text = utf8(bytes);
  const json = text === null ? null : parseJsonText(text);
  return json !== null && 'value' in json ? json.value : { base64url: encodeBase64url(bytes) };
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
