const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 255;
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (let digit = 0; digit < 64; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;
// Some recorders write the URL-safe alphabet.
DIGITS['-'.charCodeAt(0)] = 62;
DIGITS['_'.charCodeAt(0)] = 63;

/**
 * Bytes of base64 as recorders write it (RFC 4648 §4): line breaks and missing padding are accepted.
 * A number is the index of the first character that is not base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | number {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let held = 0;
  let bits = 0;
  let padded = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) continue;
    if (code === 0x3d) {
      padded = true;
      continue;
    }
    const digit = code < 128 ? (DIGITS[code] ?? NO_DIGIT) : NO_DIGIT;
    if (digit === NO_DIGIT || padded) return at;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return bytes.subarray(0, length);
}
