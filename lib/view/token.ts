import { wordOf } from '../http/params.ts';
import type { Redacted } from '../model/redacted.ts';
import { SEVERITIES } from '../model/rule.ts';
import { CLAIM_MEANINGS, HEADER_MEANINGS, type Meaning } from '../token/claims.ts';
import type { DecodedToken, TokenError } from '../token/decode.ts';
import { innermost, layersOf, type TokenReport } from '../token/inspect.ts';
import { ASKED, type Known, type KnownName, type TokenCheck } from '../token/judge.ts';
import { claimsOf, isBytes, tokenKind } from '../token/kind.ts';
import { TEST_MARK } from '../token/make.ts';
import { providerOf } from '../token/provider-claims.ts';
import { scopeMeaning } from '../token/scopes.ts';
import { judgeTime, numericDate } from '../token/time.ts';
import type { Mark } from './mark.ts';
import { clockWords, durationWords } from './moment.ts';
import { richText, type Text, visible } from './text.ts';
import { tokenHeading } from './token-heading.ts';
import { tokenWords } from './words-token.ts';

/** What is known of keys for the signature. Keys come from a press that names the host, or from a paste. */
export type KeysState =
  | { readonly is: 'none' }
  | { readonly is: 'asking'; readonly host: string }
  /** The issuer's metadata puts its keys at another host, which is asked only after a press that names it. */
  | { readonly is: 'elsewhere'; readonly host: string; readonly url: string }
  | { readonly is: 'issuer'; readonly host: string; readonly jwks: unknown }
  | { readonly is: 'pasted' }
  | { readonly is: 'denied'; readonly host: string }
  | { readonly is: 'failed'; readonly reason: string };

export interface TokenInput {
  /** The token as pasted, without the white space around it. */
  readonly text: string;
  readonly decoded: DecodedToken;
  readonly report: TokenReport;
  readonly keys: KeysState;
  /** What is wrong with the pasted key. */
  readonly keyError: string | null;
  /** What its content proves and lacks. */
  readonly checks: readonly TokenCheck[];
  /** What the person said of the request, to compare. */
  readonly known: Known;
  /** The clock that the person gave; `''`: the one of this machine. */
  readonly clock: string;
  /** Keys that were tried so far, while they are. */
  readonly trying: { readonly count: number; readonly total: number } | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly mask: (value: string) => Redacted;
}

/** A stretch of the token: `part` counts from 0, dots belong to none. */
export interface PieceView {
  readonly part: number | null;
  readonly text: string;
}

export interface BrokenView {
  readonly where: string;
  readonly message: string;
  readonly before: string;
  /** The character itself; `null` at the end of the text. */
  readonly at: string | null;
  readonly after: string;
}

/** What a row offers. */
export type TokenOffer =
  | { readonly is: 'check'; readonly host: string; readonly label: string }
  | { readonly is: 'fetch'; readonly host: string; readonly label: string }
  | { readonly is: 'compare' | 'stop'; readonly label: string };

export interface TokenRow {
  readonly id: string;
  readonly mark: Mark | 'clock';
  readonly text: Text;
  /** A run that stands out, between `text` and `rest`. */
  readonly strong: string | null;
  readonly rest: string;
  readonly offer: TokenOffer | null;
  /** Pasting a key would decide it. */
  readonly wantsKey: boolean;
}

/** Where the raw value of a row is: asked for only when it is to be shown. */
export interface ClaimRef {
  readonly in: 'header' | 'payload';
  /** Of a token inside others: how many are around it. */
  readonly layer: number;
  readonly name: string;
}

export interface ClaimView {
  readonly name: string;
  readonly value: string;
  /** `null` where the value is shown as it is. */
  readonly ref: ClaimRef | null;
  /** What the claim is for, and the section that says so. */
  readonly meaning: string;
  readonly section: string | null;
  /** Its value in words. */
  readonly note: string | null;
  /** Members of a value that is a list of words, each with its meaning. */
  readonly list: readonly { readonly word: string; readonly means: string | null }[];
  readonly mark: Mark | null;
}

export interface PartView {
  readonly title: string;
  readonly summary: Text;
  readonly rows: readonly ClaimView[];
}

/** Something that the person can say, to be compared with the token. */
export interface KnownField {
  readonly name: KnownName | 'clock';
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
}

export interface TokenView {
  readonly heading: string;
  /** The token with most of it masked. */
  readonly pieces: readonly PieceView[];
  /** Characters of the token. */
  readonly length: number;
  readonly broken: BrokenView | null;
  readonly rows: readonly TokenRow[];
  readonly fields: readonly KnownField[];
  /** Headers, the outermost first: of the token, and of each that is inside. */
  readonly headers: readonly PartView[];
  readonly claims: PartView | null;
  /** A payload that is no JSON object: masked. */
  readonly content: Redacted | null;
}

