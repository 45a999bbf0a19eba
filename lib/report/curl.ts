import { header } from '../http/headers.ts';
import { shellWord } from '../http/shell.ts';
import type { Exchange } from '../model/observation.ts';

/** What curl makes itself, and what HTTP/2 has in place of a request line. */
const NOT_SENT = /^(?::.*|host|content-length|connection|accept-encoding)$/i;

/** Name of a header (RFC 9110 §5.6.2). curl would read a file in place of what starts with `@`. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The request as a command of a POSIX shell. Nothing in it can end a quotation, reach the terminal as a control, or be
 * taken by curl for an option, a file or a pattern of addresses.
 */
export function curlCommand({ request }: Pick<Exchange, 'request'>): string {
  const { method, url, headers, body } = request;
  const parts = ['curl'];
  const sends = body.seen && body.value !== null;
  // After `--request HEAD` curl would wait for a body.
  if (method === 'HEAD' && !sends) parts.push('--head');
  else if (method !== (sends ? 'POST' : 'GET')) parts.push(`--request ${shellWord(method)}`);
  if (/[[\]{}]/.test(url)) parts.push('--globoff');
  parts.push(/^https?:\/\//i.test(url) ? shellWord(url) : `--url ${shellWord(url)}`);
  const multipart = body.seen && body.value?.is === 'form' && /multipart/i.test(header(headers, 'content-type') ?? '');
  const sent = headers.seen ? headers.value.filter(([name]) => !NOT_SENT.test(name) && TOKEN.test(name)) : [];
  for (const [name, value] of sent) {
    // The boundary is curl's own; the captured one would stand beside it.
    if (multipart && /^content-type$/i.test(name)) continue;
    parts.push(`--header ${shellWord(value === '' ? `${name};` : `${name}: ${value}`)}`);
  }
  if (body.seen && body.value?.is === 'text') parts.push(`--data-raw ${shellWord(body.value.text)}`);
  if (body.seen && body.value?.is === 'form') {
    const { fields } = body.value;
    if (multipart) for (const [name, value] of fields) parts.push(`--form-string ${shellWord(`${name}=${value}`)}`);
    // `--data-urlencode` would end a name at its first `=`, and not encode it.
    else parts.push(`--data-raw ${shellWord(new URLSearchParams(fields.map((pair) => [...pair])).toString())}`);
  }
  return parts.join(' \\\n  ');
}
