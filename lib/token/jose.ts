import { base64urlText } from './base64url.ts';

/** A compact JWS or JWE taken apart without any check of its signature (RFC 7515 §7.1, RFC 7516 §7.1). */
export interface CompactJose {
  readonly is: 'jws' | 'jwe';
  readonly header: Readonly<Record<string, unknown>>;
  /** Claims of a JWS whose payload is a JSON object; `null` for a JWE or another payload. */
  readonly claims: Readonly<Record<string, unknown>> | null;
}

/** Longer texts are not taken apart while watching. */
const MAX_JOSE = 200_000;

/** `null` where the text is no compact JOSE object with an `alg` in its header. */
export function readCompactJose(text: string): CompactJose | null {
  if (text.length > MAX_JOSE || !text.startsWith('eyJ')) return null;
  const parts = text.split('.');
  if (parts.length !== 3 && parts.length !== 5) return null;
  const header = jsonObject(parts[0] ?? '');
  if (header === null || typeof header['alg'] !== 'string') return null;
  if (parts.length === 5) return { is: 'jwe', header, claims: null };
  return { is: 'jws', header, claims: jsonObject(parts[1] ?? '') };
}

function jsonObject(part: string): Record<string, unknown> | null {
  const text = base64urlText(part);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
