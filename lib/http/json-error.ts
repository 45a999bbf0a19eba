/** Why a text is not JSON (RFC 8259). */
export interface JsonError {
  /** Index of the first character that cannot be there, in UTF-16 code units. */
  readonly offset: number;
  /** What could have stood there. */
  readonly expected: string;
  readonly found: string;
}

/** What a walk tells as it passes; places are indexes of UTF-16 code units. */
export interface JsonListener {
  readonly open?: (at: number, depth: number) => void;
  readonly close?: (depth: number) => void;
  /** A member's name, with its quotes. */
  readonly name?: (start: number, end: number) => void;
  /** A string, number or word that is a value. */
  readonly scalar?: (start: number, end: number) => void;
}

/**
 * The first error of a text as JSON; `null` where it is JSON. Engines word their own message differently and often
 * without a place, so the text is walked again once `JSON.parse` has refused it. Nesting costs no stack.
 */
export function jsonError(text: string, listener: JsonListener = {}): JsonError | null {
  const open: ('{' | '[')[] = [];
  const close = (): void => {
    open.pop();
    listener.close?.(open.length);
  };
  let next: State = 'value';
  let at = 0;
  for (;;) {
    at = afterSpace(text, at);
    const char = text[at];
    switch (next) {
      case 'value':
      case 'value or ]': {
        if (next === 'value or ]' && char === ']') {
          close();
          at += 1;
          next = open.length === 0 ? 'end' : 'comma';
          break;
        }
        if (char === '{' || char === '[') {
          open.push(char);
          listener.open?.(at, open.length);
          at += 1;
          next = char === '{' ? 'key or }' : 'value or ]';
          break;
        }
        const end = afterScalar(text, at);
        if (typeof end !== 'number') return end;
        listener.scalar?.(at, end);
        at = end;
        next = open.length === 0 ? 'end' : 'comma';
        break;
      }
      case 'key':
      case 'key or }': {
        if (next === 'key or }' && char === '}') {
          close();
          at += 1;
          next = open.length === 0 ? 'end' : 'comma';
          break;
        }
        if (char !== '"')
          return wrong(text, at, next === 'key' ? 'a name in double quotes' : 'a name in double quotes or "}"');
        const end = afterString(text, at);
        if (typeof end !== 'number') return end;
        listener.name?.(at, end);
        at = afterSpace(text, end);
        if (text[at] !== ':') return wrong(text, at, '":"');
        at += 1;
        next = 'value';
        break;
      }
      case 'comma': {
        const inObject = open.at(-1) === '{';
        if (char === ',') next = inObject ? 'key' : 'value';
        else if (char === (inObject ? '}' : ']')) {
          close();
          next = open.length === 0 ? 'end' : 'comma';
        } else return wrong(text, at, inObject ? '"," or "}"' : '"," or "]"');
        at += 1;
        break;
      }
      case 'end':
        return at === text.length ? null : wrong(text, at, 'nothing after the end of the JSON value');
    }
  }
}

type State = 'value' | 'value or ]' | 'key' | 'key or }' | 'comma' | 'end';

function afterSpace(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

function afterScalar(text: string, at: number): number | JsonError {
  const char = text[at];
  if (char === '"') return afterString(text, at);
  if (char !== undefined && /[-\d]/.test(char)) return afterNumber(text, at);
  for (const word of ['true', 'false', 'null']) {
    if (char !== word[0]) continue;
    let length = 1;
    while (length < word.length && text[at + length] === word[length]) length += 1;
    return length === word.length ? at + length : wrong(text, at + length, `"${word}"`);
  }
  return wrong(text, at, 'a JSON value');
}

function afterString(text: string, start: number): number | JsonError {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return wrong(text, at, 'control characters in strings to be escaped');
    if (code !== 0x5c) continue;
    at += 1;
    const escaped = text[at];
    if (escaped === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        at += 1;
        if (!/[\da-f]/i.test(text[at] ?? '')) return wrong(text, at, 'four hexadecimal digits after "\\u"');
      }
    } else if (escaped === undefined || !'"\\/bfnrt'.includes(escaped)) {
      return wrong(text, at, 'one of "\\/bfnrtu after a backslash');
    }
  }
  return wrong(text, text.length, 'the closing double quote of a string');
}

function afterNumber(text: string, start: number): number | JsonError {
  let at = start;
  const digits = (): boolean => {
    const first = at;
    while (isDigit(text.charCodeAt(at))) at += 1;
    return at > first;
  };
  if (text[at] === '-') at += 1;
  if (text[at] === '0') at += 1;
  else if (!digits()) return wrong(text, at, 'a digit');
  if (text[at] === '.') {
    at += 1;
    if (!digits()) return wrong(text, at, 'a digit');
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += 1;
    if (text[at] === '+' || text[at] === '-') at += 1;
    if (!digits()) return wrong(text, at, 'a digit');
  }
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function wrong(text: string, offset: number, expected: string): JsonError {
  return { offset, expected, found: characterAt(text, offset) };
}

/** A character fit for a message: printable ASCII as it is, everything else by its number. */
export function characterAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return 'the end';
  if (code > 0x20 && code < 0x7f) return `"${String.fromCodePoint(code)}"`;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
