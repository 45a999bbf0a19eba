const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** The digit of each ASCII character; -1 where it is none. */
const DIGITS = new Int8Array(128).fill(-1);
for (const [digit, char] of [...ALPHABET].entries()) DIGITS[char.charCodeAt(0)] = digit;

/** Where a text stopped being base64url (RFC 7515 §2, RFC 4648 §5). */
export interface Base64urlError {
  /** Index of the character, from 0. */
  readonly at: number;
  readonly message: string;
}

export type Base64urlResult = { readonly bytes: Uint8Array } | { readonly error: Base64urlError };

/** Strict: no padding, no white space, no `+` or `/`, no bits left over. */
export function decodeBase64url(text: string): Base64urlResult {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let held = 0;
  let bits = 0;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = DIGITS[text.charCodeAt(at)] ?? -1;
    if (digit < 0) return { error: { at, message: complaint(text, at) } };
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  if (text.length % 4 === 1) {
    return {
      error: { at: text.length - 1, message: `a length of ${text.length} characters is impossible in base64url` },
    };
  }
  if ((held & ((1 << bits) - 1)) !== 0) {
    return { error: { at: text.length - 1, message: 'the last character carries bits that belong to no byte' } };
  }
  return { bytes };
}

/** Without padding (RFC 7515 §2). */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET.charAt((held >> bits) & 63);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (6 - bits)) & 63) : text;
}

/** UTF-8 text of base64url; `null` where either is broken. */
export function base64urlText(text: string): string | null {
  const result = decodeBase64url(text);
  if ('error' in result) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(result.bytes);
  } catch {
    return null;
  }
}

function complaint(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '=') return 'base64url in tokens has no "=" padding';
  if (char === '+' || char === '/') return `"${char}" belongs to base64, base64url has "${char === '+' ? '-' : '_'}"`;
  if (/\s/.test(char)) return 'white space inside base64url';
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} is no base64url character`;
}
