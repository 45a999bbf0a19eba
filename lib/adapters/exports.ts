import { worstCardFirst } from '../analyse.ts';
import { recordAnalysis } from '../engine/recorded.ts';
import { redactCapture } from '../engine/redact-capture.ts';
import { collectSecrets } from '../engine/secrets.ts';
import { harDocument } from '../har/write.ts';
import { header } from '../http/headers.ts';
import type { Analysis } from '../model/analysis.ts';
import type { Exchange, Observation, StorageSnapshot } from '../model/observation.ts';
import { curlCommand } from '../report/curl.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';
import { makeReport, type Report, type ReportSource, type Tool } from '../report/report.ts';
import { sarifReport } from '../report/sarif.ts';
import { RULES } from '../rules/index.ts';
import { specUrl } from '../rules/specs.ts';
import type { Mute } from '../view/decisions.ts';
import {
  type InspectorData,
  type InspectorExport,
  judgedFlow,
  type SourceLabel,
  unmutedData,
} from '../view/inspector-model.ts';
import { noticesOf } from '../view/notices.ts';
import { plainText } from '../view/text.ts';
import { exportWords as w } from '../view/words-export.ts';

export interface ExportParts {
  readonly tool: Tool;
  /** Offers a file to the person. */
  readonly save: (name: string, type: string, text: string) => void;
}

/** What the inspector can save. Redacted unless the person chose otherwise for that one file. */
export function createExports({ tool, save }: ExportParts): readonly InspectorExport[] {
  const file = (
    id: 'har' | 'json' | 'sarif' | 'markdown',
    ending: string,
    type: string,
    write: (data: InspectorData, mutes: readonly Mute[]) => string,
  ): InspectorExport => ({
    id,
    ...w[id],
    run: async (data, mutes) => save(fileName(data.now, ending), type, write(data, mutes)),
  });
  return [
    file('har', 'har', 'application/json', (data) => json(redactedHar(tool, data))),
    file('json', 'json', 'application/json', (data) => savedReport(tool, data)),
    file('sarif', 'sarif', 'application/json', (...shown) =>
      sarifReport(unmutedReport(tool, ...shown), { rules: RULES, specUrl }),
    ),
    file('markdown', 'md', 'text/markdown', (...shown) =>
      markdownReport(unmutedReport(tool, ...shown), { rules: RULES, specUrl }),
    ),
    {
      id: 'raw',
      ...w.raw,
      warning: ({ analysis }) => secretsIn(analysis),
      run: async ({ analysis, now }) =>
        save(
          fileName(now, 'with-secrets.har'),
          'application/json',
          json(harDocument(analysis.observations, { creator: tool, comment: w.rawComment })),
        ),
    },
  ];
}

/** One request as a command, redacted; `null` where it is gone. Equal values have the marks that the views show. */
export function redactedCurl({ analysis }: InspectorData, exchange: string): string | null {
  const index = analysis.observations.findIndex(({ id }) => id === exchange);
  const found = index < 0 ? undefined : redactCapture(analysis).observations[index];
  return found?.is === 'exchange' ? curlCommand(found) : null;
}

function redactedHar(tool: Tool, data: InspectorData) {
  const capture = redactCapture(data.analysis);
  return harDocument(capture.observations, {
    creator: tool,
    comment: w.redactedComment,
    recorded: recordAnalysis(asShown(data), capture.sweep, data.profile),
  });
}

/** What the views show as one analysis: each flow as judged under what the person said about its client. */
function asShown(data: InspectorData): Analysis {
  const { analysis } = data;
  const judged = analysis.flows.map((flow) => judgedFlow(data, flow));
  const told = judged.filter((one) => one.analysis !== analysis);
  if (told.length === 0) return analysis;
  const analyses = new Map(told.map((one) => [one.flow.id, one.analysis]));
  const own = <T extends { readonly flow: string | null }>(of: Analysis, list: readonly T[]): readonly T[] =>
    list.filter(({ flow }) => (analyses.get(flow ?? '') ?? analysis) === of);
  const all = [analysis, ...new Set(analyses.values())];
  return {
    ...analysis,
    flows: judged.map(({ flow }) => flow),
    findings: worstCardFirst(all.flatMap((of) => own(of, of.findings))),
    verdicts: all.flatMap((of) => own(of, of.verdicts)),
  };
}

/** The report of `audit --format json`, and under `capture` what it was made from. */
function savedReport(tool: Tool, data: InspectorData): string {
  const report = reportOf(tool, data);
  return jsonReport({ ...report, capture: redactedHar(tool, data) }, { verdicts: true });
}

/** What others read: without what is muted, and with a word about it. What is opened here again keeps it. */
function unmutedReport(tool: Tool, data: InspectorData, mutes: readonly Mute[]): Report {
  const unmuted = unmutedData(data, mutes);
  const causes = (of: InspectorData): number => asShown(of).findings.filter(({ parent }) => parent === null).length;
  const muted = causes(data) - causes(unmuted);
  const report = reportOf(tool, unmuted);
  if (muted === 0) return report;
  const remark = w.muted(muted);
  return { ...report, sources: report.sources.map((one) => ({ ...one, remarks: [...(one.remarks ?? []), remark] })) };
}

function reportOf(tool: Tool, data: InspectorData): Report {
  const { analysis, source, unread, notes, profile } = data;
  const remarks = noticesOf(notes).map(plainText);
  const input: ReportSource = {
    file: sourceName(source),
    entries: analysis.observations.length,
    errors: unread,
    ...(profile === null ? {} : { profile }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
  return makeReport(tool, [input], asShown(data));
}

/** What the traffic is called in a report. */
function sourceName({ kind, name }: SourceLabel): string {
  return kind === 'file' ? name : w.source[kind];
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function fileName(now: number, ending: string): string {
  return `oauth-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}.${ending}`;
}

/** What an unredacted file would hold, in words: `2 × access token`. */
function secretsIn({ messages, observations }: Analysis): readonly string[] {
  const snapshots = observations.filter((one): one is StorageSnapshot => one.is === 'storage');
  const counts = new Map<string, number>();
  for (const kind of collectSecrets(messages, snapshots).values()) {
    if (kind !== 'other') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const cookies = observations.filter(hasCookies).length;
  if (cookies > 0) counts.set(w.warning.cookies, cookies);
  return counts.size === 0 ? [w.warning.nothing] : [...counts].map(([kind, of]) => w.warning.more(of, kind));
}

function hasCookies(one: Observation): one is Exchange {
  if (one.is !== 'exchange') return false;
  const { request, outcome } = one;
  return (
    header(request.headers, 'cookie') !== null ||
    (outcome.is === 'response' && header(outcome.response.headers, 'set-cookie') !== null)
  );
}
