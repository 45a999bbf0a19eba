import { param } from '../http/params.ts';
import type { TrackedValue } from '../model/lineage.ts';
import type { OAuthMessage } from '../model/message.ts';
import { type Exchange, isLittleSeen, type Observation } from '../model/observation.ts';
import { shortDurationWords } from './moment.ts';
import { lineageWords } from './words-lineage.ts';

/** What nobody could tell of a value, and why. */
export interface OpenQuestion {
  readonly what: string;
  readonly why: string;
}

/** What came of a value, in a few words: `redeemed after 0.3 s`. `open`: that nobody could tell, and what. */
export interface Fate {
  readonly text: string;
  readonly open: OpenQuestion | null;
}

export type End = 'redeemed' | 'replaced' | 'refused';

/** The token request after which it serves no more; `null` where none is known. */
export function endOf(
  redemption: TrackedValue['redemption'],
): { readonly is: End; readonly time: number | null } | null {
  if (redemption === null || redemption.is === 'kept' || redemption.is === 'unseen') return null;
  return { is: redemption.is, time: redemption.time };
}

interface Seen {
  /** All messages of the analysis. */
  readonly messages: readonly OAuthMessage[];
  /** Of the flow that the value is in. */
  readonly own: readonly OAuthMessage[];
  /** The storage that holds it at the last look. */
  readonly stays: () => Stay | null;
}

/** `null` where there is no more to say than where it was seen. */
export function fateOf(value: TrackedValue, seen: Seen): Fate | null {
  const { letter } = value;
  if (letter === 'S') return stateFate(value, seen);
  if (letter === 'N') return nonceFate(value, seen);
  return spentFate(value, seen);
}

/** A storage that held the value when it was last looked at. */
export interface Stay {
  readonly area: string;
  /** Milliseconds since the epoch. */
  readonly at: number | null;
}

function spentFate({ letter, redemption, issued }: TrackedValue, seen: Seen): Fate | null {
  const w = lineageWords.fate;
  if (redemption === null) return null;
  if (redemption.is === 'unseen') {
    return { text: w.unseen, open: letter === 'R' ? lineageWords.open.replaced : lineageWords.open.redeemed };
  }
  if (redemption.is === 'kept') return { text: w.kept[letter === 'R' ? 'R' : 'D'], open: null };
  const stays = seen.stays();
  const after = stays !== null && stays.at !== null && redemption.time !== null && stays.at > redemption.time;
  if (after) return { text: w.stays(stays.area), open: null };
  const took = issued === null || redemption.time === null ? null : shortDurationWords(redemption.time - issued);
  return { text: took === null ? w[redemption.is] : w.after(w[redemption.is], took), open: null };
}

function stateFate(value: TrackedValue, seen: Seen): Fate | null {
  const kinds = value.sightings.flatMap(({ message }) =>
    message === null ? [] : (seen.messages[message]?.kind ?? []),
  );
  if (!kinds.some((kind) => kind === 'authorizationRequest' || kind === 'pushedAuthorizationRequest')) return null;
  if (kinds.includes('authorizationResponse')) return { text: lineageWords.fate.returned, open: null };
  const answered = seen.own.some(({ kind }) => kind === 'authorizationResponse');
  return answered ? null : { text: lineageWords.fate.noResponse, open: lineageWords.open.returned };
}

function nonceFate(value: TrackedValue, seen: Seen): Fate | null {
  const w = lineageWords.fate;
  const inToken = value.sightings.some(({ as, message }) => as === 'base64' && message !== null);
  if (inToken) return { text: w.inIdToken, open: null };
  const tokens = seen.own.flatMap((message) =>
    message.kind === 'tokenResponse' || message.kind === 'authorizationResponse'
      ? (param(message, 'id_token')?.value ?? [])
      : [],
  );
  if (tokens.length === 0) return { text: w.noIdToken, open: lineageWords.open.noIdToken };
  // Five parts: encrypted (RFC 7516 §3.1).
  const encrypted = tokens.every((token) => token.split('.').length === 5);
  return encrypted ? { text: w.notOpened, open: lineageWords.open.notOpened } : null;
}

/** Letters of what an attacker would take: where else it is, is worth knowing. */
const TAKEN: ReadonlySet<TrackedValue['letter']> = new Set(['A', 'R', 'I', 'V', 'K']);

/** What of the life of a value is not known, with the reason: nothing here is a pass. */
export function openQuestions(
  value: TrackedValue,
  fate: Fate | null,
  observations: readonly Observation[],
): readonly OpenQuestion[] {
  const w = lineageWords.open;
  const own = observations.filter(({ trace }) => trace === value.trace);
  const exchanges = own.filter((one): one is Exchange => one.is === 'exchange');
  const isToken = value.letter === 'A' || value.letter === 'R' || value.letter === 'I';
  return [
    ...(fate?.open ? [fate.open] : []),
    ...(value.letter === 'A' && value.expires === null ? [w.expires] : []),
    ...(isToken && exchanges.length > 0 && exchanges.every(isLittleSeen) ? [w.sent] : []),
    ...(TAKEN.has(value.letter) && !own.some(({ is }) => is === 'storage') ? [w.kept] : []),
    ...(isToken && own.some(({ capture }) => capture === 'record') ? [w.otherTabs] : []),
  ];
}
