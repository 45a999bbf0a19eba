import { expect, it } from 'vitest';
import { collectTraffic, handTraffic, receiveTraffic } from '../../../lib/adapters/devtools-traffic.ts';

/**
 * The Network panel's interface. Faked, because no DevTools runs here: which requests it tells and when. The browser
 * tests see to those.
 */
function fakeNetwork() {
  let heard = (_: unknown): void => undefined;
  let answer = (_: unknown): void => undefined;
  return {
    api: {
      getHAR: (callback: (log: unknown) => void) => {
        answer = callback;
      },
      onRequestFinished: {
        addListener: (listener: (entry: unknown) => void) => {
          heard = listener;
        },
      },
    },
    finish: (entry: unknown) => heard(entry),
    backlog: (...entries: readonly unknown[]) => answer({ entries }),
  };
}

interface Parts {
  readonly url?: string;
  readonly at?: string;
  readonly mime?: string;
  readonly size?: number;
  readonly body?: string | null;
}

const entry = ({ url = 'https://as.example/token', at = '2026-01-31T12:00:00.000Z', ...parts }: Parts = {}) => ({
  startedDateTime: at,
  request: { method: 'POST', url, headers: [] },
  response: { status: 200, content: { mimeType: parts.mime ?? 'application/json', size: parts.size ?? 10 } },
  getContent: (callback: (text: unknown, encoding: unknown) => void) => callback(parts.body ?? null, ''),
});

function collected() {
  const network = fakeNetwork();
  const traffic = collectTraffic({ network: network.api });
  const bodies = () =>
    traffic.read().entries.map((one) => (one as ReturnType<typeof entry>).response.content as { text?: string });
  return { ...network, traffic, bodies };
}

it('what finishes while the backlog is read is there once', () => {
  const { finish, backlog, bodies } = collected();
  finish(entry({ body: '{"a":1}' }));
  backlog(entry(), entry({ at: '2026-01-31T12:00:01.000Z' }));
  finish(entry({ at: '2026-01-31T12:00:01.000Z', body: '{"b":1}' }));
  expect(bodies().map(({ text }) => text)).toEqual(['{"a":1}', '{"b":1}']);
});

it('two equal requests of one moment are two', () => {
  const { finish, traffic } = collected();
  finish(entry());
  finish(entry());
  expect(traffic.read().entries).toHaveLength(2);
});

it('bodies of pictures and long ones are not asked for; addresses that are no web address are left out', () => {
  const { finish, bodies } = collected();
  finish(entry({ mime: 'image/png', body: 'x' }));
  finish(entry({ size: 1_000_000, body: 'x' }));
  finish(entry({ url: 'data:,x', body: 'x' }));
  expect(bodies().map(({ text }) => text)).toEqual([undefined, undefined]);
});

it('beyond the cap the oldest go, and it says how many', () => {
  const { finish, traffic } = collected();
  const long = 'x'.repeat(250_000);
  for (let index = 0; index < 125; index++) finish(entry({ url: `https://as.example/${index}`, body: long }));
  const { entries, dropped } = traffic.read();
  expect(dropped).toBeGreaterThan(0);
  expect(entries).toHaveLength(125 - dropped);
  expect(JSON.stringify(entries.at(-1))).toContain('as.example/124');
});

it('a body that comes after clearing does not come back', () => {
  const { finish, traffic } = collected();
  let late = (_: unknown, __: unknown): void => undefined;
  finish({
    ...entry(),
    getContent: (callback: typeof late) => {
      late = callback;
    },
  });
  const restore = traffic.clear();
  late('{}', '');
  expect(traffic.read().entries).toEqual([]);
  restore();
  expect(traffic.read().entries).toHaveLength(1);
});

it('the panel gets the traffic whether it is shown before or after its script runs', async () => {
  const { traffic } = collected();
  const early = new EventTarget();
  handTraffic(early, traffic);
  expect(await receiveTraffic(early)).toBe(traffic);
  const late = new EventTarget();
  const waiting = receiveTraffic(late);
  handTraffic(late, traffic);
  expect(await waiting).toBe(traffic);
});
