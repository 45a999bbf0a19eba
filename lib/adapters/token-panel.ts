import { type AskedServer, analyseToken } from '../analyse-token.ts';
import { mask } from '../engine/redact.ts';
import { isRecord } from '../http/params.ts';
import type { Answer } from '../runner/calls.ts';
import type { Problem } from '../runner/run.ts';
import { askIssuer, fetchKeySet } from '../runner/transport/key-set.ts';
import type { Fetch } from '../runner/transport/recorder.ts';
import { type DecodedToken, decodeToken } from '../token/decode.ts';
import { type GivenKeys, isSymmetric, readKeys } from '../token/given-keys.ts';
import { sha256Base64url } from '../token/hash.ts';
import { type InspectInput, innermost, inspectToken, layersOf, type TokenReport } from '../token/inspect.ts';
import type { JsonObject } from '../token/json-text.ts';
import { type Known, NOTHING_KNOWN, type TokenCheck } from '../token/judge.ts';
import type { Keys, Pace } from '../token/keys.ts';
import { claimsOf, namedReport } from '../token/kind.ts';
import { type Pasted, readPaste } from '../token/paste.ts';
import { decodeSdJwt, isSdJwt } from '../token/sd-jwt.ts';
import { convertView, pkceView } from '../view/convert.ts';
import { type CardHead, cardHeads, cardView, isReadAsToken, maskedText, rawRow } from '../view/paste.ts';
import { visible } from '../view/text.ts';
import { claimText, issuerOf, type KeysState, MAX_TOKEN, tokenView, wholePieces } from '../view/token.ts';
import { EMPTY_TOKEN, type PasteModel, type TokenActions, type TokenModel } from '../view/token-model.ts';
import { tokenWords } from '../view/words-token.ts';

import { randomText } from './test-keys.ts';
import { createTokenMaker } from './token-maker.ts';

