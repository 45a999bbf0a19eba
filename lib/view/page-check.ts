import type { Analysis } from '../model/analysis.ts';
import type { PageCheck, PageContents } from '../model/page-check.ts';
import type { RuleMeta } from '../model/rule.ts';
import { type FindingView, findingViews, problems } from './findings.ts';
import { richText, type Text, visible } from './text.ts';
import { type TimeView, timeView } from './time.ts';
import { words } from './words.ts';
import { pageWords } from './words-page.ts';

/** What the page in a tab stores and delivers: the offer to look, the progress, or what was found. */
export interface PageCheckView {
  readonly heading: string;
  /** Sentences. */
  readonly detail: readonly Text[];
  readonly time: TimeView | null;
  /** What was not read, one sentence each. */
  readonly notices: readonly Text[];
  /** From 0 to 1 while it runs; `null` otherwise. */
  readonly progress: number | null;
  /** What the button says; `null` while it runs. */
  readonly button: string | null;
  readonly findings: readonly FindingView[];
  /** When the check began; `null` without one. */
  readonly at: number | null;
}

export interface PageCheckInput {
  readonly check: PageCheck | null;
  /** Address of the tab now. */
  readonly url: string;
  /** Of the tab, without what is muted. */
  readonly analysis: Analysis;
  readonly rules: ReadonlyMap<string, RuleMeta>;
  readonly now: number;
}

export function pageCheckView({ check, url, analysis, rules, now }: PageCheckInput): PageCheckView {
  const w = pageWords;
  const findings = findingViews(analysis, null, rules);
  const bad = problems(findings);
  const found = findings.length === 0 ? null : w.found(bad);
  const base = { notices: [], time: null, progress: null, findings, at: check?.at ?? null };
  const offer = richText(w.offer.text(visible(hostOf(url), 253)));
  const state = check?.state ?? null;
  if (check === null || state === null) {
    const heading = found ?? w.offer.heading;
    return { ...base, heading, detail: [offer], button: w.offer.button };
  }
  const { progress } = check;
  switch (state.is) {
    case 'reading':
      return {
        ...base,
        heading: w.running.heading,
        detail: [richText(progress.of === 0 ? w.running.looking : w.running.read(progress.read, progress.of))],
        progress: progress.of === 0 ? 0 : 0.9 * (progress.read / progress.of),
        button: null,
        findings: [],
      };
    case 'judging':
      return {
        ...base,
        heading: w.running.heading,
        detail: [richText(w.running.judging)],
        progress: 0.95,
        button: null,
        findings: [],
      };
    case 'done':
      return {
        ...base,
        heading: found ?? w.found(0),
        detail: [richText(words.sentence(contentsOf(check.contents))), ...elsewhere(check, url)],
        time: timeView(check.at, now),
        notices: noticesOf(check.contents).map(richText),
        button: w.again,
      };
    case 'cancelled':
    case 'interrupted':
      return {
        ...base,
        heading: w[state.is].heading,
        detail: [richText(w[state.is].text)],
        button: w.again,
      };
    case 'failed':
      return {
        ...base,
        heading: w.failed.heading,
        detail: [richText(w.failed.text(visible(state.reason, 200)))],
        button: w.again,
      };
  }
}

function contentsOf({ frames, stored, cookies, inline, files, requested }: PageContents): readonly string[] {
  const w = pageWords.contents;
  return [
    w.read(stored, cookies, inline, files),
    ...(frames > 1 ? [w.frames(frames)] : []),
    ...(requested > 0 ? [w.requested(requested)] : []),
  ];
}

/** What was read is of the page that was there then. */
function elsewhere({ url }: PageCheck, now: string): readonly Text[] {
  if (url === now.replace(/[?#].*$/s, '')) return [];
  return [richText(pageWords.elsewhere(visible(url.replace(/^https:\/\//, ''), 100)))];
}

function noticesOf({ closedFrames, unreadFiles, cut }: PageContents): readonly string[] {
  const w = pageWords.notice;
  const hosts = closedFrames.map((host) => visible(host, 100));
  return [
    ...(hosts.length > 0 ? [w.frames(words.list(hosts), hosts.length)] : []),
    ...(unreadFiles > 0 ? [w.files(unreadFiles)] : []),
    ...(cut ? [w.cut] : []),
  ];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
