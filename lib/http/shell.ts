const HIDDEN = /[\p{Cc}\u2028\u2029]/u;

/** A word of a POSIX-like shell that stands for exactly this text; what cannot be seen as bytes, in any locale. */
export function shellWord(text: string): string {
  if (!HIDDEN.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = [...text].map((char) => {
    if (char === '\\' || char === "'") return `\\${char}`;
    if (!HIDDEN.test(char)) return char;
    // Three octal digits: `\x` would take the digits of a following text with it in some shells.
    return [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `$'${escaped.join('')}'`;
}
