import type { Header, Seen } from '../model/observation.ts';
import { headerValues } from './headers.ts';

/** One `Set-Cookie` header (RFC 6265 §4.1). */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** In lower case; `null` where it is absent. */
  readonly sameSite: string | null;
  readonly domain: string | null;
  /** It takes the cookie away: an empty value, or an end that is past whatever time it is. */
  readonly deletes: boolean;
}

/** Every cookie that a response sets. Recorders join repeated headers by line breaks. */
export function setCookies(headers: Seen<readonly Header[]>): readonly SetCookie[] {
  return headerValues(headers, 'set-cookie')
    .flatMap((value) => value.split('\n'))
    .flatMap((line) => parse(line) ?? []);
}

function parse(line: string): SetCookie | null {
  const end = line.indexOf(';');
  const pair = end < 0 ? line : line.slice(0, end);
  const equals = pair.indexOf('=');
  if (equals < 1) return null;
  const value = pair
    .slice(equals + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1');
  return new ReadCookie(pair.slice(0, equals).trim(), value, end < 0 ? '' : line.slice(end + 1));
}

/** Its attributes are taken apart when one is asked for: of most cookies name and value tell enough. */
class ReadCookie implements SetCookie {
  readonly name: string;
  readonly value: string;
  readonly #rest: string;
  #attributes: ReadonlyMap<string, string> | null = null;

  constructor(name: string, value: string, rest: string) {
    this.name = name;
    this.value = value;
    this.#rest = rest;
  }

  get secure(): boolean {
    return this.#read().has('secure');
  }

  get httpOnly(): boolean {
    return this.#read().has('httponly');
  }

  get sameSite(): string | null {
    return this.#read().get('samesite')?.toLowerCase() ?? null;
  }

  get domain(): string | null {
    return this.#read().get('domain') || null;
  }

  get deletes(): boolean {
    if (this.value === '') return true;
    return Number(this.#read().get('max-age') ?? 1) <= 0 || /19[67]\d/.test(this.#read().get('expires') ?? '');
  }

  #read(): ReadonlyMap<string, string> {
    this.#attributes ??= new Map(
      this.#rest.split(';').map((attribute) => {
        const [name = '', value = ''] = attribute.split('=', 2);
        return [name.trim().toLowerCase(), value.trim()];
      }),
    );
    return this.#attributes;
  }
}

/** Names and values of a `Cookie` header. */
export function cookiesOf(header: string | null): readonly (readonly [name: string, value: string])[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals < 1 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const];
  });
}
