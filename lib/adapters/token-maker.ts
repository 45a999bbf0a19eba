import { isSymmetric, readKeys } from '../token/given-keys.ts';
import type { JsonObject } from '../token/json-text.ts';
import { parseJsonText } from '../token/json-text.ts';
import type { Keys } from '../token/keys.ts';
import { freshClaims, headerFor, makeTestToken, type TestAlg } from '../token/make.ts';
import { publicJwk } from '../token/private-key.ts';
import { visible } from '../view/text.ts';
import { EMPTY_MAKE, type MakeActions, type MakeModel } from '../view/token-make.ts';
import { tokenWords } from '../view/words-token.ts';
import { makeTestKey } from './test-keys.ts';

type Key = NonNullable<Keys['jwk']>;

export interface TokenMaker {
  readonly actions: MakeActions;
  /** Begins with the claims of a token, or with an example; what was typed before stays. */
  begin(header: JsonObject | null, claims: JsonObject | null): void;
  model(): MakeModel;
}

/**
 * Test tokens: the key is made here or pasted here, and in these variables alone. Keys of captured traffic and those
 * that were pasted to verify are out of its reach.
 */
export function createTokenMaker(show: () => void, now: () => number): TokenMaker {
  let model = EMPTY_MAKE;
  let made: Key | null = null;
  let begun = false;

  const change = (more: Partial<MakeModel>): void => {
    model = { ...model, token: null, problem: null, ...more };
    show();
  };

  const failed = (where: 'header' | 'claims' | 'key', says: string): void => {
    model = { ...model, token: null, problem: { in: where, says: visible(says) } };
    show();
  };

  const withKey = async (alg: TestAlg): Promise<void> => {
    try {
      made = await makeTestKey(alg);
    } catch {
      made = null;
      return failed('key', tokenWords.make.noKey(alg));
    }
    const serverKey = made === null ? null : JSON.stringify(publicJwk(JSON.stringify(made)) ?? made, null, 2);
    change({ serverKey, header: await headerFor(alg, headerOf(model.header), made) });
  };

  const given = async (): Promise<Key | null | { readonly problem: string }> => {
    if (model.key === 'made') return made;
    if (model.keyText.trim() === '') return null;
    const found = await readKeys(model.keyText, isSymmetric(model.alg));
    if ('error' in found) return { problem: tokenWords.signature.keyBroken(found.error.message, found.error.at + 1) };
    const [first] = found.keys.jwks?.keys ?? [];
    return found.keys.jwk ?? first ?? null;
  };

  const sign = async (): Promise<void> => {
    const { header, claims } = model;
    const key = await given();
    if (key !== null && 'problem' in key) return failed('key', key.problem);
    const done = await makeTestToken({ header, claims, jwk: key });
    if ('token' in done) return change({ token: done.token });
    const { message, at } = done.error;
    failed(done.error.in, tokenWords.make.problem(message, at === null ? null : at + 1));
  };

  const actions: MakeActions = {
    setAlg: (alg) => {
      change({ alg });
      void withKey(alg);
    },
    setText: (field, text) => change({ [field]: text }),
    setKey: (key) => change({ key }),
    newKey: () => void withKey(model.alg),
    freshTimes: () => change({ claims: freshClaims(headerOf(model.claims), now() / 1000) }),
    sign: () => void sign(),
  };

  return {
    actions,
    begin: (header, claims) => {
      if (begun) return;
      begun = true;
      model = {
        ...model,
        header: header === null ? '' : JSON.stringify(header),
        claims: freshClaims(claims, now() / 1000),
      };
      void withKey(model.alg);
    },
    model: () => model,
  };
}

function headerOf(text: string): JsonObject | null {
  const json = parseJsonText(text);
  const isObject =
    'value' in json && typeof json.value === 'object' && json.value !== null && !Array.isArray(json.value);
  return isObject ? (json.value as JsonObject) : null;
}
