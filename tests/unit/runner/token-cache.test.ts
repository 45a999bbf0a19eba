import { describe, expect, test } from 'vitest';
import type { TokenSet } from '../../../lib/runner/run.ts';
import { type CacheState, EARLY_MS, expiryOf, TokenCache } from '../../../lib/runner/token-cache.ts';

const HOUR = 3_600_000;

/** A token endpoint, a clock and a memory that outlive the cache, as the browser's outlive a worker. */
function world(options: { expiresIn?: unknown; fail?: () => boolean } = {}) {
  const state = { now: 1_000_000, requests: 0, stored: { is: 'empty' } as CacheState };
  const cache = (): TokenCache =>
    new TokenCache({
      now: () => state.now,
      load: () => Promise.resolve(state.stored),
      store: (stored) => {
        state.stored = stored;
        return Promise.resolve();
      },
      request: async () => {
        state.requests++;
        const number = state.requests;
        await Promise.resolve();
        if (options.fail?.()) throw new Error('the server said no');
        return token(`token-${number}`, expiryOf('expiresIn' in options ? options.expiresIn : 3600, state.now));
      },
    });
  return { state, cache };
}

function token(accessToken: string, expiresAt: number | null): TokenSet {
  return { accessToken, tokenType: 'bearer', refreshToken: null, idToken: null, scope: null, expiresAt };
}

describe('TokenCache', () => {
  test('1,000 callers at once make one request', async () => {
    const { state, cache } = world();
    const one = cache();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => one.get()));
    expect(state.requests).toBe(1);
    expect(new Set(tokens.map((t) => t.accessToken))).toEqual(new Set(['token-1']));
  });

  test('a held token serves until 30 s before it expires', async () => {
    const { state, cache } = world();
    const one = cache();
    await one.get();
    state.now += HOUR - EARLY_MS - 1;
    expect((await one.get()).accessToken).toBe('token-1');
    state.now += 1;
    expect((await one.get()).accessToken).toBe('token-2');
  });

  test('a failure reaches everyone who waits and is not remembered', async () => {
    let broken = true;
    const { state, cache } = world({ fail: () => broken });
    const one = cache();
    const results = await Promise.allSettled([one.get(), one.get()]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(state.requests).toBe(1);
    broken = false;
    expect((await one.get()).accessToken).toBe('token-2');
  });

  test.each([[Number.NaN], [undefined], [null], [0], [-5], ['soon'], [Number.POSITIVE_INFINITY], [{}]])(
    'expires_in of %s: the token serves those who wait for it and is asked for anew by the next',
    async (expiresIn) => {
      const { state, cache } = world({ expiresIn });
      const one = cache();
      await Promise.all([one.get(), one.get()]);
      expect(state.requests).toBe(1);
      await one.get();
      expect(state.requests).toBe(2);
    },
  );

  test('expires_in as a text of digits is understood', () => {
    expect(expiryOf('60', 1000)).toBe(61_000);
  });

  test('a lifetime below the safety margin is used once and never served stale', async () => {
    const { state, cache } = world({ expiresIn: 10 });
    const one = cache();
    await one.get();
    await one.get();
    expect(state.requests).toBe(2);
  });

  test('a clock that jumps forward or back never serves a token of unknown age', async () => {
    const { state, cache } = world();
    const one = cache();
    await one.get();
    state.now -= 2 * HOUR;
    expect((await one.get()).accessToken).toBe('token-2');
    state.now += 24 * HOUR;
    expect((await one.get()).accessToken).toBe('token-3');
  });

  test('a worker that died leaves its token to the next', async () => {
    const { state, cache } = world();
    await cache().get();
    expect((await cache().get()).accessToken).toBe('token-1');
    expect(state.requests).toBe(1);
  });

  test('a token that was refused is dropped', async () => {
    const { state, cache } = world();
    const one = cache();
    await one.get();
    await one.drop();
    expect((await one.get()).accessToken).toBe('token-2');
    expect(state.requests).toBe(2);
  });
});
