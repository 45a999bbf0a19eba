/** A call of `postMessage` in code, as it is written. */
export interface PostMessageCall {
  readonly offset: number;
  /** Text of the first and of the second argument. */
  readonly data: string;
  readonly target: string;
}

/** A listener for messages of other windows whose code stands in the call. */
export interface MessageListener {
  readonly offset: number;
  readonly code: string;
}

/** Longer arguments are not read. */
const MAX_ARGUMENTS = 4000;

/** Calls with a target, `a.postMessage(data, target)`. */
export function postMessageCalls(text: string): readonly PostMessageCall[] {
  return calls(text, /\bpostMessage\(/g).flatMap(({ offset, args: [data = '', target] }) =>
    target === undefined ? [] : [{ offset, data, target }],
  );
}

/** Listeners of the window, not those of a worker or port: `addEventListener('message', e => …)`. */
export function messageListeners(text: string): readonly MessageListener[] {
  return calls(text, /(?<![\w$)\]]\s*\.\s*|[\w$])(?:(?:window|globalThis)\s*\.\s*)?addEventListener\(/g).flatMap(
    ({ offset, args: [type = '', code = ''] }) =>
      /^["'`]message["'`]$/.test(type) && /^(async\b|function\b|\(|[\w$]+\s*=>)/.test(code) ? [{ offset, code }] : [],
  );
}

interface Call {
  readonly offset: number;
  readonly args: readonly string[];
}

function calls(text: string, start: RegExp): readonly Call[] {
  return [...text.matchAll(start)].flatMap(({ 0: head, index }): Call[] => {
    const args = argumentsAt(text, index + head.length);
    // What stands before the name is not part of it: `window.addEventListener(`.
    return args === null ? [] : [{ offset: index + head.search(/\w+\($/), args }];
  });
}

/** The texts of the arguments behind an opening bracket; `null` where no bracket closes it. */
function argumentsAt(text: string, start: number): readonly string[] | null {
  const args: string[] = [];
  let from = start;
  let depth = 0;
  for (let at = start; at < Math.min(text.length, start + MAX_ARGUMENTS); at++) {
    const char = text.charAt(at);
    if (char === '"' || char === "'" || char === '`') {
      at = endOfString(text, at);
    } else if (char === '(' || char === '[' || char === '{') {
      depth += 1;
    } else if (char === ')' && depth === 0) {
      return [...args, text.slice(from, at).trim()];
    } else if (char === ')' || char === ']' || char === '}') {
      depth -= 1;
    } else if (char === ',' && depth === 0) {
      args.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return null;
}

/** The place of the quote that ends a string. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return text.length;
}
