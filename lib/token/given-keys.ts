import type { JSONWebKeySet, JWK } from 'jose';
import { isRecord } from '../http/params.ts';
import { encodeBase64url } from './base64url.ts';
import { convert } from './convert.ts';
import { parseJsonText } from './json-text.ts';
import type { Keys } from './keys.ts';
import { readCertificate, readPem } from './pem.ts';
import { lacksPublicHalf, withPublicHalf } from './public-half.ts';

/** A key as a person has it at hand: a JWK, a key set, PEM, certificates, or a shared secret. */
export type GivenKeys =
  | { readonly is: GivenKind; readonly keys: Keys }
  /** `at`: index of the character. */
  | { readonly error: { readonly at: number; readonly message: string } };

export type GivenKind = 'jwk' | 'jwks' | 'pem' | 'x5c' | 'secret';

/** Whether a token of this algorithm is made with a shared secret (RFC 7518 §3.2, §4.4–§4.8). */
export function isSymmetric(alg: unknown): boolean {
  return typeof alg === 'string' && /^(?:HS\d{3}|dir|A\d{3}(?:GCM)?KW|PBES2-.*)$/.test(alg);
}

/**
 * Reads a key in whatever form it comes. A text that is none of the others is a shared secret, as it stands and in each
 * encoding that it may be in, but only where the token is made with one. A private key in PEM that lacks its public half
 * gets it. Never throws.
 * @param symmetric whether the token is signed or encrypted with a secret
 */
export async function readKeys(given: string, symmetric: boolean): Promise<GivenKeys> {
  const text = given.trim();
  const start = given.indexOf(text);
  if (text.includes('-----BEGIN ')) return await fromPem(text, start);
  if (/^[{[]/.test(text)) return fromJson(text, start);
  if (/^MI[A-Za-z0-9+/\s]{100,}={0,2}$/.test(text)) return fromCertificates([text]);
  if (symmetric) return { is: 'secret', keys: { jwks: { keys: readings(given) } } };
  const error = { at: start, message: 'this is neither a JWK, nor a key set, nor PEM, nor a certificate' };
  return { error };
}

async function fromPem(text: string, start: number): Promise<GivenKeys> {
  const failed = (message: string, at = 0): GivenKeys => ({ error: { at: start + at, message } });
  const found = readPem(text);
  const keys: JWK[] = [];
  for (const read of found) {
    if ('error' in read) return failed(read.error.message, read.error.at);
    const whole = lacksPublicHalf(read.jwk) ? await withPublicHalf(read.jwk) : read;
    if ('problem' in whole) return failed(whole.problem, read.at);
    keys.push(whole.jwk);
  }
  const [jwk] = keys;
  if (jwk === undefined) return failed('there is no key in it');
  return { is: 'pem', keys: keys.length === 1 ? { jwk } : { jwks: { keys } } };
}

function fromJson(text: string, start: number): GivenKeys {
  const json = parseJsonText(text);
  if ('error' in json) return { error: { at: start + json.error.at, message: `no JSON: ${json.error.message}` } };
  const { value } = json;
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')) {
    return fromCertificates(value as readonly string[]);
  }
  if (isRecord(value)) {
    if (Array.isArray(value['keys'])) return { is: 'jwks', keys: { jwks: value as unknown as JSONWebKeySet } };
    if (typeof value['kty'] === 'string') return { is: 'jwk', keys: { jwk: value as unknown as JWK } };
    if (Array.isArray(value['x5c'])) return fromCertificates(value['x5c'].map(String));
  }
  return { error: { at: start, message: 'neither a JWK (no `kty`) nor a key set (no `keys`)' } };
}

/** The first certificate is the one of the key (RFC 7517 §4.7). */
function fromCertificates(x5c: readonly string[]): GivenKeys {
  const found = readCertificate(x5c[0] ?? '');
  return 'error' in found ? found : { is: 'x5c', keys: { jwk: found.jwk } };
}

/** The bytes that a secret may stand for, each once, the text itself first. */
function readings(secret: string): JWK[] {
  const encoded = (['base64url', 'base64', 'hex'] as const).flatMap((from) => {
    const made = convert(secret.trim(), from);
    return 'values' in made && made.values.base64url !== '' ? [made.values.base64url] : [];
  });
  const text = [secret, secret.trim()].map((one) => encodeBase64url(new TextEncoder().encode(one)));
  return [...new Set([...text, ...encoded])].map((k) => ({ kty: 'oct', k }));
}
