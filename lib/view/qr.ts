import { encode } from 'uqr';

/** Longest address that is drawn: a denser code is no longer read from a screen. */
const LONGEST = 600;

/** A QR code as the path of an SVG picture of `size` × `size` units, quiet zone included; `null` for a text too long. */
export function qrPath(text: string): { readonly path: string; readonly size: number } | null {
  if (text.length > LONGEST) return null;
  const { data, size } = encode(text, { border: 4 });
  const runs = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')));
  return { path: runs.join(''), size };
}
