import type { Redacted } from './redacted.ts';

/** What a value is: the letter of its mark. */
export type MarkLetter =
  /** Authorization code. */
  | 'C'
  /** Access token. */
  | 'A'
  /** Refresh token. */
  | 'R'
  /** ID token. */
  | 'I'
  | 'S'
  | 'N'
  /** `code_verifier`. */
  | 'V'
  /** Client secret. */
  | 'K'
  | 'P'
  /** Device code. */
  | 'D'
  /** User code. */
  | 'U'
  /** Assertion. */
  | 'J'
  /** Request object. */
  | 'Q'
  /** `request_uri`, which stands for a pushed request. */
  | 'Y'
  /** `code_challenge`: public, unless it is the verifier itself (`plain`). */
  | 'H'
  /** Any other value that may tell of a person or a session. */
  | 'X';

/** Letter and number in the order of first sight: `C1`. Equal values have equal marks, and new traffic changes none. */
export type Mark = `${MarkLetter}${number}`;

/** Where in an observation a value was seen. */
export type SightingPlace =
  | 'path'
  | 'query'
  | 'fragment'
  | 'body'
  | 'header'
  | 'authorization'
  | 'cookie'
  | 'referer'
  | 'location'
  | 'storage'
  | 'script'
  /** `postMessage`. */
  | 'message';

/** How it was written there: as the whole value, as a part of a longer text, or wrapped. */
export type FoundAs = 'exact' | 'part' | 'json' | 'percent-encoded' | 'base64';

/** Who saw it, as far as the value's own flow tells. */
export type Relation =
  /** A site that an authorization request, token request or other endpoint of the flow belongs to. */
  | 'server'
  /** The site of the redirect URI, or of the page that sent the requests. */
  | 'client'
  /** Got it as a credential (`Authorization`, DPoP, `access_token`): the API that it is for. */
  | 'resource'
  | 'third-party';

/** One place in which a value was seen. */
export interface Sighting {
  /** Index into the observations. */
  readonly observation: number;
  /** Index into the messages of the analysis, where the observation carried one. */
  readonly message: number | null;
  /** Milliseconds since the epoch. */
  readonly time: number | null;
  /** `page`: in storage, code or a message between windows. */
  readonly direction: 'request' | 'response' | 'page';
  readonly place: SightingPlace;
  /** Name of the parameter, header, cookie or key; empty where there is none. */
  readonly name: Redacted;
  readonly as: FoundAs;
  /** Host that received it, or whose page held it. */
  readonly host: string;
  readonly relation: Relation;
}

/**
 * What became of a value that a token request sent, as far as its answer says. `redeemed`: a code, device code or verifier
 * that the server took. `replaced`: a refresh token answered by another one (RFC 6749 §6). `kept`: the answer leaves it as
 * it was, a refresh token without a successor or a device code that waits (RFC 8628 §3.5). `refused`: `invalid_grant`.
 * `unseen`: the answer is hidden, missing or about something else, so that nobody can tell.
 */
export type Redemption = 'redeemed' | 'replaced' | 'kept' | 'refused' | 'unseen';

/** The life of one value in one trace. */
export interface TrackedValue {
  readonly mark: Mark;
  readonly letter: MarkLetter;
  readonly trace: string;
  /** The secret itself: for revealing one value on request, never for output. */
  readonly value: string;
  readonly masked: Redacted;
  /** `id` of the flow in which it was first seen; `null` where no flow holds it. */
  readonly flow: string | null;
  /** In the order of the observations; at least one. */
  readonly sightings: readonly Sighting[];
  /** When the server gave it out (token response, redirect), milliseconds since the epoch. */
  readonly issued: number | null;
  /** When it ends, by `expires_in` or `exp`. */
  readonly expires: number | null;
  /** What served for tokens, once: the token request that decided, and when; `null` where none sent it. */
  readonly redemption: { readonly is: Redemption; readonly time: number | null } | null;
  /** When the client asked for its end (RFC 7009). */
  readonly revoked: number | null;
}

/** Every secret value of a capture and where it went. */
export interface Lineage {
  /** In the order of first sight. */
  readonly values: readonly TrackedValue[];
  /** The mark of a value, whatever trace it is in; `null` for one that is not tracked. */
  mark(value: string): Mark | null;
}
