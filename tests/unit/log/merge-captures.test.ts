import { expect, it } from 'vitest';
import { mergeCaptures } from '../../../lib/log/merge-captures.ts';
import type { Exchange } from '../../../lib/model/observation.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';

function exchange(capture: 'devtools' | 'watch', id: string, url: string, time: number, more: object = {}): Exchange {
  return {
    is: 'exchange',
    id,
    trace: capture === 'watch' ? 'normal' : 'devtools',
    capture,
    time,
    tab: 7,
    resource: null,
    initiator: null,
    redirectedFrom: null,
    truncated: false,
    request: { method: 'GET', url, headers: unseen('stripped'), body: seen(null) },
    outcome: { is: 'unknown' },
    source: { source: 0, entry: 0 },
    ...more,
  };
}

const ids = (list: readonly Exchange[]) => list.map(({ id }) => id);
const TOKEN = 'https://as.example/token';

it('a request that both saw is one, as DevTools saw it, in the trace of the tab', () => {
  const merged = mergeCaptures([exchange('devtools', 'd', TOKEN, 1000)], [exchange('watch', 'w', TOKEN, 1080)]);
  expect(merged).toEqual([exchange('devtools', 'd', TOKEN, 1000, { trace: 'normal' })]);
});

it('the fragment, which DevTools leaves out, is taken over', () => {
  const [one] = mergeCaptures(
    [exchange('devtools', 'd', 'https://app.example/cb', 1000)],
    [exchange('watch', 'w', 'https://app.example/cb#access_token=a', 1000)],
  );
  expect(one?.request.url).toBe('https://app.example/cb#access_token=a');
});

it('a request is paired once: polling is as often as it was', () => {
  const polled = [0, 900, 1800].map((time, index) => exchange('devtools', `d${index}`, TOKEN, 1000 + time));
  const watched = [10, 910, 1810, 2710].map((time, index) => exchange('watch', `w${index}`, TOKEN, 1000 + time));
  expect(ids(mergeCaptures(polled, watched))).toEqual(['d0', 'd1', 'd2', 'w3']);
});

it('what DevTools was not open for stays, and its links lead to what took the place of others', () => {
  const merged = mergeCaptures(
    [exchange('devtools', 'd', 'https://as.example/auth', 20_000)],
    [
      exchange('watch', 'early', 'https://as.example/auth', 1000),
      exchange('watch', 'same', 'https://as.example/auth', 20_010),
      exchange('watch', 'next', 'https://app.example/cb', 20_100, { redirectedFrom: 'same' }),
    ],
  );
  expect(ids(merged)).toEqual(['early', 'd', 'next']);
  expect(merged[2]?.redirectedFrom).toBe('d');
});
