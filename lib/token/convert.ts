import { decodeBase64url, encodeBase64url } from './base64url.ts';

export const ENCODINGS = ['text', 'base64url', 'base64', 'hex'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface ConversionError {
  /** Index of the character, from 0. */
  readonly at: number;
  readonly message: string;
}

export type Converted =
  /** `text` is `null` where the bytes are no UTF-8. */
  | { readonly values: { readonly [E in Encoding]: E extends 'text' ? string | null : string } }
  | { readonly error: ConversionError };

/** The same bytes in every encoding. Strict: what a lenient reader would repair is an error with its place. */
export function convert(value: string, from: Encoding): Converted {
  const decoded = DECODERS[from](value);
  if ('error' in decoded) return decoded;
  const { bytes } = decoded;
  const base64url = encodeBase64url(bytes);
  return {
    values: {
      text: utf8(bytes),
      base64url,
      base64: `${base64url.replaceAll('-', '+').replaceAll('_', '/')}${'='.repeat((4 - (base64url.length % 4)) % 4)}`,
      hex: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    },
  };
}

type Decoded = { readonly bytes: Uint8Array } | { readonly error: ConversionError };

const DECODERS: Readonly<Record<Encoding, (value: string) => Decoded>> = {
  text: (value) => ({ bytes: new TextEncoder().encode(value) }),
  base64url: decodeBase64url,
  base64: decodeBase64,
  hex: decodeHex,
};

/** RFC 4648 §4: its own alphabet, with padding. */
function decodeBase64(value: string): Decoded {
  const foreign = value.search(/[-_]/);
  if (foreign >= 0) {
    const char = value.charAt(foreign);
    return {
      error: { at: foreign, message: `"${char}" belongs to base64url, base64 has "${char === '-' ? '+' : '/'}"` },
    };
  }
  const padding = /={0,2}$/.exec(value)?.[0].length ?? 0;
  if (value.length % 4 !== 0) {
    return {
      error: { at: value.length, message: `${value.length} characters: with padding it has to be a multiple of 4` },
    };
  }
  const body = value.slice(0, value.length - padding);
  const sign = body.search(/[^A-Za-z0-9+/]/);
  if (sign >= 0) return { error: { at: sign, message: complaint(body, sign, 'base64') } };
  return decodeBase64url(body.replaceAll('+', '-').replaceAll('/', '_'));
}

/** Two digits a byte; `:` and spaces between bytes are how people copy fingerprints. */
function decodeHex(value: string): Decoded {
  const bytes: number[] = [];
  for (let at = 0; at < value.length; ) {
    if (bytes.length > 0 && /[:\s]/.test(value.charAt(at))) {
      at++;
      continue;
    }
    const pair = value.slice(at, at + 2);
    const wrong = pair.search(/[^0-9a-f]/i);
    if (wrong >= 0) return { error: { at: at + wrong, message: complaint(value, at + wrong, 'hexadecimal') } };
    if (pair.length < 2) return { error: { at, message: 'half a byte at the end' } };
    bytes.push(Number.parseInt(pair, 16));
    at += 2;
  }
  return { bytes: new Uint8Array(bytes) };
}

function complaint(text: string, at: number, encoding: string): string {
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} is no ${encoding} character`;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
