import type { Flow } from './flow.ts';
import type { OAuthMessage, Param, Place } from './message.ts';
import type { Exchange, Observation, PageScan, StorageSnapshot } from './observation.ts';
import type { Redacted } from './redacted.ts';

/** Worst first. */
export const SEVERITIES = ['high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `certain`: the bytes are in hand. `firm`: needs correlation. `tentative`: a heuristic or an unsure link. */
export const CONFIDENCES = ['certain', 'firm', 'tentative'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** A section of a specification and how strongly it speaks. */
export interface Reference {
  /** Key of `SPECS` in `lib/rules/specs.ts`, for example `RFC 9700`. */
  readonly spec: string;
  /** For example `2.1.1`. */
  readonly section: string;
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'RECOMMENDED' | 'MAY' | 'none';
}

/** What a rule has to see; named to the person when it was not visible. */
export type Need =
  | 'authorization request'
  | 'authorization response'
  | 'token request'
  | 'token response'
  | 'request body'
  | 'request headers'
  | 'response headers'
  | 'response body'
  | 'request object'
  | 'server metadata'
  | 'client type'
  | 'sender'
  | 'whole address'
  | 'sure link'
  | 'page'
  | 'page storage'
  | 'page code';

/** Letters of the catalogue's groups. */
export type Group = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

export interface RuleMeta {
  /** Equals the file name. */
  readonly id: string;
  /** States the defect. */
  readonly title: string;
  /** Neutral name for rows that passed or could not be judged. */
  readonly subject: string;
  readonly group: Group;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly needs: readonly Need[];
  readonly references: readonly Reference[];
  /** Requirements of the OWASP Application Security Verification Standard 5.0, for example `10.4.4`. */
  readonly asvs?: readonly string[];
  /** One sentence: what an attacker or a failure gets from it. */
  readonly why: string;
  /** One sentence, imperative. */
  readonly fix: string;
  /** Corrected parameters to copy, without values of the capture: `code_challenge=…&code_challenge_method=S256`. */
  readonly copy?: string;
  /** Rules whose finding explains this one when both rest on the same flow. */
  readonly parents: readonly string[];
}

/** Points into a message, or into an observation that is none; the engine adds the masked value. */
export type Evidence = MessageEvidence | PageEvidence;

export interface MessageEvidence extends EvidenceValue {
  readonly message: OAuthMessage;
}

/** In storage, in a text of a page, or in a request that is no message of OAuth. */
export interface PageEvidence extends EvidenceValue {
  readonly message: null;
  readonly observation: Observation;
  /** Which of the values of a snapshot (`lib/page/stored-values.ts`). */
  readonly stored?: number;
  /** Where the value starts in the text of a script. */
  readonly offset?: number;
  /** Where that is in the source that a source map holds or leads to. */
  readonly mapped?: MappedPlace;
}

/** A place in a source file, counted from 1. */
export interface MappedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface EvidenceValue {
  readonly where: EvidencePlace;
  /** Name of the parameter, header or variable; in storage the key, then the members down to the value. */
  readonly name: string;
  /** The parameter as seen; absent where the point is that it is missing. */
  readonly value?: string;
  readonly note?: Redacted;
}

export type EvidencePlace = 'url' | 'query' | 'fragment' | 'header' | 'body' | 'jwt' | 'storage' | 'script';

/** What a check found in one flow. Severity and confidence default to the rule's own. */
export interface Fail {
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly summary: Redacted;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly fix?: Redacted;
  /** The flow that it belongs to, where a rule about the whole trace can tell. */
  readonly flow?: Flow;
  /** Tells findings of one rule in one flow apart; never a secret. */
  readonly part?: string;
}

export type Outcome =
  | { readonly is: 'pass' }
  | { readonly is: 'notApplicable' }
  | { readonly is: 'cannotTell'; readonly missing: readonly Need[] }
  | { readonly is: 'fail'; readonly fails: readonly [Fail, ...Fail[]] };

/** What only cryptography can say of a DPoP proof. */
export interface ProofFacts {
  /** SHA-256 thumbprint of the key in its header, BASE64URL (RFC 7638 §3); `null` where there is no such key. */
  readonly thumbprint: string | null;
  /** Whether it is signed with that key; `cannotTell` for algorithms that WebCrypto does not have. */
  readonly signature: 'valid' | 'invalid' | 'cannotTell';
}

/** All that was observed together: observations of two traces have nothing to do with each other. */
export interface Trace {
  readonly flows: readonly Flow[];
  /** Those without a message of OAuth too. Search them through `once`. */
  readonly exchanges: readonly Exchange[];
  readonly snapshots: readonly StorageSnapshot[];
  readonly scans: readonly PageScan[];
}

/** What a check may use; made by the engine, so that rules need no clock, no hash and no masking of their own. */
export interface RuleContext extends Trace {
  /** Milliseconds since the epoch; `null` where nobody said what time it is. */
  readonly now: number | null;
  /**
   * What a function finds out about the whole trace, worked out once for all its flows, so that a rule that looks
   * beyond its flow does not cost flows × messages. Pass the same function each time.
   */
  once<T>(find: (trace: Trace) => T): T;
  /** Tagged template: text of the rule plus values that are `Redacted` or numbers. */
  say(text: TemplateStringsArray, ...values: readonly (Redacted | number)[]): Redacted;
  /** Masks a value whatever its name: `SplxlO…•••• (22)`. */
  mask(value: string): Redacted;
  /** A value that is no secret (host, client id, parameter name, scope), made harmless: control and bidi characters out, capped. */
  plain(value: string): Redacted;
  /**
   * BASE64URL(SHA-256(value)), RFC 7636 §4.2 and RFC 9449 §4.2; computed before the rules start for every
   * `code_verifier` and `nonce`, and for every token that was shown with a DPoP proof.
   */
  s256(value: string): string;
  /**
   * What `at_hash` or `c_hash` must be for a token or code that came in one message with an ID token of this
   * algorithm (OIDC Core §3.1.3.6); `null` where the algorithm names no hash.
   */
  leftHalf(value: string, alg: string): string | null;
  /** Key and signature of a DPoP proof in the header of a message. */
  proof(text: string): ProofFacts;
  /** Two values have the same digest: the same secret. */
  same(a: string, b: string): boolean;
  /** Evidence for a parameter that is there. */
  at(message: OAuthMessage, param: Param, note?: Redacted): MessageEvidence;
  /** Evidence for a parameter that is absent from the place where it should be. */
  absent(message: OAuthMessage, name: string, where?: Place): MessageEvidence;
  /** Evidence for a value in storage. */
  inStorage(stored: StoredPlace, note?: Redacted): PageEvidence;
  /** Evidence for a value in a text of a page: what it is called there and where it starts. */
  inText(scan: PageScan, at: TextPlace, value: string, note?: Redacted): PageEvidence;
  /** Evidence for a part of a request that is no message of OAuth. */
  inRequest(exchange: Exchange, where: EvidencePlace, name: string, value: string, note?: Redacted): PageEvidence;
  /** Whether the link of this message to the flow is sure. */
  sure(flow: Flow, message: OAuthMessage): boolean;
  readonly pass: Outcome;
  readonly notApplicable: Outcome;
  cannotTell(...missing: readonly [Need, ...Need[]]): Outcome;
  fail(...fails: readonly [Fail, ...Fail[]]): Outcome;
}

/** A value in storage: the key, then the members down to it, and which of all values of the snapshot it is. */
export interface StoredPlace {
  readonly snapshot: StorageSnapshot;
  readonly name: string;
  readonly value: string;
  readonly index: number;
}

/** A value in a text of a page. */
export interface TextPlace {
  readonly name: string;
  readonly offset: number;
  readonly mapped?: MappedPlace;
}

/** One check. Pure and synchronous; an exception becomes an `error` verdict of this rule alone. */
export type Rule = FlowRule | TraceRule;

/** Judges each flow. */
export interface FlowRule extends RuleMeta {
  readonly judges?: 'flow';
  check(flow: Flow, context: RuleContext): Outcome;
}

/** Judges everything that was observed together, once: what pages store, deliver and send is no part of one flow. */
export interface TraceRule extends RuleMeta {
  readonly judges: 'trace';
  check(trace: Trace, context: RuleContext): Outcome;
}