export interface TokenParts {
  readonly show: (model: TokenModel) => void;
  /** Asks for `clipboardRead` where it is not held, then reads; called directly in the click. */
  readonly readClipboard: () => Promise<string>;
  /** Asks the browser for access to the host of an address; called directly in the click. */
  readonly requestHost: (url: string) => Promise<boolean>;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface TokenController {
  readonly actions: TokenActions;
  /** Moves the countdown. */
  tick(): void;
}

/** Milliseconds between two looks at how far it is, and between two turns that others get. */
const SHOWN_EVERY = 150;
const RESTS_EVERY = 20;

/** Reads what is pasted. It is kept in these variables alone, and gone with the page. */
export function createTokenPanel(parts: TokenParts): TokenController {
  let text = '';
  let things: readonly Pasted[] = [];
  let heads: readonly CardHead[] = [];
  let chosen = 0;
  /** The thing that is shown, alone. */
  let token = '';
  let decoded: DecodedToken = decodeToken('');
  let report: TokenReport | null = null;
  let keys: KeysState = { is: 'none' };
  /** What the issuer says of itself, from the same press as its keys. */
  let metadata: AskedServer['metadata'] | null = null;
  let keyText = '';
  let keyError: string | null = null;
  let known: Known = NOTHING_KNOWN;
  let clock = '';
  let checks: readonly TokenCheck[] = [];
  let editing = true;
  let notice: string | null = null;
  let asked: string | null = null;
  let page: TokenModel['page'] = 'token';
  let { convert } = EMPTY_TOKEN;
  /** Counts what was pasted: an answer that comes too late belongs to another token. */
  let turn = 0;
  /** Counts what is tried: a later one stops those before. */
  let work = 0;
  let trying: { readonly count: number; readonly total: number } | null = null;

  const show = (): void => {
    const view =
      report === null
        ? null
        : tokenView({ text: token, decoded, report, keys, keyError, checks, known, clock, trying, now: now(), mask });
    const paste = pasteModel();
    parts.show({
      page,
      text,
      view,
      paste,
      editing: editing || paste === null,
      keyText,
      notice,
      asked,
      convert,
      make: maker.model(),
    });
  };

  const maker = createTokenMaker(show, parts.now);

  const serverOf = (from: KeysState): AskedServer | null =>
    from.is === 'issuer' && metadata !== null ? { metadata, jwks: from.jwks } : null;

  const pasteModel = (): PasteModel | null => {
    const thing = things[chosen];
    if (thing === undefined) return null;
    const whole = text.trim();
    return {
      pieces: maskedText(whole),
      length: whole.length,
      heads,
      chosen,
      card: isReadAsToken(thing) ? null : cardView(thing, things, mask),
    };
  };

  /** Reads one thing of the paste. */
  const open = (index: number): void => {
    const thing = things[index];
    chosen = index;
    turn += 1;
    work += 1;
    trying = null;
    // A key belongs to one issuer; what was pasted stays, in case it is the same one.
    if (keys.is !== 'pasted') keys = { is: 'none' };
    metadata = null;
    report = null;
    token = thing === undefined || !isReadAsToken(thing) ? '' : thing.text;
    if (token === '') show();
    else {
      decoded = isSdJwt(token) ? decodeSdJwt(token).issuer : decodeToken(token);
      void inspect();
    }
  };

  const read = async (input: InspectInput): Promise<TokenReport> => {
    const from = things[chosen]?.from ?? null;
    return namedReport(await inspectToken(token, input), from);
  };

  const inspect = async (): Promise<void> => {
    const mine = turn;
    // What opened the token stays beside the keys of the issuer of what is inside.
    const pasted = keys.is === 'pasted' || decoded.kind === 'jwe' ? await pastedKeys() : {};
    const given = keys.is === 'issuer' ? { ...pasted, jwks: withKeys(keys.jwks, pasted) } : pasted;
    if (mine !== turn) return;
    if (report === null && keys.is !== 'none') {
      // What needs no key is shown at once: trying many of them takes its time.
      const first = await read({ now: now() / 1000 });
      if (mine !== turn) return;
      report = first;
    }
    work += 1;
    const found = await read({ ...given, now: now() / 1000, pace: paceOf(work) });
    trying = null;
    const judged = await analyseToken(token, found, known, now() / 1000, serverOf(keys));
    if (mine !== turn) return;
    report = found;
    checks = judged;
    show();
  };

  /** Shows how far it is, a few times a second, and lets the page do what else it has to far more often. */
  const paceOf = (mine: number): Pace => {
    let shown = parts.now();
    let rested = shown;
    return {
      tried: async (count, total) => {
        const time = parts.now();
        if (time - rested < RESTS_EVERY || mine !== work) return;
        rested = time;
        if (time - shown >= SHOWN_EVERY) {
          shown = time;
          trying = { count, total };
          show();
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      },
      stopped: () => mine !== work,
    };
  };

  /** Milliseconds since the epoch, by the clock that the person gave. */
  const now = (): number => {
    const given = /^\d{9,11}$/.test(clock.trim()) ? Number(clock) * 1000 : Date.parse(clock.trim());
    return Number.isNaN(given) ? parts.now() : given;
  };

  const readGiven = (): Promise<GivenKeys> => readKeys(keyText, isSymmetric(decoded.header?.['alg']));

  const pastedKeys = async (): Promise<Keys> => {
    const given = await readGiven();
    return 'keys' in given ? given.keys : {};
  };

  const setText = (next: string, pasted: boolean): void => {
    const whole = next.trim();
    text = next;
    notice = whole.length > MAX_TOKEN ? tokenWords.paste.tooLong(whole.length, MAX_TOKEN) : null;
    things = whole === '' || notice !== null ? [] : readPaste(whole);
    heads = cardHeads(things);
    if (things.length === 0) editing = true;
    else if (pasted) editing = false;
    // What surrounds a token is rarely what one came for.
    open(
      Math.max(
        0,
        things.findIndex(({ kind }) => kind === 'token'),
      ),
    );
  };

  const failed = (reason: string): void => {
    keys = { is: 'failed', reason };
    show();
  };

  /** Asks for the host first: the browser takes the request only from inside the press. */
  const ask = (url: string, work: (host: string) => Promise<void>): void => {
    const { host } = new URL(url);
    const mine = turn;
    keyError = null;
    parts.requestHost(url).then(
      async (granted) => {
        if (mine !== turn) return;
        keys = granted ? { is: 'asking', host } : { is: 'denied', host };
        if (granted) asked = host;
        show();
        if (granted) await work(host);
      },
      (error: unknown) => failed(messageOf(error)),
    );
  };

  const options = () => ({ fetch: parts.fetch, now: parts.now, trace: 'token', first: 0 });

  const takeKeys = async (url: string, issuerHost: string): Promise<void> => {
    const mine = turn;
    const answer = await fetchKeySet(url, options());
    if (mine !== turn) return;
    if ('problem' in answer) return failed(reasonOf(answer));
    keys = { is: 'issuer', host: issuerHost, jwks: answer.value };
    await inspect();
  };

  const askForKeys = async (issuer: string, host: string): Promise<void> => {
    const mine = turn;
    const answer = await askIssuer(issuer, options());
    if (mine !== turn) return;
    if ('problem' in answer) return failed(reasonOf(answer));
    metadata = answer.value;
    const url = answer.value.jwks_uri;
    if (typeof url !== 'string' || !/^https?:/.test(url) || !URL.canParse(url)) {
      return failed(tokenWords.keys.noKeys(host));
    }
    const elsewhere = new URL(url).host;
    if (elsewhere !== host) {
      keys = { is: 'elsewhere', host: elsewhere, url };
      return show();
    }
    await takeKeys(url, host);
  };

  const actions: TokenActions = {
    setText,
    setEditing: (next) => {
      editing = next;
      show();
    },
    clear: () => {
      keyText = '';
      keyError = null;
      known = NOTHING_KNOWN;
      clock = '';
      keys = { is: 'none' };
      setText('', false);
    },
    choose: open,
    revealRow: (index) => {
      const thing = things[chosen];
      return thing === undefined ? null : rawRow(thing, index);
    },
    fromClipboard: () => {
      parts.readClipboard().then(
        (found) => {
          if (found.trim() !== '') return setText(found, true);
          notice = tokenWords.paste.clipboardEmpty;
          show();
        },
        () => {
          notice = tokenWords.paste.clipboardDenied;
          show();
        },
      );
    },
    checkKeys: () => {
      const issuer = report === null ? null : issuerOf(report);
      if (issuer === null) return;
      if (keys.is === 'elsewhere') {
        const { url } = keys;
        return ask(url, () => takeKeys(url, new URL(issuer).host));
      }
      ask(issuer, (host) => askForKeys(issuer, host));
    },
    setKey: (next) => {
      keyText = next;
      show();
      void readGiven().then((given) => {
        // What was typed meanwhile is read by itself.
        if (keyText !== next) return;
        const isGiven = next.trim() !== '';
        const w = tokenWords.signature;
        keyError = isGiven && 'error' in given ? w.keyBroken(visible(given.error.message), given.error.at + 1) : null;
        keys = isGiven && keyError === null ? { is: 'pasted' } : { is: 'none' };
        void inspect();
      });
    },
    stop: () => {
      work += 1;
    },
    setKnown: (name, value) => {
      if (name === 'clock') clock = value;
      else known = { ...known, [name]: value };
      void inspect();
    },
    reveal: (ref) => {
      const layer = report === null ? undefined : layersOf(report)[ref.layer];
      const from = layer === undefined ? null : ref.in === 'header' ? (layer.header ?? null) : claimsOf(layer);
      return from === null || !Object.hasOwn(from, ref.name) ? null : claimText(from[ref.name]);
    },
    revealToken: () =>
      token === text.trim() ? wholePieces(token, decoded) : [{ part: null, text: visible(text.trim(), 8000) }],
    openPage: (next) => {
      page = next;
      if (next === 'make') {
        const inner = report === null ? null : innermost(report);
        const claims = inner === null ? null : claimsOf(inner);
        maker.begin(claims === null ? null : (inner?.header ?? null), claims as JsonObject | null);
      }
      show();
    },
    make: maker.actions,
    newVerifier: () => actions.setPkce(randomText(32), ''),
    setConvert: (value, from) => {
      convert = { ...convert, value, from, view: convertView(value, from) };
      show();
    },
    setPkce: (verifier, challenge) => {
      convert = { ...convert, verifier, challenge, ...(verifier === '' ? { pkce: null } : {}) };
      show();
      if (verifier === '') return;
      void sha256Base64url(verifier).then((made) => {
        if (convert.verifier !== verifier) return;
        convert = { ...convert, pkce: pkceView(verifier, made, convert.challenge) };
        show();
      });
    },
  };

  return {
    actions,
    tick: () => {
      if (report !== null && claimsOf(innermost(report)) !== null) show();
    },
  };
}

/** The keys of the issuer, and those of a pasted set behind them. */
function withKeys(jwks: unknown, { jwks: pasted }: Keys): unknown {
  if (pasted === undefined || !isRecord(jwks) || !Array.isArray(jwks['keys'])) return jwks;
  return { ...jwks, keys: [...jwks['keys'], ...pasted.keys] };
}

function reasonOf<T>(answer: Answer<T>): string {
  return 'problem' in answer ? reason(answer.problem) : '';
}

function reason({ code, about, detail }: Omit<Problem, 'step'>): string {
  const w = tokenWords.keys;
  const host = about ?? '';
  switch (code) {
    case 'server-unreachable':
      return w.unreachable(host);
    case 'not-json':
      return w.notJson(host);
    case 'issuer-mismatch':
      return w.issuer(host);
    case 'insecure-endpoint':
      return w.insecure(host);
    default:
      return w.other(host, detail ?? code);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
