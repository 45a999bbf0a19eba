import { analyse } from '../analyse.ts';
import { recordedProfile, withRecorded } from '../engine/recorded.ts';
import { decodeSource, PieceReader, type ReadResult, readSource } from '../har/read.ts';
import { unusable } from '../har/read-result.ts';
import type { Analysis } from '../model/analysis.ts';
import type { Observation } from '../model/observation.ts';
import { type Baseline, baselineFile, compareWithBaseline, readBaseline } from '../report/baseline.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';
import { printable } from '../report/printable.ts';
import { atLeast, makeReport, type Report, type ReportSource, rootFindings } from '../report/report.ts';
import { sarifReport } from '../report/sarif.ts';
import { textReport } from '../report/text.ts';
import { RULES } from '../rules/index.ts';
import { specUrl } from '../rules/specs.ts';
import { type AuditOptions, auditOptions } from './audit-options.ts';
import { readText, type Streams } from './streams.ts';
import { tool } from './tool.ts';
import { MAX_WIDTH, UsageError } from './usage.ts';

/** Judges recorded traffic. @returns the exit code. */
export async function audit(args: readonly string[], streams: Streams): Promise<number> {
  const options = auditOptions(args);
  const baseline = await readBaselineOption(options, streams);
  if (baseline === 'unusable') return 2;
  const sources: ReportSource[] = [];
  const observations: Observation[][] = [];
  const recordings = new Map<number, unknown>();
  let unusable = false;
  for (const file of options.files) {
    const read = await readInput(file, sources.length, streams);
    const { entries, errors } = read;
    sources.push({ file, entries, errors, ...(read.format === null ? {} : { profile: options.profile }) });
    observations.push([...read.observations]);
    if (read.recorded !== undefined) recordings.set(sources.length - 1, read.recorded);
    if (read.format !== null) continue;
    unusable = true;
    for (const error of read.errors) streams.err(`oauth-inspector: ${printable(file)}: ${printable(error.message)}\n`);
  }
  const judged = await analyse(observations.flat(), {
    clientType: options.clientType,
    profile: options.profile,
    ...(options.now === null ? {} : { now: options.now }),
  });
  const found = makeReport(tool(), sources, withRecordings(judged, recordings, sources));
  const report = baseline === null ? found : compareWithBaseline(found, baseline);
  streams.out(format(report, options, streams));
  // A baseline without what an unread input holds would hide nothing and then fail for no reason.
  if (unusable) return 2;
  if (options.baseline !== null && options.writeBaseline) {
    await writeBaseline(options.baseline, found, streams);
    return 0;
  }
  return exitCode(report, options.failOn);
}

/** What redacted files say was found in them. One that cannot be used is judged anew, and that is an error of its file. */
function withRecordings(
  analysis: Analysis,
  recordings: ReadonlyMap<number, unknown>,
  sources: ReportSource[],
): Analysis {
  let all = analysis;
  for (const [index, recorded] of recordings) {
    const found = withRecorded(all, recorded, index);
    const source = sources[index];
    if (source === undefined) continue;
    if (typeof found === 'string') {
      sources[index] = { ...source, errors: [...source.errors, { message: found }] };
    } else {
      all = found;
      const { profile: _, ...rest } = source;
      const profile = recordedProfile(recorded);
      sources[index] = profile === null ? rest : { ...rest, profile };
    }
  }
  return all;
}

async function readBaselineOption(options: AuditOptions, streams: Streams): Promise<Baseline | null | 'unusable'> {
  const { baseline: file, writeBaseline } = options;
  if (file === null || writeBaseline) return null;
  const text = await opening(() => readText(file, streams));
  const baseline = typeof text === 'string' ? readBaseline(text) : text.error;
  if (typeof baseline !== 'string') return baseline;
  streams.err(`oauth-inspector: baseline ${printable(file)}: ${printable(baseline)}\n`);
  return 'unusable';
}

async function opening<T>(read: () => Promise<T>): Promise<T | { readonly error: string }> {
  try {
    return await read();
  } catch (error) {
    return { error: `cannot be opened: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function writeBaseline(file: string, report: Report, streams: Streams): Promise<void> {
  try {
    await streams.write(file, baselineFile(report));
  } catch (error) {
    throw new UsageError(
      `baseline ${printable(file)}: cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function readInput(file: string, source: number, streams: Streams): Promise<ReadResult> {
  const reader = new PieceReader(source);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const opened = await opening(async () => {
    for await (const piece of streams.pieces(file)) {
      if (pieces.length > 0 || !reader.push(piece)) pieces.push(piece.slice());
    }
  });
  if (opened !== undefined) return unusable({ message: opened.error });
  if (pieces.length === 0) return reader.finish();
  return readSource(decodeSource(new Uint8Array(await new Blob(pieces).arrayBuffer())), source);
}

function format(report: Report, options: AuditOptions, streams: Streams): string {
  const { paint } = streams;
  const width = Math.min(streams.columns ?? MAX_WIDTH, MAX_WIDTH);
  switch (options.format) {
    case 'json':
      return jsonReport(report, { verdicts: options.verdicts });
    case 'sarif':
      return sarifReport(report, { rules: RULES, specUrl });
    case 'markdown':
      return markdownReport(report, { rules: RULES, specUrl });
    case 'text':
      return textReport(report, { width, paint, rules: RULES, specUrl });
  }
}

function exitCode(report: Report, failOn: AuditOptions['failOn']): number {
  if (failOn === 'never') return 0;
  return rootFindings(report).some((finding) => !finding.inBaseline && atLeast(finding.severity, failOn)) ? 1 : 0;
}
