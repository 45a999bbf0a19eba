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
  const [pair = '', ...rest] = line.split(';');
  const equals = pair.indexOf('=');
  if (equals < 1) return null;
  const attributes = new Map(
    rest.map((attribute) => {
      const [name = '', value = ''] = attribute.split('=', 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const value = pair
    .slice(equals + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1');
  return {
    name: pair.slice(0, equals).trim(),
    value,
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite')?.toLowerCase() ?? null,
    domain: attributes.get('domain') || null,
    deletes:
      value === '' || Number(attributes.get('max-age') ?? 1) <= 0 || /19[67]\d/.test(attributes.get('expires') ?? ''),
  };
}

/** Names and values of a `Cookie` header. */
export function cookiesOf(header: string | null): readonly (readonly [name: string, value: string])[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals < 1 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const];
  });
}
