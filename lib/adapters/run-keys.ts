import type { BoundKey } from '../runner/run.ts';
import { encodeBase64url } from '../token/base64url.ts';
import { jwkThumbprint } from '../token/hash.ts';
import type { RunPlace } from './run-store.ts';

/** Key pairs that tokens are bound to (RFC 9449). */
export interface RunKeys {
  make(): Promise<BoundKey>;
  find(id: string): Promise<CryptoKeyPair | null>;
  /** With the run that they belong to. */
  forget(): Promise<void>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const STORE = 'keys';

/**
 * A private key that cannot be read out, not even by this extension, has to outlive a stopped worker: only the
 * browser's database can hold it. Where there is none, and for private windows whose database is on disk (Firefox), the
 * key is made readable and kept in the memory of the session, and the run says so.
 */
export function createRunKeys({ area, name }: RunPlace): RunKeys {
  const memoryKey = `run:key:${name}`;
  const onDisk = name === 'current';
  return {
    async make() {
      const id = encodeBase64url(crypto.getRandomValues(new Uint8Array(12)));
      try {
        if (!onDisk) throw new Error('nothing of a private window is written to disk');
        const locked = await generate(false);
        await inStore('readwrite', (store) => store.put(locked, id));
        return { id, kept: 'locked', thumbprint: await thumbprintOf(locked) };
      } catch {
        const readable = await generate(true);
        const jwk = await crypto.subtle.exportKey('jwk', readable.privateKey);
        await area.set({ [memoryKey]: { id, jwk } });
        return { id, kept: 'extractable', thumbprint: await thumbprintOf(readable) };
      }
    },
    async find(id) {
      const held = (await area.get([memoryKey]))[memoryKey] as { id: string; jwk: JsonWebKey } | undefined;
      if (held?.id === id) return importPair(held.jwk);
      if (!onDisk) return null;
      return inStore('readonly', (store) => store.get(id)).then(
        (pair) => (pair as CryptoKeyPair | undefined) ?? null,
        () => null,
      );
    },
    async forget() {
      await area.remove([memoryKey]);
      if (onDisk) await inStore('readwrite', (store) => store.clear()).catch(() => undefined);
    },
  };
}

const generate = (extractable: boolean): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, extractable, ['sign', 'verify']);

async function thumbprintOf({ publicKey }: CryptoKeyPair): Promise<string> {
  return (await jwkThumbprint({ ...(await crypto.subtle.exportKey('jwk', publicKey)) })) ?? '';
}

async function importPair(jwk: JsonWebKey): Promise<CryptoKeyPair> {
  const { d: _private, key_ops: _operations, ...open } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', jwk, ALGORITHM, false, ['sign']),
    crypto.subtle.importKey('jwk', open, ALGORITHM, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open('run-keys');
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await resultOf(opening);
  try {
    return await resultOf(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The keys cannot be read.'));
  });
}
