import { bodyParams } from '../http/body.ts';
import { header } from '../http/headers.ts';
import { isRecord, parseJson, wordOf } from '../http/params.ts';
import type { Mark, MarkLetter } from '../model/lineage.ts';
import type { Body, Exchange, Header, Observation, Outcome, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { ALIASES } from '../oauth/names.ts';
import { base64urlText, encodeBase64url } from '../token/base64url.ts';
import { basicCredentials } from '../token/basic.ts';
import { readCompactJose } from '../token/jose.ts';
import { LETTERS, type LineageInput, markValues } from './lineage.ts';
import { createSweep, MARK, type Sweep } from './redact.ts';
import {
  ADDRESS_HEADERS,
  ADDRESS_PARAMS,
  HARMLESS_HEADERS,
  HARMLESS_PARAMS,
  METADATA_MEMBER,
  PUBLIC_KEY_MEMBERS,
} from './redaction-names.ts';
import { type SecretKind, secretKind } from './secrets.ts';

export interface RedactedCapture {
  /** In the same order, without what cannot be made safe. */
  readonly observations: readonly Observation[];
  /** Replaces every value that was redacted in a text that is not part of the capture, such as a finding. */
  readonly sweep: Sweep;
}

/**
 * A capture that may leave: only what is known to be harmless stays, every other value becomes a mark. Equal values get
 * equal marks, so that what belongs together still does. What stays is then searched for every value that was replaced,
 * however it is written there.
 */
export function redactCapture(capture: Pick<LineageInput, 'observations' | 'messages'>): RedactedCapture {
  const { observations } = capture;
  const requested = observations.flatMap((one) => (one.is === 'exchange' ? (placeOf(one.request.url) ?? []) : []));
  const marks = new Marks(markValues(capture), new Set(requested));
  // The first pass only learns the values: a secret can stand in clear before the place that tells its name.
  const learning = new CaptureRedactor(marks, (text) => text);
  for (const observation of observations) learning.observation(observation);
  const sweep = createSweep(marks.searched());
  const redactor = new CaptureRedactor(marks, sweep);
  return { observations: observations.map((observation) => redactor.observation(observation)), sweep };
}

/** What tells a value's kind and is no part of the secret: a reference to a pushed request (RFC 9126 §2.2), a key of Mapbox. */
const KNOWN_BEGINNING = /^(?:urn:ietf:params:oauth:request_uri:|[ps]k\.eyJ)/;

/** Shorter values are everywhere by chance; they are replaced where they stand, and not looked for elsewhere. */
const MIN_SEARCHED = 6;

class Marks {
  readonly #marks = new Map<string, string>();
  readonly #searched = new Map<string, string>();
  readonly #counts = new Map<MarkLetter, number>();
  /** Identifiers of clients: no secrets, though they look like some. */
  readonly clients = new Set<string>();

  /** What was asked for, as `placeOf` gives it: it stands in the capture anyway. */
  readonly requested: ReadonlySet<string>;

  /** @param given The marks that the views show: an export has the same. */
  constructor(given: ReadonlyMap<string, Mark>, requested: ReadonlySet<string>) {
    this.requested = requested;
    for (const [value, mark] of given) {
      const letter = mark.charAt(0) as MarkLetter;
      this.#counts.set(letter, (this.#counts.get(letter) ?? 0) + 1);
      this.#marks.set(value, `${KNOWN_BEGINNING.exec(value)?.[0] ?? ''}redacted-${mark}`);
    }
  }

  of(value: string, kind: SecretKind): string {
    if (value === '' || MARK.test(value)) return value;
    const known = this.#marks.get(value) ?? this.#marks.get(percentDecoded(value));
    const mark = known ?? `${KNOWN_BEGINNING.exec(value)?.[0] ?? ''}${this.#next(kind)}`;
    this.#marks.set(value, mark);
    if (isSearched(value, kind)) this.#searched.set(value, mark);
    return mark;
  }

  /** Values to look for everywhere, and the mark of each. */
  searched(): ReadonlyMap<string, string> {
    return this.#searched;
  }

  #next(kind: SecretKind): string {
    const letter = LETTERS[kind];
    const count = (this.#counts.get(letter) ?? 0) + 1;
    this.#counts.set(letter, count);
    return `redacted-${letter}${count}`;
  }
}

/** Whether a value is one that nobody else writes by chance. Addresses and lists of words are; what is in them is not. */
function isSearched(value: string, kind: SecretKind): boolean {
  if (value.length < MIN_SEARCHED || /^(?:[a-z][a-z0-9+.-]*:\/)?\/[^?#]*$/i.test(value)) return false;
  if (kind !== 'other') return value.length >= 8 || /\d/.test(value);
  return /\d/.test(value) ? /[A-Za-z@]/.test(value) || value.length >= 8 : /[a-z][A-Z]|@|[A-Z][a-z]+[A-Z]/.test(value);
}

class CaptureRedactor {
  readonly #marks: Marks;
  readonly #sweep: (text: string) => string;

  constructor(marks: Marks, sweep: (text: string) => string) {
    this.#marks = marks;
    this.#sweep = sweep;
  }

  observation(observation: Observation): Observation {
    switch (observation.is) {
      case 'exchange':
        return this.#exchange(observation);
      case 'storage':
        return {
          ...observation,
          origin: this.#address(observation.origin),
          items: observation.items.map(([key, value]) => [this.#name(key), this.#value(lastWord(key), value)] as const),
        };
      case 'script':
        // Text of a page can hold anything; what was found in it stands in the findings.
        return { ...observation, url: this.#address(observation.url), text: '', truncated: true };
    }
  }

  #exchange(exchange: Exchange): Exchange {
    const { request, outcome, source } = exchange;
    return {
      ...exchange,
      initiator: exchange.initiator === null ? null : this.#address(exchange.initiator),
      source: source.id === undefined ? source : { ...source, id: this.#kept(source.id) },
      request: {
        method: request.method,
        url: this.#address(request.url),
        headers: this.#headers(request.headers),
        body: this.#body(request.body, header(request.headers, 'content-type')),
      },
      outcome: this.#outcome(outcome),
    };
  }

  #outcome(outcome: Outcome): Outcome {
    if (outcome.is === 'failed') return { is: 'failed', reason: this.#kept(outcome.reason) };
    if (outcome.is === 'unknown') return outcome;
    const { status, headers, body } = outcome.response;
    return {
      is: 'response',
      response: {
        status,
        headers: this.#headers(headers),
        body: this.#body(body, header(headers, 'content-type')),
      },
    };
  }

  /** Scheme, host and path stay, except what looks like a secret there; of parameters what is harmless by name. */
  #address(url: string): string {
    const [, scheme = '', user, host = '', path = '', query, fragment] =
      /^([a-z][a-z0-9+.-]*:(?:\/\/)?)?(?:([^/?#@\s]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(url) ?? [];
    const data = /^(?:data|javascript|blob|about):$/i.test(scheme);
    if (data) return `${scheme}${this.#mark(url.slice(scheme.length), 'other')}`;
    if (user !== undefined) this.#learn('password', user.slice(user.indexOf(':') + 1));
    return [
      scheme,
      user === undefined ? '' : `${this.#mark(user, 'password')}@`,
      this.#sweep(host),
      this.#path(path),
      query === undefined ? '' : `?${this.#form(query)}`,
      fragment === undefined ? '' : `#${this.#fragment(fragment)}`,
    ].join('');
  }

  #path(path: string): string {
    return path
      .split('/')
      .map((segment) =>
        segment
          .split(';')
          .map((part, index) => {
            const equals = part.indexOf('=');
            if (index > 0 && equals >= 0)
              return `${part.slice(0, equals + 1)}${this.#mark(part.slice(equals + 1), 'other')}`;
            return looksSecret(part) ? this.#mark(percentDecoded(part), 'other') : this.#kept(part);
          })
          .join(';'),
      )
      .join('/');
  }

  /** Routers put a path, a question mark or both before the parameters of a fragment. */
  #fragment(fragment: string): string {
    const question = fragment.indexOf('?');
    const equals = fragment.indexOf('=');
    if (equals < 0) return this.#path(fragment);
    if (question >= 0 && question < equals) {
      return `${this.#path(fragment.slice(0, question))}?${this.#form(fragment.slice(question + 1))}`;
    }
    const lead = /^!?\/?/.exec(fragment)?.[0] ?? '';
    return lead + this.#form(fragment.slice(lead.length));
  }

  /** Pairs keep their order and repeats, and what is not replaced the way in which it was written. */
  #form(text: string): string {
    return text
      .split('&')
      .map((pair) => {
        const equals = pair.indexOf('=');
        if (equals < 0)
          return looksSecret(pair) || !/^[\w.~/-]{0,24}$/.test(pair) ? this.#mark(formDecoded(pair), 'other') : pair;
        const name = formDecoded(pair.slice(0, equals));
        return [
          formEncodedAs(pair.slice(0, equals), this.#name(name)),
          formEncodedAs(pair.slice(equals + 1), this.#value(name, formDecoded(pair.slice(equals + 1)))),
        ].join('=');
      })
      .join('&');
  }

  #headers(headers: Seen<readonly Header[]>): Seen<readonly Header[]> {
    return headers.seen
      ? seen(headers.value.map(([name, value]): Header => [this.#name(name), this.#header(name, value)]))
      : headers;
  }

  #header(name: string, value: string): string {
    const lower = name.toLowerCase();
    if (ADDRESS_HEADERS.has(lower)) return this.#address(value);
    if (HARMLESS_HEADERS.has(lower)) return this.#kept(value);
    switch (lower) {
      case 'authorization':
      case 'proxy-authorization':
        return this.#credentials(value);
      case 'cookie':
        return value
          .split('; ')
          .map((pair) => this.#cookie(pair))
          .join('; ');
      case 'set-cookie':
        return value
          .split('\n')
          .map((line) => {
            const [pair = '', ...attributes] = line.split(';');
            return [this.#cookie(pair), ...attributes.map((attribute) => this.#kept(attribute))].join(';');
          })
          .join('\n');
      case 'dpop-nonce':
        return this.#mark(value, 'nonce');
      case 'dpop':
        return this.#mark(value, 'assertion');
      default:
        return this.#mark(value, 'other');
    }
  }

  #cookie(pair: string): string {
    const equals = pair.indexOf('=');
    if (equals < 0) return this.#mark(pair, 'other');
    return `${this.#name(pair.slice(0, equals))}=${this.#mark(pair.slice(equals + 1), 'other')}`;
  }

  /** Scheme and mark. HTTP Basic is written again with the mark as its password, so that it stays what it is. */
  #credentials(value: string): string {
    const [, scheme, rest] = /^([A-Za-z][\w-]*) +(.*)$/s.exec(value) ?? [];
    if (scheme === undefined || rest === undefined) return this.#mark(value, 'other');
    const basic = basicCredentials(value);
    if (basic === null) return `${scheme} ${this.#mark(rest, 'access token')}`;
    this.#mark(rest, 'client secret');
    // RFC 6749 §2.3.1: both are form-encoded before they become HTTP Basic.
    const password = this.#mark(formDecoded(basic.password), 'client secret');
    const client = formDecoded(basic.user);
    const user = this.#marks.clients.has(client) ? client : this.#mark(client, 'other');
    return `${scheme} ${base64(`${user}:${password}`)}`;
  }

  #body(body: Seen<Body | null>, type: string | null): Seen<Body | null> {
    if (!body.seen || body.value === null) return body;
    if (body.value.is === 'form') return seen({ is: 'form', fields: this.#fields(body.value.fields) });
    const { text } = body.value;
    const json = parseJson(text);
    if (typeof json === 'object' && json !== null)
      return seen({ is: 'text', text: JSON.stringify(this.#json('', json)) });
    const jose = text.trim();
    if (readCompactJose(jose) !== null) return seen({ is: 'text', text: this.#mark(jose, 'ID token') });
    const params = bodyParams(body, type);
    if (params.length === 0) {
      this.#learnText(text);
      return unseen('stripped');
    }
    if (/multipart/i.test(type ?? ''))
      return seen({ is: 'form', fields: this.#fields(params.map(({ name, value }) => [name, value])) });
    return seen({ is: 'text', text: this.#form(text.trim()) });
  }

  #fields(fields: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
    return fields.map(([name, value]) => [this.#name(name), this.#value(name, value)]);
  }

  #json(name: string, value: unknown, depth = 0, isKey = false): unknown {
    if (depth > 40) return null;
    if (typeof value === 'string') return isKey && PUBLIC_KEY_MEMBERS.has(name) ? value : this.#value(name, value);
    if (typeof value === 'number') {
      const kept = isHarmless(name) && secretKind(name) === null;
      return kept ? value : this.#mark(wordOf(value), secretKind(name) ?? 'other');
    }
    if (Array.isArray(value)) return value.map((item) => this.#json(name, item, depth + 1, isKey));
    if (!isRecord(value)) return value;
    const key = typeof value['kty'] === 'string';
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [this.#name(member), this.#json(member, inner, depth + 1, key)]),
    );
  }

  #value(name: string, value: string): string {
    const kind = secretKind(name);
    if (kind !== null) return this.#mark(value, kind);
    if (ADDRESS_PARAMS.has(name) || /_(?:endpoint|uri|url)$/.test(name)) {
      // Several in one value are separated by spaces; an audience can be a client id.
      return value
        .split(' ')
        .map((one) => (/^[a-z][a-z0-9+.-]*:/i.test(one) ? this.#address(one) : this.#client(one)))
        .join(' ');
    }
    if (name === 'azp' || (ALIASES.get(name) ?? name) === 'client_id') {
      this.#marks.clients.add(value);
      return this.#client(value);
    }
    if (name === 'grant_type' && /^https?:/.test(value)) return this.#address(value);
    if (isHarmless(name)) return value.length > 2000 ? this.#mark(value, 'other') : this.#kept(value);
    if (value === 'true' || value === 'false') return value;
    return this.#foreignAddress(value) ?? this.#mark(value, 'other');
  }

  /** Scripts of others are told the page's address: that a code or token was in it has to be seen in the export, too. */
  #foreignAddress(value: string): string | null {
    const place = placeOf(value);
    if (place === null || place.length === value.length) return null;
    if (this.#marks.requested.has(place)) return this.#address(value);
    return `${this.#mark(place, 'other')}${this.#address(value.slice(place.length))}`;
  }

  /** A client's identifier looks like a secret and is none. */
  #client(value: string): string {
    return value.startsWith('eyJ') ? this.#mark(value, 'other') : this.#sweep(value);
  }

  /** Names are the protocol's own, but a name can be made of a value. */
  #name(name: string): string {
    return HARMLESS_HEADERS.has(name.toLowerCase()) || /^[a-z_]+$/i.test(name) ? this.#sweep(name) : this.#kept(name);
  }

  #mark(value: string, kind: SecretKind): string {
    // A mark stays what it is when a redacted capture is redacted again.
    if (value === '' || MARK.test(value)) return value;
    const token = this.#token(value, kind);
    if (token !== null) return token;
    this.#learnText(value);
    return this.#marks.of(value, kind);
  }

  /** A token stays one: what its header and claims say of the protocol, and a mark for its signature or what is encrypted. */
  #token(value: string, kind: SecretKind): string | null {
    const jose = readCompactJose(value);
    if (jose === null || (jose.is === 'jws' && jose.claims === null)) return null;
    const signature = value.slice(value.lastIndexOf('.') + 1);
    if (MARK.test(signature)) return value;
    const mark = this.#marks.of(value, kind);
    // An empty signature is a defect, which the mark would hide. A character of base64 more than a whole group is none.
    const end = signature === '' ? '' : mark.length % 4 === 1 ? `${mark}_` : mark;
    const header = base64urlJson(this.#json('', jose.header, 0, true));
    if (jose.claims === null) return [header, end, end, end, end].join('.');
    return [header, base64urlJson(this.#json('', jose.claims)), end].join('.');
  }

  /** Text that stays, without what is known as a value or looks like one. */
  #kept(text: string): string {
    return this.#sweep(text).replace(/[\w+/=~.%-]{16,}/g, (word) =>
      looksSecret(word) && !/redacted-[A-Z]\d/.test(word) ? this.#mark(word, 'other') : word,
    );
  }

  #learn(name: string, value: unknown, depth = 0): void {
    if (depth > 6) return;
    if (typeof value === 'string') {
      if (value === '') return;
      const kind = secretKind(name);
      if (kind !== null) this.#marks.of(value, kind);
      else if (!isHarmless(name) && !ADDRESS_PARAMS.has(name)) this.#marks.of(value, 'other');
      this.#learnText(value, depth + 1);
    } else if (Array.isArray(value)) for (const item of value) this.#learn(name, item, depth + 1);
    else if (isRecord(value))
      for (const [member, inner] of Object.entries(value)) this.#learn(member, inner, depth + 1);
  }

  /** Values inside a value that is replaced: they may stand in clear elsewhere. */
  #learnText(text: string, depth = 0): void {
    if (depth > 6 || text.length > 200_000) return;
    const jose = readCompactJose(text);
    if (jose !== null) {
      this.#learn('', jose.claims ?? {}, depth + 1);
      return;
    }
    const decoded = percentDecoded(text);
    if (decoded !== text) this.#learnText(decoded, depth + 1);
    const json = /^\s*[{["]/.test(text) ? parseJson(text) : undefined;
    if (json !== undefined) this.#learn('', json, depth + 1);
    else if (/^[\w%.~-]+=[^=]/.test(text) || /[?#&][\w%.~-]+=/.test(text)) {
      const query = text.slice(/[?#]/.exec(text)?.index ?? -1).replace(/^[?#]/, '');
      for (const pair of query.split(/[&#?;]/)) {
        const equals = pair.indexOf('=');
        if (equals > 0) this.#learn(formDecoded(pair.slice(0, equals)), formDecoded(pair.slice(equals + 1)), depth + 1);
      }
    } else {
      const inner = base64Text(text);
      if (inner !== null) this.#learnText(inner, depth + 1);
    }
  }
}

/** An address without its parameters; `null` for other text. */
function placeOf(text: string): string | null {
  return /^https?:\/\/[^/?#@\s]+[^?#\s]*(?=[?#]|$)/i.exec(text)?.[0] ?? null;
}

function isHarmless(name: string): boolean {
  return HARMLESS_PARAMS.has(name) || METADATA_MEMBER.test(name);
}

/** `user.access_token` and `database/store/token` end in the name that counts. */
function lastWord(key: string): string {
  return /[^/.:|\s]*$/.exec(key)?.[0] ?? key;
}

/** Tokens, session ids and hashes: long, with digits among letters, or hexadecimal. */
function looksSecret(word: string): boolean {
  if (word.startsWith('eyJ')) return true;
  return (
    (word.length >= 16 && /\d/.test(word) && /[A-Za-z]/.test(word) && !/^[\w-]+\.[a-z]{2,4}$/.test(word)) ||
    /^\d{9,}$/.test(word)
  );
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formDecoded(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '));
}

/** The text as it was written where that says the same: a server may tell `+` from `%20`. */
function formEncodedAs(written: string, text: string): string {
  return formDecoded(written) === text ? written : new URLSearchParams([['', text]]).toString().slice(1);
}

function base64urlJson(value: unknown): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64(text: string): string {
  const encoded = encodeBase64url(new TextEncoder().encode(text)).replaceAll('-', '+').replaceAll('_', '/');
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=');
}

/** Text in base64 or base64url; `null` where it is none, or not text. */
function base64Text(text: string): string | null {
  if (!/^[\w+/-]{8,}={0,2}$/.test(text)) return null;
  const decoded = base64urlText(text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));
  return decoded !== null && /^[\x20-\x7e\s]*$/.test(decoded) ? decoded : null;
}
