import { expect, test } from 'vitest';

import { denseLog } from '../../../bench/sign-ins.ts';
import { analyse } from '../../../lib/analyse.ts';

/** How often the analysis of a dense log looks at its exchanges: each flow that searches all of them shows. */
async function looks(messages: number): Promise<number> {
  let count = 0;
  const log = denseLog(messages).map(
    (exchange) =>
      new Proxy(exchange, {
        get(target, name) {
          count += 1;
          return Reflect.get(target, name);
        },
      }),
  );
  await analyse(log);
  return count;
}

test('eight times the messages are looked at about eight times as often', async () => {
  expect((await looks(1600)) / (await looks(200))).toBeLessThan(9);
});
