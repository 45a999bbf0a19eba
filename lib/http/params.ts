import type { Param, Place } from '../model/message.ts';

/** More parameters than this in one place are noise or an attack; the rest is ignored. */
const MAX_PARAMS = 500;

/** Decodes `application/x-www-form-urlencoded` text once (WHATWG URL §5.1); order and repeats stay. */
export function parseForm(text: string, where: Place): Param[] {
  const params: Param[] = [];
  if (text === '') return params;
  for (const [name, value] of new URLSearchParams(text)) {
    params.push({ name, value, where });
    if (params.length === MAX_PARAMS) break;
  }
  return params;
}

/** The part between `?` and `#`, without either. */
export function queryOf(url: string): string {
  const hash = url.indexOf('#');
  const end = hash < 0 ? url.length : hash;
  const start = url.indexOf('?');
  return start < 0 || start > end ? '' : url.slice(start + 1, end);
}

/**
 * The form data in a fragment. Routers wrap it: `#/`, `#!/`, `#?` and `#/path?` come before
 * `access_token=…` in the wild.
 */
export function fragmentOf(url: string): string {
  const hash = url.indexOf('#');
  if (hash < 0) return '';
  const text = url.slice(hash + 1);
  const question = text.indexOf('?');
  const equals = text.indexOf('=');
  if (question >= 0 && (equals < 0 || question < equals)) return text.slice(question + 1);
  return text.replace(/^!?\/?/, '');
}

/** Members of a JSON object as parameters. Not an object: none. */
export function parseJsonObject(text: string, where: Place): Param[] {
  const value = parseJson(text);
  return isRecord(value) ? objectParams(value, where) : [];
}

/** Members of a flat object as parameters; nested values as JSON text, `null` counts as absent. */
export function objectParams(object: Readonly<Record<string, unknown>>, where: Place): Param[] {
  const params: Param[] = [];
  for (const [name, member] of Object.entries(object)) {
    const value = typeof member === 'string' ? member : jsonText(member);
    if (value === null) continue;
    params.push({ name, value, where });
    if (params.length === MAX_PARAMS) break;
  }
  return params;
}

/** `null` for nothing, and for a value nested deeper than the engine can write although it could read it. */
function jsonText(value: unknown): string | null {
  if (value === null) return null;
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

/** A value as text: strings as they are, nothing as empty, other values as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the engine can write, though it could read it: no text that anyone sent.
    return '';
  }
}

/**
 * What stands where a word, a number or an address is expected. Lists and objects are only named: their text can be as
 * deep as they are, and a member `toString` makes `String` throw.
 */
export function wordOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** `undefined` where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Anything that carries parameters: a message, or a list under a key. */
export interface HasParams {
  readonly params: readonly Param[];
}

/** Every parameter of that standard name, repeats and empty ones included. */
export function allParams(of: HasParams, name: string): readonly Param[] {
  return of.params.filter((p) => (p.as ?? p.name) === name);
}

/** The first with a value: a parameter sent without one counts as omitted (RFC 6749 §3.1). */
export function param(of: HasParams, name: string): Param | null {
  for (const p of of.params) if ((p.as ?? p.name) === name && p.value !== '') return p;
  return null;
}

/** Value of `param()`, or `null`. */
export function paramValue(of: HasParams, name: string): string | null {
  return param(of, name)?.value ?? null;
}

/** Words of a list parameter in lower case. Providers separate by comma and `+` where the standard has a space. */
export function wordsOf(value: string | null): readonly string[] {
  return value === null
    ? []
    : value
        .toLowerCase()
        .split(/[\s,+]+/)
        .filter((word) => word !== '');
}
