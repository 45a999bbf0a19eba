import type { FoundAs } from '../model/lineage.ts';
import type { Work } from '../model/work.ts';
import { decodeBase64url, encodeBase64url } from '../token/base64url.ts';
import { createGrowingFinder } from './find-values.ts';

/** A known value in a text. */
export interface Wrapped {
  readonly value: string;
  readonly as: FoundAs;
  /** The text in which it stands, decoded as far as was necessary, and where. */
  readonly text: string;
  readonly at: number;
}

export interface ValueSearch {
  /** May be interrupted between two values. */
  adding(values: Iterable<string>): Work<void>;
  search(text: string): Wrapped[];
}

interface Writing {
  readonly value: string;
  /** Bytes between the start of a base64 group and the value; `null` for a value that is written in the clear. */
  readonly shift: 0 | 1 | 2 | null;
}

/** `%2525…`: addresses inside of addresses inside of addresses. */
const MAX_DECODINGS = 3;

/**
 * Finds values in texts as they are, percent-encoded up to three times, with the escapes of JSON, and inside of base64
 * and base64url at any alignment (a `state`, the payload of a token), each in one pass over the text.
 */
export function createValueSearch(): ValueSearch {
  const finder = createGrowingFinder<Writing>();

  function search(text: string, decodings: number, into: Wrapped[]): void {
    for (const { at, length, found } of finder.find(text)) {
      const { value, shift } = found;
      if (shift === null ? standsAlone(text, at, at + length) : standsAloneInBase64(text, at, found)) {
        into.push({ value, as: shift === null ? writtenAs(text, length, decodings) : 'base64', text, at });
      }
    }
    const decoded = decodings < MAX_DECODINGS ? percentDecoded(text) : text;
    if (decoded !== text) search(decoded, decodings + 1, into);
  }

  return {
    adding: (values) => finder.adding(writingsOf(values)),
    search(text) {
      const found: Wrapped[] = [];
      search(text, 0, found);
      return found;
    },
  };
}

function* writingsOf(values: Iterable<string>): Generator<[string, Writing]> {
  for (const value of values) {
    yield [value, { value, shift: null }];
    const escaped = JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/');
    if (escaped !== value) yield [escaped, { value, shift: null }];
    yield* inBase64(value);
  }
}

function writtenAs(text: string, length: number, decodings: number): FoundAs {
  if (decodings > 0) return 'percent-encoded';
  if (length === text.length) return 'exact';
  return /^\s*[{["]/.test(text) ? 'json' : 'part';
}

const ALPHANUMERIC = /[A-Za-z0-9]/;

/** How a value is written inside of base64 and base64url, wherever it begins there. */
export function base64Writings(value: string): string[] {
  return inBase64(value).map(([text]) => text);
}

/** A piece of a longer word is another value. */
function standsAlone(text: string, from: number, to: number): boolean {
  return !ALPHANUMERIC.test(text.charAt(from - 1)) && !ALPHANUMERIC.test(text.charAt(to));
}

/** The characters of base64 that depend on the value alone, for each of the three places in which it can begin. */
function inBase64(value: string): [string, Writing][] {
  const bytes = new TextEncoder().encode(value);
  return ([0, 1, 2] as const).flatMap((shift): [string, Writing][] => {
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    const core = encodeBase64url(shifted).slice(charactersBefore(shift), Math.floor((shifted.length * 4) / 3));
    const writing: Writing = { value, shift };
    return /[-_]/.test(core)
      ? [
          [core, writing],
          [core.replaceAll('-', '+').replaceAll('_', '/'), writing],
        ]
      : [[core, writing]];
  });
}

/** Characters of a group that hold bits of the bytes before the value. */
function charactersBefore(shift: 0 | 1 | 2): number {
  return shift === 0 ? 0 : shift + 1;
}

/**
 * Decodes the base64 around a match: its last bits are not in the characters that were compared, and a longer value that
 * begins or ends like this one is another.
 */
function standsAloneInBase64(text: string, at: number, { value, shift }: Writing): boolean {
  if (shift === null) return false;
  const group = at - charactersBefore(shift);
  const wanted = new TextEncoder().encode(value);
  const end = shift + wanted.length;
  const bytes = base64Bytes(text.slice(Math.max(group, 0), group + 4 * (Math.floor(end / 3) + 1)));
  if (group < 0 || bytes === null || bytes.length < end) return false;
  if (!wanted.every((byte, index) => bytes[shift + index] === byte)) return false;
  const before = shift > 0 ? bytes[shift - 1] : byteBefore(text, group);
  return !isAlphanumeric(before) && !isAlphanumeric(bytes[end]);
}

/** The byte in front of a group, where base64 goes on there. */
function byteBefore(text: string, group: number): number | undefined {
  // Supabase's mark in front of a value, and that of a `data:` address.
  if (/base64[-,]$/.test(text.slice(Math.max(0, group - 7), group))) return undefined;
  return group < 4 ? undefined : base64Bytes(text.slice(group - 4, group))?.[2];
}

/** The bytes of base64 or base64url up to the first other character; `null` where that is not possible. */
function base64Bytes(text: string): Uint8Array | null {
  const run = /^[\w+/-]*/.exec(text)?.[0] ?? '';
  const result = decodeBase64url(run.replaceAll('+', '-').replaceAll('/', '_'));
  return 'error' in result ? null : result.bytes;
}

function isAlphanumeric(byte: number | undefined): boolean {
  return byte !== undefined && ALPHANUMERIC.test(String.fromCharCode(byte));
}

/** Runs that are no UTF-8 stay as they are, so that one broken escape does not hide the rest. */
function percentDecoded(text: string): string {
  if (!/%[0-9A-Fa-f]{2}/.test(text)) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
