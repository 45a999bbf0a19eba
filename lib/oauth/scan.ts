import { TELLING_NAMES, TELLING_SEGMENTS } from './names.ts';

const QUESTION = 63;
const HASH = 35;
const AMP = 38;
const EQUALS = 61;
const PERCENT = 37;
const SLASH = 47;
/** Length of `https://`. */
const AFTER_SCHEME = 8;
const LONGEST = Math.max(...[...TELLING_NAMES].map((name) => name.length));
const NAMES = lengthsByFirst(TELLING_NAMES);
const SEGMENTS = lengthsByFirst(TELLING_SEGMENTS);

/** Bit n of entry c: some word starts with the character code c and has n characters. Turns most words down without a copy. */
function lengthsByFirst(words: ReadonlySet<string>): Int32Array {
  const lengths = new Int32Array(128);
  for (const word of words) {
    const first = word.charCodeAt(0);
    lengths[first] = (lengths[first] ?? 0) | (1 << word.length);
  }
  return lengths;
}

/**
 * Whether a URL is worth parsing: it has a parameter name of OAuth in its query or fragment, or the
 * path of a back-channel endpoint. Cheap, because it runs on every URL of a page; says yes too often,
 * never too seldom. Percent-encoded names (`client%5Fid`) take the same path.
 */
export function mayBeOAuth(url: string): boolean {
  const length = url.length;
  const question = url.indexOf('?');
  const hash = url.indexOf('#');
  const pathEnd = question < 0 ? (hash < 0 ? length : hash) : hash < 0 || question < hash ? question : hash;
  if (tellingPath(url, pathEnd)) return true;
  return pathEnd < length && tellingParameter(url, pathEnd, hash < 0 ? length : hash);
}

function tellingPath(url: string, pathEnd: number): boolean {
  const end = url.charCodeAt(pathEnd - 1) === SLASH ? pathEnd - 1 : pathEnd;
  const slash = url.lastIndexOf('/', end - 1);
  if (isWord(url, slash + 1, end, SEGMENTS, TELLING_SEGMENTS)) return true;
  if (end - slash === 5 && url.endsWith('/device/code', end)) return true;
  // RFC 8414 §3.1 puts the tenant behind the well-known path: only the beginning of the path tells.
  return url.startsWith('/.well-known/o', url.indexOf('/', AFTER_SCHEME));
}

function tellingParameter(url: string, from: number, hash: number): boolean {
  const length = url.length;
  let start = from + 1;
  let at = start;
  let odd = false;
  while (at <= length) {
    const code = at === length ? AMP : url.charCodeAt(at);
    if (code === EQUALS || code === AMP || code === HASH || code === QUESTION || code === SLASH) {
      if (isTelling(url, start, at, odd)) return true;
      if (code === EQUALS) at = endOfValue(url, at + 1, hash);
      start = at + 1;
      odd = false;
    } else if (code === PERCENT) {
      odd = true;
    }
    at++;
  }
  return false;
}

/** Index of the `&` or of the start of the fragment that ends the value. */
function endOfValue(url: string, from: number, hash: number): number {
  const amp = url.indexOf('&', from);
  const end = amp < 0 ? url.length : amp;
  return hash >= from && hash < end ? hash : end;
}

function isTelling(url: string, start: number, end: number, odd: boolean): boolean {
  return odd ? isTellingEncoded(url.slice(start, end)) : isWord(url, start, end, NAMES, TELLING_NAMES);
}

function isWord(url: string, start: number, end: number, lengths: Int32Array, words: ReadonlySet<string>): boolean {
  const size = end - start;
  return size < 31 && ((lengths[url.charCodeAt(start)] ?? 0) & (1 << size)) !== 0 && words.has(url.slice(start, end));
}

function isTellingEncoded(name: string): boolean {
  if (name.length > LONGEST * 3) return false;
  try {
    return TELLING_NAMES.has(decodeURIComponent(name));
  } catch {
    return false;
  }
}
