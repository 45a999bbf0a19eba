import { isRecord, parseForm } from '../http/params.ts';
import { basicCredentials } from './basic.ts';
import { convert, type Encoding } from './convert.ts';
import { decodeToken } from './decode.ts';
import { parseJsonText } from './json-text.ts';
import { isSdJwt } from './sd-jwt.ts';

export type PastedKind =
  | 'token'
  | 'jwk'
  | 'jwks'
  | 'pem'
  | 'authorizationHeader'
  | 'authorizationRequest'
  | 'callback'
  | 'url'
  | 'form'
  | 'tokenResponse'
  | 'json'
  | 'setCookie'
  | 'curl'
  | 'pkce'
  | 'base64url'
  | 'base64'
  | 'hex'
  | 'unknown';

/** One named value of what was pasted. */
export interface PastedValue {
  readonly name: string;
  readonly value: string;
  /** May be shown as it is: nothing follows from knowing it. */
  readonly open: boolean;
}

/** One thing in a paste. */
export interface Pasted {
  readonly kind: PastedKind;
  /** The thing itself; of a `token`, nothing but the token. */
  readonly text: string;
  /** Where it was found: the name of the parameter, member or header; `null` for the paste itself. */
  readonly from: string | null;
  readonly values: readonly PastedValue[];
}

/** More things than this in one paste are not listed. */
export const MAX_PASTED = 50;
/** Values that are looked into, per thing. */
const MAX_VALUES = 200;
/** Things inside things are opened so far. */
const MAX_INSIDE = 3;

/**
 * What a text holds: the whole first, then what is inside, in its order. Never throws and repairs nothing; a text that
 * is none of the known kinds comes back as `unknown`.
 */
export function readPaste(text: string): readonly Pasted[] {
  const found: Pasted[] = [];
  read(text.trim(), null, 0, found);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  // Several lines that are a thing each: a list of tokens, headers copied from a console.
  if (found[0]?.kind === 'unknown' && lines.length > 1 && lines.length <= MAX_VALUES) {
    const each: Pasted[] = [];
    for (const line of lines) read(line.trim(), null, 0, each);
    const known = each.filter(({ kind }) => kind !== 'unknown');
    if (known.length > 0) return known.slice(0, MAX_PASTED);
  }
  if (found[0]?.kind === 'unknown') {
    const inText = tokensIn(text);
    if (inText.length > 0) return inText;
  }
  return found.slice(0, MAX_PASTED);
}

function read(text: string, from: string | null, depth: number, found: Pasted[]): void {
  if (found.length >= MAX_PASTED) return;
  const thing = recognise(text, from);
  found.push(thing);
  if (depth >= MAX_INSIDE) return;
  for (const { name, value } of thing.values.slice(0, MAX_VALUES)) {
    if (isToken(value) || isNestedUrl(name, value)) read(value, name, depth + 1, found);
  }
}

function recognise(text: string, from: string | null): Pasted {
  const thing = (kind: PastedKind, values: readonly PastedValue[] = []): Pasted => ({ kind, text, from, values });
  if (isToken(text)) return thing('token');
  if (/^\s*[{[]/.test(text)) return recogniseJson(text, from);
  if (/^-----BEGIN [A-Z ]+-----/.test(text)) return thing('pem');
  if (/^curl(?:\.exe)?\s/i.test(text)) return thing('curl', curlValues(text));
  const header = /^(?:(?:proxy-)?authorization\s*:\s*)?(bearer|basic|dpop|digest|negotiate)\s+(\S.*)$/is.exec(text);
  if (header !== null && !header[2]?.includes('\n')) {
    return thing('authorizationHeader', authorizationValues(header[1] ?? '', (header[2] ?? '').trim()));
  }
  const proof = /^dpop\s*:\s*(\S+)$/i.exec(text)?.[1];
  if (proof !== undefined) return thing('authorizationHeader', [{ name: 'DPoP', value: proof, open: false }]);
  const cookie = /^set-cookie\s*:\s*([^\n]+)$/i.exec(text)?.[1];
  if (cookie !== undefined) return thing('setCookie', cookieValues(cookie));
  if (/^[a-z][\w+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text)) return recogniseUrl(text, from);
  if (/^[\w.-]+=[^\s&]*(?:&[\w.%[\]-]+=[^\s&]*)+$/.test(text)) return thing('form', paramValues(text));
  return recogniseEncoded(text, from);
}

function recogniseEncoded(text: string, from: string | null): Pasted {
  const thing = (kind: PastedKind, values: readonly PastedValue[] = []): Pasted => ({ kind, text, from, values });
  const decoded = (encoding: Encoding): Pasted | null => {
    const made = convert(text, encoding);
    const inside = 'values' in made ? made.values.text : null;
    return inside !== null && inside.length > 2 && isReadable(inside)
      ? thing(encoding as PastedKind, [{ name: 'text', value: inside, open: false }])
      : null;
  };
  const hex = /^(?:[0-9a-f]{2}[:\s]?){8,}$/i.test(text);
  if (hex) return decoded('hex') ?? thing('hex');
  const encoded = text.length < 8 ? null : (decoded('base64url') ?? decoded('base64'));
  if (encoded !== null) return encoded;
  if (/^[A-Za-z0-9._~-]{43,128}$/.test(text) && !text.includes('..')) return thing('pkce');
  if (text.length >= 16 && !/^[A-Za-z]+$/.test(text)) {
    if (/^[\w-]+$/.test(text) && 'values' in convert(text, 'base64url')) return thing('base64url');
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && 'values' in convert(text, 'base64')) return thing('base64');
  }
  return thing('unknown');
}

/** Text that a person would have written: no control characters but white space. */
function isReadable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  return !/[\u0000-\u0008\u000e-\u001f\u007f\ufffd]/.test(text);
}

