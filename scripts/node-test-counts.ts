import type { TestEvent } from 'node:test/reporters';

/**
 * Reporter for `node --test`: one closing line `N passed, N failed, N skipped` over all files. Cancelled tests count
 * as failed, tests marked as to do as skipped. A file without a test, which Node counts as passed, counts as failed.
 */
export default async function* nodeTestCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let empty = 0;
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.name === data.file) {
      empty += 1;
      yield `${data.name} holds no test\n`;
    }
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = data.counts;
    yield `${passed - empty} passed, ${tests - passed - skipped - todo + empty} failed, ${skipped + todo} skipped\n`;
  }
}
