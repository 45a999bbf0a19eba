import { isRecord } from '../http/params.ts';
import type { Analysis, Finding } from '../model/analysis.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { DEFAULT_PROFILE, PROFILES, type ProfileName } from '../rules/profiles.ts';
import { worst } from './mark.ts';

/** A finding, or all of one rule at one host, that the person does not want to hear of again. Holds no value of the capture. */
export interface Mute {
  readonly rule: string;
  /** Host that the finding is about; `-` where there is none. */
  readonly host: string;
  /** `Finding.key`; `null`: whatever this rule finds at this host. */
  readonly key: string | null;
  /** The rule's title when it was muted, for the list of mutes. */
  readonly title: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A finding of a baseline: enough to name it once it is gone. */
export interface KnownFinding {
  readonly key: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly host: string;
  readonly client: string;
}

/** The findings that were there at one moment: only what came later is new. */
export interface SavedBaseline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly findings: readonly KnownFinding[];
}

/** What the person decided about findings; survives the browser session. */
export interface Decisions {
  readonly mutes: readonly Mute[];
  readonly baseline: SavedBaseline | null;
  /** What clients are held against. */
  readonly profile: ProfileName;
}

export const NO_DECISIONS: Decisions = { mutes: [], baseline: null, profile: DEFAULT_PROFILE };

/** Longest reason, in UTF-16 code units. */
export const REASON_CAP = 200;

/** Most mutes and most findings of a baseline that are kept; the oldest go first. */
const MOST = { mutes: 500, findings: 2000 } as const;

type Muteable = Pick<Finding, 'rule' | 'host' | 'key'>;

/** What of a finding can be muted: itself, or whatever its rule finds at its host. */
export type MuteScope = 'finding' | 'rule';
export type MuteChoices = Readonly<Record<MuteScope, Omit<Mute, 'reason' | 'at'>>>;

export function muteChoices(finding: Muteable & Pick<Finding, 'title'>): MuteChoices {
  const about = { rule: finding.rule, host: hostOfFinding(finding), title: finding.title };
  return { finding: { ...about, key: finding.key }, rule: { ...about, key: null } };
}

export const hostOfFinding = ({ host }: Pick<Finding, 'host'>): string => host ?? '-';

/** The mute that covers a finding; the narrower one where there are two. */
export function muteOf(mutes: readonly Mute[], finding: Muteable): Mute | null {
  const same = (mute: Mute): boolean => mute.rule === finding.rule && mute.host === hostOfFinding(finding);
  return (
    mutes.find((mute) => same(mute) && mute.key === finding.key) ??
    mutes.find((mute) => same(mute) && mute.key === null) ??
    null
  );
}

/** Without what is muted, and without what only a muted finding explains: it goes away with its cause. */
export function withoutMuted<T extends Muteable & Pick<Finding, 'parent' | 'flow'>>(
  findings: readonly T[],
  mutes: readonly Mute[],
): readonly T[] {
  if (mutes.length === 0) return findings;
  const kept: T[] = [];
  const hidden = new Set<string>();
  const place = (flow: string | null, key: string): string => `${flow ?? ''} ${key}`;
  // Children stand directly after their parent.
  for (const finding of findings) {
    const gone = finding.parent !== null && hidden.has(place(finding.flow, finding.parent));
    if (gone || muteOf(mutes, finding) !== null) hidden.add(place(finding.flow, finding.key));
    else kept.push(finding);
  }
  return kept;
}

/** The same, for a whole analysis. */
export function unmuted(analysis: Analysis, mutes: readonly Mute[]): Analysis {
  const findings = withoutMuted(analysis.findings, mutes);
  return findings.length === analysis.findings.length ? analysis : { ...analysis, findings };
}

/** The worst severity that the baseline has of each key. */
export function knownSeverities(baseline: SavedBaseline): ReadonlyMap<string, Severity> {
  const known = new Map<string, Severity>();
  for (const { key, severity } of baseline.findings) known.set(key, worst([severity, known.get(key) ?? severity]));
  return known;
}

/** What was stored, whatever became of it there: an entry that is none is left out. */
export function readDecisions(stored: unknown): Decisions {
  if (!isRecord(stored)) return NO_DECISIONS;
  const { mutes, baseline, profile } = stored;
  return {
    mutes: listOf(mutes, muteFrom).slice(-MOST.mutes),
    baseline: isRecord(baseline) && isTime(baseline['at']) ? { at: baseline['at'], findings: knownOf(baseline) } : null,
    profile: PROFILES.find((one) => one === profile) ?? DEFAULT_PROFILE,
  };
}

function knownOf(baseline: Readonly<Record<string, unknown>>): readonly KnownFinding[] {
  return listOf(baseline['findings'], knownFrom).slice(0, MOST.findings);
}

function listOf<T>(value: unknown, read: (entry: Readonly<Record<string, unknown>>) => T | null): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const item = isRecord(entry) ? read(entry) : null;
    return item === null ? [] : [item];
  });
}

function muteFrom({ rule, host, key, title, reason, at }: Readonly<Record<string, unknown>>): Mute | null {
  if (!isText(rule) || !isText(host) || !isText(title) || !isText(reason) || !isTime(at)) return null;
  if (key !== null && !isText(key)) return null;
  return { rule, host, key, title, reason: reason.slice(0, REASON_CAP), at };
}

function knownFrom({
  key,
  rule,
  severity,
  title,
  host,
  client,
}: Readonly<Record<string, unknown>>): KnownFinding | null {
  const level = SEVERITIES.find((one) => one === severity);
  if (!isText(key) || !isText(rule) || !isText(title) || !isText(host) || !isText(client)) return null;
  return level === undefined ? null : { key, rule, severity: level, title, host, client };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