/** A compact JOSE object or an SD-JWT by its look: even a broken one deserves its error. */
function isToken(text: string): boolean {
  if (isSdJwt(text)) return /^e[yw]/.test(text);
  return /^e[yw][\w+/=-]*(?:\.[\w+/=-]*){1,5}$/.test(text);
}

function isNestedUrl(name: string, value: string): boolean {
  return name !== 'address' && /^https?:\/\/\S+[?#]\S+=/.test(value) && URL.canParse(value);
}

/** Tokens among other words, such as a log line. */
function tokensIn(text: string): readonly Pasted[] {
  const all = text.match(/\bey[\w-]{8,}\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?(?:~[\w.~-]*)?/g) ?? [];
  return [...new Set(all)]
    .slice(0, MAX_PASTED)
    .map((token) => ({ kind: 'token' as const, text: token, from: null, values: [] }));
}

function recogniseJson(text: string, from: string | null): Pasted {
  const json = parseJsonText(text);
  const thing = (kind: PastedKind, values: readonly PastedValue[] = []): Pasted => ({ kind, text, from, values });
  if ('error' in json) return thing('json');
  const { value } = json;
  if (!isRecord(value)) return thing('json', listValues(value));
  if (decodeToken(text).kind !== 'unknown') return thing('token');
  if (Array.isArray(value['keys'])) return thing('jwks');
  if (typeof value['kty'] === 'string') return thing('jwk');
  const isResponse = ['access_token', 'id_token', 'refresh_token'].some((name) => typeof value[name] === 'string');
  return thing(isResponse ? 'tokenResponse' : 'json', memberValues(value));
}

function memberValues(object: Readonly<Record<string, unknown>>): PastedValue[] {
  return Object.entries(object)
    .slice(0, MAX_VALUES)
    .map(([name, value]) => pastedValue(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')));
}

function listValues(value: unknown): PastedValue[] {
  return Array.isArray(value)
    ? value
        .slice(0, MAX_VALUES)
        .map((member, index) => pastedValue(`[${index}]`, typeof member === 'string' ? member : JSON.stringify(member)))
    : [];
}

const ANSWERS = ['code', 'access_token', 'id_token', 'error', 'response'];

function recogniseUrl(text: string, from: string | null): Pasted {
  const url = new URL(text);
  const query = parseForm(url.search.slice(1), 'query');
  const fragment = parseForm(url.hash.replace(/^#[!/?]*/, ''), 'fragment');
  const names = new Set([...query, ...fragment].map(({ name }) => name));
  const asks =
    names.has('response_type') || names.has('request_uri') || (names.has('request') && names.has('client_id'));
  const answers = ANSWERS.some((name) => names.has(name)) && !names.has('client_id');
  const kind = asks ? 'authorizationRequest' : answers ? 'callback' : 'url';
  const values = [
    { name: 'address', value: `${url.protocol}//${url.host}${url.pathname}`, open: true },
    ...[...query, ...fragment].map(({ name, value }) => pastedValue(name, value)),
  ];
  return { kind, text, from, values };
}

function paramValues(text: string): PastedValue[] {
  return parseForm(text, 'body').map(({ name, value }) => pastedValue(name, value));
}

/** Names whose values say nothing secret; whatever is not among them is masked. */
const OPEN = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'post_logout_redirect_uri',
  'scope',
  'audience',
  'resource',
  'prompt',
  'display',
  'max_age',
  'ui_locales',
  'acr_values',
  'claims_locales',
  'access_type',
  'code_challenge_method',
  'code_challenge',
  'grant_type',
  'client_assertion_type',
  'subject_token_type',
  'actor_token_type',
  'requested_token_type',
  'issued_token_type',
  'token_type',
  'token_type_hint',
  'expires_in',
  'refresh_expires_in',
  'interval',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'dpop_jkt',
]);

function pastedValue(name: string, value: string): PastedValue {
  return { name, value, open: OPEN.has(name) };
}

function authorizationValues(scheme: string, credentials: string): PastedValue[] {
  const rows: PastedValue[] = [{ name: 'scheme', value: scheme, open: true }];
  const basic = basicCredentials(`Basic ${credentials}`);
  if (/^basic$/i.test(scheme) && basic !== null) {
    return [
      ...rows,
      { name: 'user', value: basic.user, open: true },
      { name: 'password', value: basic.password, open: false },
    ];
  }
  return [...rows, { name: 'credentials', value: credentials, open: false }];
}

/** RFC 6265 §5.2, without the repairs: the name, the value, then the attributes as they stand. */
function cookieValues(line: string): PastedValue[] {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const value = pair.slice(equals + 1).replace(/^"(.*)"$/, '$1');
  return [
    { name: equals < 0 ? '' : pair.slice(0, equals), value, open: false },
    ...attributes
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', ...rest] = part.split('=');
        return { name, value: rest.join('='), open: true };
      }),
  ];
}

const WITH_VALUE = [
  '-X',
  '--request',
  '-H',
  '--header',
  '-d',
  '--data',
  '--data-raw',
  '--data-urlencode',
  '--data-binary',
  '-u',
  '--user',
  '-b',
  '--cookie',
  '--url',
  '-o',
  '--output',
  '-A',
  '--user-agent',
  '-e',
  '--referer',
  '--json',
  '-F',
  '--form',
];

/** Address, method, headers and form of a curl command; what is for curl alone is left out. */
function curlValues(text: string): PastedValue[] {
  const words = shellWords(text).slice(1);
  const rows: PastedValue[] = [];
  for (let at = 0; at < words.length && rows.length < MAX_VALUES; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      rows.push({ name: 'address', value: word, open: !/[?#@]/.test(word) });
      if (URL.canParse(word)) rows.push(...recogniseUrl(word, null).values.slice(1));
      continue;
    }
    const [option = '', joined] = word.startsWith('--') ? split(word) : [word.slice(0, 2), word.slice(2) || undefined];
    if (!WITH_VALUE.includes(option)) continue;
    const value = joined ?? words[++at] ?? '';
    rows.push(...optionValues(option, value));
  }
  return rows;
}

function split(word: string): [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function optionValues(option: string, value: string): PastedValue[] {
  switch (option) {
    case '-X':
    case '--request':
      return [{ name: 'method', value, open: true }];
    case '--url':
      return [{ name: 'address', value, open: !/[?#@]/.test(value) }];
    case '-u':
    case '--user':
      return [{ name: 'user and password', value, open: false }];
    case '-H':
    case '--header': {
      const [, name = value, content = ''] = /^([^:]*):\s*(.*)$/s.exec(value) ?? [];
      const scheme = /^authorization$/i.test(name) ? /^(\w+)\s+(.+)$/s.exec(content) : null;
      if (scheme !== null) return authorizationValues(scheme[1] ?? '', scheme[2] ?? '');
      return [{ name, value: content, open: /^(?:content-type|accept|host|origin)$/i.test(name) }];
    }
    case '-d':
    case '--data':
    case '--data-raw':
    case '--data-urlencode':
    case '--data-binary':
      return value.includes('=') ? paramValues(value) : [{ name: 'body', value, open: false }];
    case '--json': {
      const json = parseJsonText(value);
      return 'value' in json && isRecord(json.value)
        ? memberValues(json.value)
        : [{ name: 'body', value, open: false }];
    }
    default:
      return [{ name: option.replace(/^-+/, ''), value, open: false }];
  }
}

/** Words of a POSIX shell line: quotes, backslashes, line continuations; nothing is expanded. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  const token = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(\r?\n|[\s\S])|(\s+)|([^\s'"\\]+)|(['"\\])/g;
  let word: string | null = null;
  for (const [, single, double, escaped, space, plain, stray] of text.matchAll(token)) {
    if (space !== undefined || escaped === '\n' || escaped === '\r\n') {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? stray ?? '');
    }
    if (words.length > MAX_VALUES * 2) break;
  }
  return word === null ? words : [...words, word];
}