/** Longest token that is read. */
export const MAX_TOKEN = 1_000_000;

const SHOWN_HEADER = 160;
const SHOWN_PAYLOAD = 36;
const SHOWN_REST = 4;
/** Characters on each side of the place of an error. */
const AROUND = 24;
const VALUE_CAP = 300;

/** A token as data for the view: is it right first, then what is inside. */
export function tokenView(input: TokenInput): TokenView {
  const { text, decoded, report } = input;
  const claims = claimsOf(innermost(report));
  const broken = report.error === undefined ? null : brokenView(text, report.error);
  return {
    heading: broken === null ? tokenHeading(report) : brokenHeading(decoded),
    pieces: pieces(text, decoded),
    length: text.length,
    broken,
    rows: broken === null ? rowsOf(input) : [],
    fields: broken === null && claims !== null ? fieldsOf(input) : [],
    headers: layersOf(report).flatMap(({ header }, layer) =>
      header === undefined ? [] : [headerView(header, layer, input)],
    ),
    claims: claims === null ? null : claimsView(claims, input),
    content: claims === null ? contentOf(report, input) : null,
  };
}

function brokenHeading({ parts }: DecodedToken): string {
  return parts.length < 2 ? tokenWords.broken.noToken : tokenWords.broken.heading;
}

/** The start of each part stays readable, the rest is masked; a broken token is masked as well. */
function pieces(text: string, { parts }: DecodedToken): readonly PieceView[] {
  return parts.flatMap(([start, end], part) => {
    const own = text.slice(start, end);
    const most = parts.length < 2 ? SHOWN_REST : part === 0 ? SHOWN_HEADER : part === 1 ? SHOWN_PAYLOAD : SHOWN_REST;
    // A short part would be whole in its own start.
    const shown = part > 0 && own.length <= most * 2 ? Math.min(SHOWN_REST, own.length >> 2) : most;
    const masked = own.length > shown ? `${visible(own.slice(0, shown))}…••••` : visible(own);
    return [...(part === 0 ? [] : [{ part: null, text: '.' }]), { part, text: masked }];
  });
}

/** The whole token in its parts, to be shown for as long as the person asks. */
export function wholePieces(text: string, { parts }: Pick<DecodedToken, 'parts'>): readonly PieceView[] {
  return parts.flatMap(([start, end], part) => [
    ...(part === 0 ? [] : [{ part: null, text: '.' }]),
    { part, text: visible(text.slice(start, end), 8000) },
  ]);
}

