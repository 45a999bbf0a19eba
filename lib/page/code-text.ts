import type { PageScan } from '../model/observation.ts';

/**
 * The code of a text, at the same offsets: of HTML what stands in its tags and scripts, because what a page shows to
 * people (a guide, an example) is no configuration of its own; of everything else all.
 */
export function codeOf({ found, text }: Pick<PageScan, 'found' | 'text'>): string {
  return found === 'markup' ? tagsAndScripts(text) : text;
}

function tagsAndScripts(html: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (const { start, end } of tags(html)) {
    parts.push(' '.repeat(start - kept), html.slice(start, end));
    kept = end;
  }
  return parts.join('') + ' '.repeat(html.length - kept);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tags, comments and whole script elements, in one pass: each sign of a hostile page is looked at once. */
function* tags(html: string): Generator<Span & { readonly script: boolean }> {
  const lower = html.toLowerCase();
  for (let start = html.indexOf('<'); start >= 0; ) {
    const script = /^<script[\s>/]/.test(lower.slice(start, start + 8));
    const end = html.startsWith('<!--', start) ? after(html, '-->', start) : endOfTag(html, start);
    const whole = script ? after(lower, '</script', end) : end;
    if (/[a-z/!]/.test(lower.charAt(start + 1))) {
      yield { start, end: whole, script };
      start = html.indexOf('<', whole);
    } else {
      start = html.indexOf('<', start + 1);
    }
  }
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** Behind the `>` that is in no attribute value. */
function endOfTag(html: string, start: number): number {
  for (let at = start + 1; at < html.length; at++) {
    const char = html.charAt(at);
    if (char === '>') return at + 1;
    if (char === '"' || char === "'") {
      const close = html.indexOf(char, at + 1);
      if (close < 0) return html.length;
      at = close;
    }
  }
  return html.length;
}

/** Where an offset is, counted from 1; a column is a UTF-16 unit, as editors and browsers count them. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
