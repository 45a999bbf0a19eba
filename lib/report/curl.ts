import { header } from '../http/headers.ts';
import { shellWord } from '../http/shell.ts';
import type { Exchange } from '../model/observation.ts';

/** What curl makes itself, and what HTTP/2 has in place of a request line. */
const NOT_SENT = /^(?::.*|host|content-length|connection|accept-encoding)$/i;

/** The request as a command of a POSIX shell. Nothing in it can end a quotation or reach the terminal as a control. */
export function curlCommand({ request }: Pick<Exchange, 'request'>): string {
  const { method, url, headers, body } = request;
  const parts = ['curl'];
  const sends = body.seen && body.value !== null;
  if (method !== (sends ? 'POST' : 'GET')) parts.push(`--request ${shellWord(method)}`);
  parts.push(shellWord(url));
  const sent = headers.seen ? headers.value.filter(([name]) => !NOT_SENT.test(name)) : [];
  for (const [name, value] of sent)
    parts.push(`--header ${shellWord(value === '' ? `${name};` : `${name}: ${value}`)}`);
  if (body.seen && body.value?.is === 'text') parts.push(`--data-raw ${shellWord(body.value.text)}`);
  if (body.seen && body.value?.is === 'form') {
    const multipart = /multipart/i.test(header(headers, 'content-type') ?? '');
    for (const [name, value] of body.value.fields) {
      parts.push(
        multipart
          ? `--form-string ${shellWord(`${name}=${value}`)}`
          : `--data-urlencode ${shellWord(`${name}=${value}`)}`,
      );
    }
  }
  return parts.join(' \\\n  ');
}
