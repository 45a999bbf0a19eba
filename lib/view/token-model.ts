import type { Encoding } from '../token/convert.ts';
import type { ConvertView, PkceView } from './convert.ts';
import type { CardHead, CardView } from './paste.ts';
import type { ClaimRef, KnownField, PieceView, TokenView } from './token.ts';
import { EMPTY_MAKE, type MakeActions, type MakeModel } from './token-make.ts';

/** What the view "Token" shows. Nothing of it is stored. */
export interface TokenModel {
  readonly page: 'token' | 'convert' | 'make';
  /** The token as it stands in the field, raw. */
  readonly text: string;
  /** `null` while the field is empty, and for what is no token. */
  readonly view: TokenView | null;
  /** What was found in the paste; `null` while the field is empty. */
  readonly paste: PasteModel | null;
  /** The field is shown as it is; else the token, masked. */
  readonly editing: boolean;
  readonly keyText: string;
  /** Something that could not be done. */
  readonly notice: string | null;
  /** The one host that was asked for keys; `null`: nothing was sent. */
  readonly asked: string | null;
  readonly convert: {
    readonly value: string;
    readonly from: Encoding;
    readonly view: ConvertView;
    readonly verifier: string;
    readonly challenge: string;
    readonly pkce: PkceView | null;
  };
  readonly make: MakeModel;
}

export interface PasteModel {
  /** The whole paste, masked. */
  readonly pieces: readonly PieceView[];
  readonly length: number;
  readonly heads: readonly CardHead[];
  /** Index of the one that is shown. */
  readonly chosen: number;
  /** What is said of it where it is no token. */
  readonly card: CardView | null;
}

/** Before anything is pasted. */
export const EMPTY_TOKEN: TokenModel = {
  page: 'token',
  text: '',
  view: null,
  paste: null,
  editing: true,
  keyText: '',
  notice: null,
  asked: null,
  convert: { value: '', from: 'text', view: { rows: [] }, verifier: '', challenge: '', pkce: null },
  make: EMPTY_MAKE,
};

/** What the components ask for. */
export interface TokenActions {
  /** `pasted`: it is whole, and is masked at once. */
  setText(text: string, pasted: boolean): void;
  setEditing(editing: boolean): void;
  clear(): void;
  /** Shows another thing of the paste. */
  choose(index: number): void;
  /** The raw value of a row of the card, fetched only now. */
  revealRow(index: number): string | null;
  /** Asks for the clipboard at once, as it must be inside a click. */
  fromClipboard(): void;
  /** Asks the browser for the host at once, then the host for its keys. */
  checkKeys(): void;
  setKey(text: string): void;
  /** Tries no further keys. */
  stop(): void;
  /** Something to compare the token with. */
  setKnown(name: KnownField['name'], value: string): void;
  /** The raw value, fetched only now. */
  reveal(ref: ClaimRef): string | null;
  revealToken(): readonly PieceView[];
  openPage(page: TokenModel['page']): void;
  setConvert(value: string, from: Encoding): void;
  setPkce(verifier: string, challenge: string): void;
  /** A new verifier, of 32 random bytes. */
  newVerifier(): void;
  readonly make: MakeActions;
}
