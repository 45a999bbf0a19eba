import type { PageScan } from '../model/observation.ts';
import { codeOf } from './code-text.ts';

/** A secret of a client that stands in a text. */
export interface CodeSecret {
  readonly is: 'client secret' | 'private key';
  /** What it is called there. */
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  /** `format`: only one vendor makes such values. `name`: it is called a secret and looks random. */
  readonly by: 'format' | 'name';
  /** Whose format it is. */
  readonly vendor: string | null;
}

/** Ends of names whose value is the secret of a client: `clientSecret`, `GOOGLE_CLIENT_SECRET`, `data-app-secret`. */
const NAME = /(?:client|app(?:lication)?|consumer|oauth2?)[_-]?secret(?![\w$-])/gi;

/** After a name: `: "…"`, `= '…'`, `: process.env.X || "…"`, `", "…"` of a call, `" value="…"` of a form field. */
const ASSIGNED =
  /^(?:["'\]]*\s*[:=]\s*(?:[\w$.[\]"']+\s*(?:\|\||\?\?)\s*)?|["']\s*,\s*|["'][^<>]{0,200}?\svalue\s*=\s*)["'`]([^"'`\s\\]{16,200})["'`]/;
/** Inside of a body or address: `client_secret=…&`. */
const ENCODED = /^=([\w.~%+/-]{16,200})(?=[&"'`\s]|$)/;

interface Format {
  readonly vendor: string;
  readonly pattern: RegExp;
}

/** Formats that one vendor makes and that are long enough to be told by themselves (looked up 2026-11). */
const FORMATS: readonly Format[] = [
  { vendor: 'Google', pattern: /(?<![\w-])GOCSPX-[\w-]{28}(?![\w-])/g },
  { vendor: 'Microsoft Entra', pattern: /(?<=["'`])[\w.~-]{3}[78]Q~[\w.~-]{31,34}(?=["'`])/g },
];

/** Ids of GitHub's applications; a secret of theirs is 40 hexadecimal digits, as is a commit. */
const GITHUB_ID = /["'`](?:Iv1\.[0-9a-f]{16}|Iv23\w{16}|Ov23\w{16})["'`]/g;
const GITHUB_SECRET = /(?<![\w-])([\w$-]*)["']?\s*[:=]\s*["'`]([0-9a-f]{40})["'`]/g;
const NEAR = 300;

/** A PKCS #8, PKCS #1 or SEC 1 key in PEM (RFC 7468 §10), in a file or in a string; encrypted ones are no secret. */
const PEM =
  /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----([A-Za-z0-9+/=\s\\"',nr]{40,20000}?)-----END (?:RSA |EC )?PRIVATE KEY-----/g;
/** A private member of a JSON Web Key (RFC 7518 §6.2.2, §6.3.2). */
const JWK_MEMBER = /["']?(?<![\w$])d["']?\s*:\s*["']([\w-]{43,700})["']/g;

/** Secrets in a text of a page, in the order in which they stand there. */
export function secretsInScan(scan: PageScan): readonly CodeSecret[] {
  return secretsInCode(codeOf(scan));
}

/** As above, of code. Every secret is reported once for each place. */
export function secretsInCode(text: string): readonly CodeSecret[] {
  const found = new Map<number, CodeSecret>();
  for (const secret of [...byFormat(text), ...byName(text), ...ofGitHub(text), ...privateKeys(text)]) {
    if (!found.has(secret.offset)) found.set(secret.offset, secret);
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset);
}

/** What may stand before the end of a name. */
const MAX_PREFIX = 60;

function* byFormat(text: string): Generator<CodeSecret> {
  for (const { vendor, pattern } of FORMATS) {
    for (const { 0: value, index } of text.matchAll(pattern)) {
      if (isPlaceholder(value)) continue;
      yield { is: 'client secret', name: nameBefore(text, index), value, offset: index, by: 'format', vendor };
    }
  }
}

function* byName(text: string): Generator<CodeSecret> {
  for (const { 0: ending, index } of text.matchAll(NAME)) {
    const end = index + ending.length;
    const name = /[\w$-]*$/.exec(text.slice(Math.max(0, index - MAX_PREFIX), end))?.[0] ?? ending;
    const after = text.slice(end, end + 500);
    const assigned = ASSIGNED.exec(after) ?? (isInString(text, end - name.length) ? ENCODED.exec(after) : null);
    const value = assigned?.[1];
    if (assigned === null || value === undefined || !looksSecret(value)) continue;
    const offset = end + assigned[0].lastIndexOf(value);
    yield { is: 'client secret', name, value, offset, by: 'name', vendor: null };
  }
}

/** `?client_secret=` or `"client_secret=`: an address or a body, not an assignment in code. */
function isInString(text: string, index: number): boolean {
  return /[?&"'`]/.test(text.charAt(index - 1));
}

function* ofGitHub(text: string): Generator<CodeSecret> {
  for (const { index: id } of text.matchAll(GITHUB_ID)) {
    const start = Math.max(0, id - NEAR);
    for (const { 0: whole, 1: name = '', 2: value = '', index } of text
      .slice(start, id + NEAR)
      .matchAll(GITHUB_SECRET)) {
      if (/sha|commit|rev|hash|version|build|integrity|digest/i.test(name)) continue;
      const offset = start + index + whole.lastIndexOf(value);
      yield { is: 'client secret', name, value, offset, by: 'format', vendor: 'GitHub' };
    }
  }
}

function* privateKeys(text: string): Generator<CodeSecret> {
  for (const { 0: whole, 1: body = '', index } of text.matchAll(PEM)) {
    const value = body.replace(/["']\s*\+\s*["']/g, '').replace(/\\[nr]|[\s"',\\]/g, '');
    const lead = body.indexOf(value.slice(0, 16));
    if (!isWholeDer(value) || lead < 0) continue;
    // The first line of the body stands in the text as it is; the whole key need not.
    const line = /^[\w+/=]+/.exec(body.slice(lead).replace(/\\[nr].*/s, ''))?.[0] ?? '';
    const offset = index + whole.indexOf(body) + lead;
    yield { is: 'private key', name: 'PRIVATE KEY', value: line, offset, by: 'format', vendor: null };
  }
  for (const { 0: whole, 1: value = '', index } of text.matchAll(JWK_MEMBER)) {
    const around = objectAround(text, index);
    if (around === null || !isWholeKey(around)) continue;
    yield { is: 'private key', name: 'd', value, offset: index + whole.lastIndexOf(value), by: 'format', vendor: null };
  }
}

/** A DER sequence of exactly the length that it names (X.690 §8.1): a key that somebody cut off is none. */
function isWholeDer(base64: string): boolean {
  const bytes = Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
  const head = bytesOf(base64.slice(0, 8));
  const [tag, first = 0, ...more] = head;
  if (tag !== 0x30) return false;
  if (first < 0x80) return bytes === first + 2;
  const count = first & 0x7f;
  const length = more.slice(0, count).reduce((sum, byte) => sum * 256 + byte, 0);
  return count <= 3 && bytes === length + 2 + count;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function bytesOf(base64: string): readonly number[] {
  const digits = [...base64].map((char) => BASE64.indexOf(char));
  const bytes: number[] = [];
  for (let at = 0; at + 1 < digits.length; at++) {
    const [high = 0, low = 0] = digits.slice(at, at + 2);
    if (at % 4 === 0) bytes.push(((high << 2) | (low >> 4)) & 255);
    if (at % 4 === 1) bytes.push(((high << 4) | (low >> 2)) & 255);
    if (at % 4 === 2) bytes.push(((high << 6) | low) & 255);
  }
  return bytes;
}

/** No key with its members is longer. */
const MAX_KEY = 6000;

/** The text between the braces around a place; `null` where they are too far away. */
function objectAround(text: string, index: number): string | null {
  const start = text.lastIndexOf('{', index);
  const end = text.indexOf('}', index);
  return start < 0 || end < 0 || end - start > MAX_KEY ? null : text.slice(start, end);
}

/** A private JSON Web Key with its public members (RFC 7518 §6.2, §6.3; RFC 8037 §2). */
export function isPrivateJwk(key: Readonly<Record<string, unknown>>): boolean {
  const has = (name: string): boolean => /^[\w-]{20,}$/.test(String(key[name] ?? ''));
  if (!has('d')) return false;
  if (key['kty'] === 'RSA') return has('n') && key['e'] !== undefined;
  if (key['kty'] === 'EC') return has('x') && has('y');
  return key['kty'] === 'OKP' && has('x');
}

function isWholeKey(object: string): boolean {
  const has = (name: string): boolean =>
    new RegExp(`["']?(?<![\\w$])${name}["']?\\s*:\\s*["'][\\w-]{20,}`).test(object);
  const kty = /["']?(?<![\w$])kty["']?\s*:\s*["'](RSA|EC|OKP)["']/.exec(object)?.[1];
  if (kty === 'RSA') return has('n') && /["']?(?<![\w$])e["']?\s*:/.test(object);
  if (kty === 'EC') return has('x') && has('y');
  return kty === 'OKP' && has('x');
}

/** What stands before a value: the name of a property, variable or attribute. */
function nameBefore(text: string, index: number): string {
  return /([\w$-]+)["']?\]?\s*[:=,]\s*["'`]?$/.exec(text.slice(Math.max(0, index - 100), index))?.[1] ?? 'secret';
}

/** Words that templates and documentation put where a secret belongs. */
const PLACEHOLDER =
  /your|example|placeholder|change.?me|dummy|sample|insert|replace|redacted|xxxx|\.{3}|\*{3}|[<>{}$]|process\.env|undefined|lorem|foobar|secret.?here|12345678|abcdefgh|aaaa|0000000/i;

/** Secrets in the examples of RFC 6749 §2.3.1, OpenID Connect Registration §3.2 and RFC 7591 §3.2.1: every guide has them. */
const PRINTED: ReadonlySet<string> = new Set([
  '7Fjfp0ZBr1KtDRbnfVdmIw',
  'ZJYCqe3GGRvdrudKyZS0XhGv_Z45DuKhCU0gk',
  'cf136dc3c1fc93f31185e5885805d',
]);

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || PRINTED.has(value);
}

/** Values that vendors call a client secret although they are made for one person and one purpose, or for everybody. */
const OTHERS =
  /^(pi|seti|cs|src|pm|acs|fcsess|prc|ek|ephkey|etk)_|^(pk_|pk\.|AIza|6L[\w-]{38}$|sha\d|G-|UA-)|_secret_|^https?:|^[/.]|^data:/;

const MIN_ENTROPY = 3;

/** A random value of its own: digits and letters mixed, no words, none of the known others. */
export function looksSecret(value: string): boolean {
  if (value.length < 16 || isPlaceholder(value) || OTHERS.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || isIdentifier(value)) return false;
  return entropy(value) >= MIN_ENTROPY;
}

/** Words of letters with a number here and there: `client_secret_jwt_v2`, `authSettings2Secret`. */
function isIdentifier(value: string): boolean {
  const words = value.split(/[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])/);
  const digits = value.replace(/\D/g, '').length;
  return digits <= 3 && words.every((word) => /^([A-Z]?[a-z]{2,}|[A-Z]{2,}|\d+)\d{0,2}$/.test(word));
}

/** Shannon entropy of its characters, in bits for each. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0);
}
