import type { LogNote } from '../log/notes.ts';
import type { Analysis } from '../model/analysis.ts';
import type { ClientType, Flow } from '../model/flow.ts';
import type { Lineage } from '../model/lineage.ts';
import type { Observation } from '../model/observation.ts';
import type { RuleMeta } from '../model/rule.ts';
import type { ProfileName } from '../rules/profiles.ts';
import type { ShowValue } from './address.ts';
import { type Decisions, type KnownFinding, type Mute, NO_DECISIONS, unmuted } from './decisions.ts';
import { clientKey } from './flows.ts';
import type { InspectorSource, Unread } from './inspector-source.ts';
import type { Failure } from './model.ts';

/** Where traffic came from. */
export interface SourceLabel {
  readonly kind: InspectorSource['kind'];
  /** What it is called on the screen. */
  readonly name: string;
}

/** What every section of the inspector makes its view from: one reading of the source, judged. */
export interface InspectorData {
  /** Judged by the evidence alone; `judgedFlow` applies what the person said about a client. */
  readonly analysis: Analysis;
  readonly source: SourceLabel;
  /** `false` for a moment after opening a long capture: its flows are known, but not yet judged. */
  readonly judged: boolean;
  /** Analyses under the person's own words, where there are any. */
  readonly told: ReadonlyMap<string, ClientType>;
  readonly byTold: Readonly<Partial<Record<ClientType, Analysis>>>;
  /** What clients were held against; `null` of an old redacted file, which does not say it. */
  readonly profile: ProfileName | null;
  readonly observations: readonly Observation[];
  readonly lineage: Lineage;
  readonly notes: readonly LogNote[];
  readonly unread: readonly Unread[];
  readonly rules: ReadonlyMap<string, RuleMeta>;
  readonly show: ShowValue;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What the inspector's frame shows. */
export interface InspectorModel {
  readonly source: SourceLabel & Pick<InspectorSource, 'hint'>;
  /** `null` until the source was read for the first time. */
  readonly data: InspectorData | null;
  readonly failure: Failure | null;
  /** New traffic is not shown; how many observations wait. */
  readonly paused: { readonly waiting: number } | null;
  /** What the frame says for a while: something was cleared, imported, refused. */
  readonly notice: InspectorNotice | null;
  /** A file that is being read, and how much of it is, from 0 to 1. */
  readonly importing: { readonly name: string; readonly share: number } | null;
  /** The source can be emptied. */
  readonly clearable: boolean;
  readonly decisions: Decisions;
}

export interface InspectorNotice {
  readonly text: string;
  /** Puts back what the last press took away. */
  readonly undo: (() => void) | null;
}

export const EMPTY_INSPECTOR: InspectorModel = {
  source: { kind: 'live', name: '', hint: null },
  data: null,
  failure: null,
  paused: null,
  notice: null,
  importing: null,
  clearable: false,
  decisions: NO_DECISIONS,
};

/** The part of the DOM's `File` that is read. */
export interface PickedFile {
  readonly name: string;
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** What the frame asks for. */
export interface InspectorActions {
  pause(): void;
  resume(): void;
  clear(): void;
  /** Shows a HAR, JSON Lines or saved capture instead of the live log. */
  importFile(file: PickedFile): void;
  /** Of the file that is being read nothing is kept. */
  cancelImport(): void;
  /** Back from a file to the live log. */
  showLive(): void;
  retry(): void;
  dismiss(): void;
  /** Both can be undone from the notice that they give. */
  mute(mute: Omit<Mute, 'at'>): void;
  unmute(mute: Mute): void;
  /** Takes the place of the one before. */
  setBaseline(findings: readonly KnownFinding[]): void;
  forgetBaseline(): void;
  /** What clients are held against, in popup and badge, too. Can be undone from the notice. */
  setProfile(profile: ProfileName): void;
  /** Runs an entry of "Export"; where that fails, the notice says what and what to do. */
  export(entry: InspectorExport, onSaved: () => void): void;
}

/** One entry of the menu "Export". */
export interface InspectorExport {
  readonly id: string;
  readonly label: string;
  /** What is in it, in one sentence. */
  readonly means: string;
  /** Asked before it runs: what secrets the file will hold, one a line. */
  warning?(data: InspectorData): readonly string[];
  run(data: InspectorData, mutes: readonly Mute[]): Promise<void>;
}

/** A flow with the analysis that says what it is worth. */
export interface Judged {
  readonly analysis: Analysis;
  readonly flow: Flow;
}

/** The same without what is muted: it marks nothing. The section "Findings" lists it. */
export function unmutedData(data: InspectorData, mutes: readonly Mute[]): InspectorData {
  if (mutes.length === 0) return data;
  const told = Object.entries(data.byTold).map(([type, analysis]) => [type, unmuted(analysis, mutes)]);
  return { ...data, analysis: unmuted(data.analysis, mutes), byTold: Object.fromEntries(told) };
}

/** The flow as judged under what the person said about its client. */
export function judgedFlow(data: InspectorData, flow: Flow): Judged {
  const told = data.told.get(clientKey(flow));
  const analysis = told === undefined ? undefined : data.byTold[told];
  const same = analysis?.flows.find((other) => other.id === flow.id);
  return analysis === undefined || same === undefined ? { analysis: data.analysis, flow } : { analysis, flow: same };
}
