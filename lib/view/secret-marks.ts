import { bearerToken, header } from '../http/headers.ts';
import type { Lineage, Mark } from '../model/lineage.ts';
import type { OAuthMessage } from '../model/message.ts';

/** The marks that tell something in these messages: of what nobody follows only those that come again. */
export function tellingMarks(messages: readonly OAuthMessage[], lineage: Pick<Lineage, 'mark'>): ReadonlySet<Mark> {
  const once = new Set<Mark>();
  const telling = new Set<Mark>();
  for (const mark of messages.flatMap((message) => marksIn(message, lineage))) {
    if (!isUntelling(mark) || once.has(mark)) telling.add(mark);
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

/** Nobody follows it from message to message: a challenge, the address of a request, what has no kind of its own. */
export function isUntelling(mark: Mark): boolean {
  return /^[HXY]/.test(mark);
}