function brokenView(text: string, { part, at, message }: TokenError): BrokenView {
  const w = tokenWords.broken;
  const character = text.charAt(at);
  return {
    where: at >= text.length ? `${w.part[part]}, ${w.end}` : w.where(w.part[part], at + 1),
    message: visible(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`),
    before: visible(`${at > AROUND ? '…' : ''}${text.slice(Math.max(0, at - AROUND), at)}`),
    at: character === '' ? null : visible(character),
    after: visible(`${text.slice(at + 1, at + 1 + AROUND)}${text.length > at + 1 + AROUND ? '…' : ''}`),
  };
}

const row = (id: string, mark: TokenRow['mark'], markup: string, more: Partial<TokenRow> = {}): TokenRow => ({
  id,
  mark,
  text: richText(markup),
  strong: null,
  rest: '',
  offer: null,
  wantsKey: false,
  ...more,
});

function rowsOf(input: TokenInput): readonly TokenRow[] {
  const { report } = input;
  const claims = claimsOf(innermost(report));
  return [
    keyRow(input),
    ...(report.header?.[TEST_MARK] === undefined ? [] : [row('test', 'info', tokenWords.make.isTest)]),
    ...nestedRows(input),
    ...sdJwtRows(report),
    ...(claims === null ? [] : [timeRow(claims, input.now)]),
    ...checkRows(input),
    ...layersOf(report).flatMap((layer, depth) => [
      ...warningsOf(layer).map(({ id, text, section }) =>
        row(
          `warning:${depth}:${id}`,
          GRAVE.includes(id) ? 'high' : 'medium',
          inLayer(depth, tokenWords.warning(visible(text), section)),
        ),
      ),
      ...(layer.notes ?? []).map(({ part, message }, index) =>
        row(
          `note:${depth}:${index}`,
          'low',
          inLayer(depth, visible(tokenWords.note(tokenWords.broken.part[part], message))),
        ),
      ),
    ]),
  ];
}

const inLayer = (depth: number, text: string): string => (depth === 0 ? text : tokenWords.inside(text));

/** That nothing is signed is what the first row says. */
function warningsOf({ warnings = [] }: TokenReport): NonNullable<TokenReport['warnings']> {
  return warnings.filter(({ id }) => id !== 'alg-none');
}

/** Call-outs that alone make the token worthless. */
const GRAVE: readonly string[] = ['weak-secret'];

/** One row for each token inside: its own verdict, with the keys that there are. */
function nestedRows(input: TokenInput): readonly TokenRow[] {
  const w = tokenWords.nested;
  const [, ...inside] = layersOf(input.report);
  return inside.map(({ kind, signature, decryption, reason = '' }, index) => {
    const verdict = kind === 'jwe' ? (decryption ?? 'cannotTell') : signature;
    const what = kind === 'jwe' ? w.encrypted : w.signed;
    const id = `nested:${index}`;
    if (kind === 'unknown') return row(id, 'medium', visible(w.broken(reason), CHECK_CAP));
    if (verdict === 'valid') return row(id, 'pass', kind === 'jwe' ? w.opened : w.valid);
    if (verdict === 'invalid') return row(id, 'high', visible(w.invalid(what, reason), CHECK_CAP));
    return row(id, 'cannotTell', visible(w.other(what, reason), CHECK_CAP), openRow(input));
  });
}

/** What could still be done for a signature inside that nobody could check. */
function openRow({ report, keys }: TokenInput): Partial<TokenRow> {
  const w = tokenWords.signature;
  switch (keys.is) {
    case 'asking':
      return { mark: 'running', text: richText(w.fetching(keys.host)) };
    case 'elsewhere':
      return {
        text: richText(w.elsewhere(keys.host)),
        offer: { is: 'fetch', host: keys.host, label: w.fetchFrom(keys.host) },
      };
    case 'denied':
      return { text: richText(w.denied(keys.host)), offer: checkOffer(report) };
    case 'failed':
      return { text: richText(w.cannotTell(keys.reason)), offer: checkOffer(report) };
    case 'issuer':
      return {};
    case 'pasted':
    case 'none':
      return { offer: checkOffer(report) };
  }
}

function sdJwtRows({ disclosures, hidden, keyBinding }: TokenReport): readonly TokenRow[] {
  const w = tokenWords.sdJwt;
  const binding = keyBinding?.is;
  return [
    ...(disclosures === undefined ? [] : [row('disclosures', 'info', w.disclosed(disclosures.length, hidden ?? null))]),
    ...(keyBinding === undefined
      ? []
      : [
          binding === 'valid'
            ? row('binding', 'pass', w.bound)
            : row('binding', binding === 'invalid' ? 'high' : 'cannotTell', w.unbound(keyBinding.reason ?? '')),
        ]),
  ];
}

function keyRow(input: TokenInput): TokenRow {
  const w = tokenWords.signature;
  const { report, keys, keyError } = input;
  const id = 'signature';
  const undecided = (text: string, more: Partial<TokenRow> = {}): TokenRow =>
    row(id, 'cannotTell', text, { wantsKey: true, ...more });
  if (input.trying !== null) {
    const { count, total } = input.trying;
    return row(id, 'running', w.trying(count, total), { offer: { is: 'stop', label: w.stop } });
  }
  const check = checkOffer(report);
  const own = input.checks.find((one) => one.id === 'signature');
  if (own !== undefined && keys.is === 'none' && keyError === null) {
    return row(id, own.is === 'fail' ? 'high' : own.is, visible(own.says, CHECK_CAP));
  }
  if (keyError !== null) return undecided(keyError, { mark: 'medium' });
  if (report.kind === 'jwe') {
    if (report.decryption === 'valid') return row(id, 'pass', w.decrypted);
    if (keys.is === 'none') return undecided(w.encrypted);
    return undecided(w.notDecrypted(report.reason ?? ''), {
      mark: report.decryption === 'invalid' ? 'high' : 'cannotTell',
    });
  }
  if (report.signature === 'valid') {
    const { alg, kid } = report.header ?? {};
    const name = visible(wordOf(alg), 20);
    if (keys.is !== 'issuer') return row(id, 'pass', w.withGiven(name));
    return row(id, 'pass', w.by(name, typeof kid === 'string' ? code(kid) : null, keys.host));
  }
  if (report.signature === 'invalid')
    return row(id, 'high', w.invalid(report.reason ?? ''), {
      wantsKey: !/^none$/i.test(wordOf(report.header?.['alg'])),
    });
  switch (keys.is) {
    case 'asking':
      return row(id, 'running', w.fetching(keys.host));
    case 'elsewhere':
      return undecided(w.elsewhere(keys.host), {
        offer: { is: 'fetch', host: keys.host, label: w.fetchFrom(keys.host) },
      });
    case 'denied':
      return undecided(w.denied(keys.host), { offer: check });
    case 'failed':
      return undecided(w.cannotTell(keys.reason), { offer: check });
    case 'issuer':
    case 'pasted':
      return undecided(w.cannotTell(report.reason ?? ''));
    case 'none':
      return undecided(w.unchecked, { offer: check });
  }
}

/** Markup for a value that may hold backticks itself. */
const code = (text: string): string => visible(text, 40).replaceAll('`', '´');

/** `null` where the token names no issuer that can be asked. */
function checkOffer(report: TokenReport): TokenOffer | null {
  const issuer = issuerOf(report);
  if (issuer === null) return null;
  const { host } = new URL(issuer);
  return { is: 'check', host, label: tokenWords.signature.check(host) };
}

/** The issuer as an address that can be asked, OIDC Discovery §4.1; `null` where `iss` is none. */
export function issuerOf(report: TokenReport): string | null {
  const iss = claimsOf(innermost(report))?.['iss'];
  return typeof iss === 'string' && iss.length < 2000 && /^https?:\/\//i.test(iss) && URL.canParse(iss) ? iss : null;
}

function timeRow(claims: Readonly<Record<string, unknown>>, now: number): TokenRow {
  const w = tokenWords.time;
  const exp = millis(claims['exp']);
  const nbf = millis(claims['nbf']);
  const verdict = judgeTime(claims, now / 1000);
  if (verdict === 'notYet' && nbf !== null) {
    const rest = w.from(clockWords(nbf, now) ?? '?');
    return row('time', 'medium', w.notYet, { strong: durationWords(nbf - now), rest });
  }
  if (exp === null) return row('time', 'cannotTell', w.none);
  const clock = clockWords(exp, now) ?? '?';
  if (verdict === 'expired') {
    return row('time', 'medium', w.expired, { strong: durationWords(now - exp), rest: w.ago(clock) });
  }
  return row('time', 'clock', w.expires, { strong: durationWords(exp - now), rest: w.at(clock) });
}

function millis(value: unknown): number | null {
  const seconds = numericDate(value);
  return seconds === null ? null : seconds * 1000;
}

/** What is wrong first, then what is right, then what could be compared and was not: one row for each but the wrong. */
function checkRows({ checks }: TokenInput): readonly TokenRow[] {
  const w = tokenWords.checks;
  const own = checks.filter(({ id }) => id !== 'signature');
  // One check may find several things.
  const shown = ({ id, says, section }: TokenCheck, mark: Mark, at: number, all: readonly TokenCheck[]): TokenRow =>
    row(
      `check:${id}${all.findIndex((other) => other.id === id) < at ? `:${at}` : ''}`,
      mark,
      w.says(visible(says, CHECK_CAP), section),
    );
  const names = (all: readonly TokenCheck[]): string =>
    all.map(({ id }) => (Object.hasOwn(w.name, id) ? w.name[id] : `\`${id}\``)).join(', ');
  const isOpen = ({ id, missing }: TokenCheck): boolean => missing !== undefined || Object.hasOwn(w.name, id);
  const open = own.filter((one) => one.is === 'cannotTell' && isOpen(one));
  const right = own.filter(({ is, id }) => is === 'pass' && !QUIET.includes(id));
  const offer = open.some(({ missing }) => missing !== undefined) ? ({ is: 'compare', label: w.add } as const) : null;
  return [
    ...own
      .filter(({ is }) => is === 'fail')
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
      .map((one, at, all) => shown(one, one.severity, at, all)),
    ...own
      .filter((one) => one.is === 'cannotTell' && !isOpen(one))
      .map((one, at, all) => shown(one, 'cannotTell', at, all)),
    ...(right.length === 0 ? [] : [row('right', 'pass', w.right(names(right)))]),
    ...(open.length === 0 ? [] : [row('compare', 'cannotTell', w.open(names(open)), { offer })]),
  ];
}

/** Checks that are a line only where they fail: nobody wonders about them. */
const QUIET: readonly string[] = ['other-audiences', 'shared-secret', 'size', 'aud-missing', 'exp'];

const CHECK_CAP = 300;

function fieldsOf({ report, known, clock }: TokenInput): readonly KnownField[] {
  const { label, placeholder } = tokenWords.checks;
  const names = ASKED[tokenKind(innermost(report))];
  const field = (name: KnownField['name'], value: string): KnownField => ({
    name,
    label: label[name],
    placeholder: placeholder[name],
    value,
  });
  return [...names.map((name) => field(name, known[name])), field('clock', clock)];
}

function headerView(header: Readonly<Record<string, unknown>>, layer: number, input: TokenInput): PartView {
  const { alg, kid } = header;
  const parts = [
    typeof alg === 'string' ? visible(alg, 20) : null,
    typeof kid === 'string' ? `\`${code(kid)}\`` : null,
  ];
  return {
    title: layer === 0 ? tokenWords.header : tokenWords.innerHeader,
    summary: richText(parts.filter((part) => part !== null).join(', ')),
    rows: Object.entries(header).map(([name, value]) => claimView({ in: 'header', layer, name }, value, input, null)),
  };
}

function claimsView(payload: Readonly<Record<string, unknown>>, input: TokenInput): PartView {
  const entries = Object.entries(payload);
  const layer = layersOf(input.report).length - 1;
  const known = entries.filter(([name]) => meaningOf({ in: 'payload', layer, name }, input) !== null).length;
  return {
    title: tokenWords.claims,
    summary: richText(tokenWords.understood(entries.length, known)),
    rows: entries.map(([name, value]) =>
      claimView({ in: 'payload', layer, name }, value, input, markOf(name, payload, input)),
    ),
  };
}

function markOf(name: string, payload: Readonly<Record<string, unknown>>, input: TokenInput): Mark | null {
  const now = input.now / 1000;
  const time = numericDate(payload[name]);
  switch (name) {
    case 'exp':
      return time === null ? 'medium' : now < time ? 'pass' : 'medium';
    case 'nbf':
    case 'iat':
      return time === null ? 'medium' : now + CLOCK_TOLERANCE >= time ? 'pass' : 'medium';
    default: {
      if (name === 'iss' && input.keys.is === 'issuer' && input.report.signature === 'valid') return 'pass';
      const check = input.checks.find(({ id }) => id === name);
      return check === undefined ? null : check.is === 'fail' ? check.severity : check.is;
    }
  }
}

/** Seconds by which honest clocks differ. */
const CLOCK_TOLERANCE = 30;

/** Opaque values under names that nobody knows. */
const OPAQUE = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{20,}$/;

function claimView(ref: ClaimRef, value: unknown, input: TokenInput, mark: Mark | null): ClaimView {
  const meaning = meaningOf(ref, input);
  const text = claimText(value);
  const hidden = text !== '' && (meaning === null ? OPAQUE.test(text) : meaning.secret === true);
  return {
    name: visible(ref.name, 60),
    value: hidden ? input.mask(text) : visible(text, VALUE_CAP),
    ref: hidden || text.length > VALUE_CAP ? ref : null,
    meaning: meaning?.text ?? tokenWords.ownClaim,
    section: meaning?.section ?? null,
    note: meaning?.time === true ? timeNote(value, input.now) : null,
    list: wordList(ref.name, value),
    mark,
  };
}

/** By the specifications, else by the provider that made the token. */
function meaningOf({ in: where, name }: ClaimRef, { report }: TokenInput): Meaning | null {
  const own = where === 'header' ? HEADER_MEANINGS : CLAIM_MEANINGS;
  const claims = claimsOf(innermost(report));
  const theirs = where === 'header' ? undefined : providerOf(claims?.['iss'])?.claims;
  const found = [own, theirs ?? {}].find((meanings) => Object.hasOwn(meanings, name));
  return found?.[name] ?? null;
}

/** A value as text: strings as they are, everything else as JSON. */
export function claimText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function timeNote(value: unknown, now: number): string | null {
  const at = millis(value);
  const clock = at === null ? null : clockWords(at, now);
  if (at === null || clock === null) return null;
  return tokenWords.momentNote(clock, durationWords(now - at), at > now);
}

const MAX_WORDS = 40;

function wordList(name: string, value: unknown): ClaimView['list'] {
  const meaning = name === 'scope' || name === 'scp' ? scopeMeaning : name === 'amr' ? amrMeaning : null;
  if (meaning === null) return [];
  const all = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value.map(String) : [];
  return all
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
    .map((word) => ({
      word: visible(word, 80),
      means: meaning(word),
    }));
}

function amrMeaning(word: string): string | null {
  return Object.hasOwn(tokenWords.amr, word) ? (tokenWords.amr[word] ?? null) : null;
}

function contentOf(report: TokenReport, { mask }: TokenInput): Redacted | null {
  const { payload } = report;
  if (payload === undefined || claimsOf(report) !== null) return null;
  return mask(isBytes(payload) ? payload.base64url : claimText(payload));
}
