import type { TokenSet } from './run.ts';

/** A token is asked for anew this long before it expires: clocks differ and requests take time. */
export const EARLY_MS = 30_000;

export type CacheState =
  | { readonly is: 'empty' }
  | { readonly is: 'held'; readonly tokens: TokenSet; readonly receivedAt: number };

export interface TokenCacheIo {
  /** One token request. */
  request(): Promise<TokenSet>;
  now(): number;
  /** What a stopped worker left, and what the next one will find: memory only. */
  load(): Promise<CacheState>;
  store(state: CacheState): Promise<void>;
}

/**
 * Client credentials without a token request on every call (RFC 6749 §4.4): one request in flight for any
 * number of callers, a fresh token 30 s before expiry, a failure kept from nobody and remembered by nobody.
 */
export class TokenCache {
  readonly #io: TokenCacheIo;
  #pending: Promise<TokenSet> | null = null;

  constructor(io: TokenCacheIo) {
    this.#io = io;
  }

  get(): Promise<TokenSet> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** For a resource server that refused the token: the next caller gets a new one. */
  async drop(): Promise<void> {
    await this.#io.store({ is: 'empty' });
  }

  async #fetch(): Promise<TokenSet> {
    const state = await this.#io.load();
    if (state.is === 'held' && isFresh(state, this.#io.now())) return state.tokens;
    const tokens = await this.#io.request();
    // Without a usable expires_in nobody knows how long it lasts: it serves those who wait for it, no more.
    if (tokens.expiresAt === null) await this.#io.store({ is: 'empty' });
    else await this.#io.store({ is: 'held', tokens, receivedAt: this.#io.now() });
    return tokens;
  }
}

function isFresh(state: CacheState & { readonly is: 'held' }, now: number): boolean {
  const { expiresAt } = state.tokens;
  // A clock that was set back says nothing about how old the token is.
  if (expiresAt === null || now < state.receivedAt) return false;
  return now < expiresAt - EARLY_MS;
}

/**
 * When a token expires, or `null` where `expires_in` is absent, no number, zero or negative
 * (RFC 6749 §5.1 only recommends it).
 */
export function expiryOf(expiresIn: unknown, receivedAt: number): number | null {
  const seconds = typeof expiresIn === 'string' && /^\d+$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? receivedAt + seconds * 1000 : null;
}
