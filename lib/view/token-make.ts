import { TEST_ALGS, type TestAlg } from '../token/make.ts';

export { TEST_ALGS, type TestAlg };

/** The form "Edit and sign". */
export interface MakeModel {
  readonly alg: TestAlg;
  readonly header: string;
  readonly claims: string;
  /** `pasted`: the text of the key is used, and no other. */
  readonly key: 'made' | 'pasted';
  readonly keyText: string;
  /** What a server has to know of the key that was made: a JWK, as text; `null` where there is none. */
  readonly serverKey: string | null;
  readonly token: string | null;
  readonly problem: { readonly in: 'header' | 'claims' | 'key'; readonly says: string } | null;
}

export const EMPTY_MAKE: MakeModel = {
  alg: 'ES256',
  header: '',
  claims: '',
  key: 'made',
  keyText: '',
  serverKey: null,
  token: null,
  problem: null,
};

/** What the form asks for. */
export interface MakeActions {
  setAlg(alg: TestAlg): void;
  setText(field: 'header' | 'claims' | 'keyText', text: string): void;
  setKey(key: MakeModel['key']): void;
  newKey(): void;
  /** Valid from now, for ten minutes. */
  freshTimes(): void;
  sign(): void;
}
