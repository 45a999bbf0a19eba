import { bearerToken, header } from '../http/headers.ts';
import type { Lineage, Mark } from '../model/lineage.ts';
import type { OAuthMessage } from '../model/message.ts';

/** The marks that tell something in these messages: a secret of no particular kind only where it comes again. */
export function tellingMarks(messages: readonly OAuthMessage[], lineage: Pick<Lineage, 'mark'>): ReadonlySet<Mark> {
  const once = new Set<Mark>();
  const telling = new Set<Mark>();
  for (const mark of messages.flatMap((message) => marksIn(message, lineage))) {
    if (!mark.startsWith('X') || once.has(mark)) telling.add(mark);
    once.add(mark);
  }
  return telling;
}

/** The marks of the values that a message carries, each once: its parameters, then its `Authorization` header. */
export function marksIn(message: OAuthMessage, lineage: Pick<Lineage, 'mark'>): readonly Mark[] {
  const token =
    message.at === 'request' ? bearerToken(header(message.exchange.request.headers, 'authorization')) : null;
  const values = [...message.params.map(({ value }) => value), ...(token === null ? [] : [token])];
  const marks = values.map((value) => lineage.mark(value)).filter((mark) => mark !== null);
  return [...new Set(marks)];
}
