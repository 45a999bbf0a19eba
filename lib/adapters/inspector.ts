import { type AnalysisMemory, analyse, createMemory } from '../analyse.ts';
import { createLineageMemory, tracingLineage } from '../engine/lineage.ts';
import { recordedProfile, withRecorded } from '../engine/recorded.ts';
import type { Analysis } from '../model/analysis.ts';
import type { ClientType } from '../model/flow.ts';
import type { Lineage } from '../model/lineage.ts';
import type { Observation } from '../model/observation.ts';
import { finishResting } from '../model/work.ts';
import { RULES } from '../rules/index.ts';
import type { Decisions, Mute } from '../view/decisions.ts';
import type { ValueRef } from '../view/findings.ts';
import { rawValue } from '../view/findings.ts';
import type {
  InspectorActions,
  InspectorData,
  InspectorModel,
  InspectorNotice,
  SourceLabel,
} from '../view/inspector-model.ts';
import { EMPTY_INSPECTOR } from '../view/inspector-model.ts';
import type { InspectorSource, SourceSnapshot } from '../view/inspector-source.ts';
import { type ProperRun, properRunOf } from '../view/proper-run.ts';
import { visible } from '../view/text.ts';
import { words } from '../view/words.ts';
import { findingsWords } from '../view/words-findings.ts';
import { inspectorWords } from '../view/words-inspector.ts';
import type { DecisionsStore } from './decisions-store.ts';
import { openFile } from './file-source.ts';
import type { PopupMemory } from './popup-memory.ts';
import { createRest } from './rest.ts';
import { showValue } from './show-value.ts';

export interface InspectorParts {
  /** What is shown until a file is imported: the live log, or the panel's own traffic. */
  readonly source: InspectorSource;
  readonly memory: Pick<PopupMemory, 'readTold' | 'writeTold'>;
  readonly decisions: DecisionsStore;
  /** Called after what is muted changed: the badges leave it out. */
  readonly onMuted: () => Promise<void>;
  /** Called with everything that the frame shows, whenever it changed. */
  readonly show: (model: InspectorModel) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface InspectorController {
  readonly actions: InspectorActions;
  /** The raw value, fetched only now; `null` when it is gone. */
  reveal(ref: ValueRef): string | null;
  /** A captured authorization request as a run, by its index in `Analysis.messages`; `null` when it is gone. */
  properRun(request: number): ProperRun | null;
  /** The person's own word about a client, by `clientKey`. */
  tellClient(client: string, type: ClientType): void;
  say(text: string): void;
  /** Reads everything again; never rejects. */
  refresh(): Promise<void>;
}

/** Observations from which on judging takes a time that one notices; the flows of as many are shown first. */
const LONG = 400;

const NO_LINEAGE: Lineage = { values: [], mark: () => null };

const RULES_BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));

/** Reads the source, judges, and turns what the person does into calls of it. */
export function createInspector(parts: InspectorParts): InspectorController {
  const home = parts.source;
  let source = home;
  let model: InspectorModel = EMPTY_INSPECTOR;
  let told: ReadonlyMap<string, ClientType> = new Map();
  let reading: Promise<void> | null = null;
  let again = false;
  /** Pausing holds back what comes, not what the person does: the next reading is shown. */
  let anew = false;
  /** By what was said of a client. */
  let memories = new Map<ClientType, AnalysisMemory>();
  let lineageMemory = createLineageMemory();
  let end = source.subscribe(() => void refresh());
  let importing: AbortController | null = null;

  const show = (part: Partial<InspectorModel>): void => {
    model = { ...model, ...part };
    parts.show(model);
  };

  const say = (text: string, undo: (() => void) | null = null): void => {
    const notice: InspectorNotice = { text, undo };
    show({ notice });
  };

  const dataOf = (
    snapshot: SourceSnapshot,
    source: SourceLabel,
    analysis: Analysis,
    judged: Pick<InspectorData, 'byTold' | 'lineage' | 'profile'> | null,
  ): InspectorData => ({
    analysis,
    source,
    judged: judged !== null,
    ...(judged ?? { byTold: {}, lineage: NO_LINEAGE, profile: null }),
    told,
    observations: snapshot.observations,
    notes: snapshot.notes,
    unread: snapshot.unread ?? [],
    rules: RULES_BY_ID,
    show: showValue(analysis.messages),
    now: parts.now(),
  });

  const memoryOf = (type: ClientType): AnalysisMemory => {
    const memory = memories.get(type) ?? createMemory();
    memories.set(type, memory);
    return memory;
  };

  /** Hands over what is known as soon as it is: of a long capture all flows, then their verdicts. */
  const judge = async (
    snapshot: SourceSnapshot,
    label: SourceLabel,
    { known, isLong }: { readonly known: (data: InspectorData) => void; readonly isLong: boolean },
  ): Promise<void> => {
    const { observations, recorded } = snapshot;
    const now = parts.now();
    const rest = createRest();
    const { profile } = await parts.decisions.read();
    const flowsKnown = (analysis: Analysis): void => known(dataOf(snapshot, label, analysis, null));
    const memory = memoryOf('unknown');
    const own = await analyse(observations, { now, profile, rest, memory, ...(isLong ? { flowsKnown } : {}) });
    const found = recorded === undefined ? own : withRecorded(own, recorded, 0);
    if (typeof found === 'string') say(inspectorWords.notice.notAsRecorded(found));
    const analysis = typeof found === 'string' ? own : found;
    const byTold: Partial<Record<ClientType, Analysis>> = {};
    for (const type of new Set(told.values())) {
      // What was found before values were replaced cannot be judged again under another assumption.
      if (type !== 'unknown' && recorded === undefined)
        byTold[type] = await analyse(observations, { now, profile, clientType: type, rest, memory: memoryOf(type) });
    }
    const lineage = await finishResting(tracingLineage(analysis, lineageMemory), rest);
    const heldAgainst = analysis === own ? profile : recordedProfile(recorded);
    known(dataOf(snapshot, label, analysis, { byTold, lineage, profile: heldAgainst }));
  };

  const readOnce = async (): Promise<void> => {
    const from = source;
    const acted = anew;
    anew = false;
    const held = (): boolean => model.paused !== null && !acted;
    let where: string = inspectorWords.error.reading;
    try {
      const isNew = model.data === null;
      const [said, name, latest] = await Promise.all([
        parts.memory.readTold(),
        from.name(),
        isNew ? (from.latest?.() ?? null) : null,
      ]);
      told = said;
      const label: SourceLabel = { kind: from.kind, name: visible(name, 200) };
      const known = (data: InspectorData): void => {
        // Meanwhile another source was chosen, or the view was paused.
        if (from !== source || held()) return;
        show({ source: { ...label, hint: from.hint }, data, failure: null, clearable: isClearable(data.observations) });
      };
      const preview = async (part: SourceSnapshot): Promise<void> =>
        known(dataOf(part, label, await analyse(part.observations, { rules: [], rest: createRest() }), null));
      if (latest !== null) await preview(latest);
      const snapshot = await from.read();
      const { observations } = snapshot;
      if (held()) {
        const shown = model.data?.observations.length ?? 0;
        const waiting = Math.max(0, observations.length - shown);
        return show({ paused: { waiting }, clearable: isClearable(observations) });
      }
      if (model.paused !== null) show({ paused: { waiting: 0 } });
      where = inspectorWords.error.judging;
      const isLong = isNew && observations.length >= LONG;
      if (isLong && latest === null) {
        await preview({ ...snapshot, observations: observations.filter(({ is }) => is === 'exchange').slice(-LONG) });
      }
      await judge(snapshot, label, { known, isLong });
    } catch (error) {
      show({
        failure: { what: words.error.what(where, visible(messageOf(error))), next: words.error.next, retry: true },
      });
    }
  };

  const isClearable = (observations: readonly Observation[]): boolean =>
    source.clear !== null && observations.length > 0;

  function refresh(): Promise<void> {
    if (reading !== null) {
      again = true;
      return reading;
    }
    reading = (async () => {
      do {
        again = false;
        await readOnce();
      } while (again);
      reading = null;
    })();
    return reading;
  }

  const showAnew = (): Promise<void> => {
    anew = true;
    return refresh();
  };

  const use = (next: InspectorSource): void => {
    end();
    source = next;
    memories = new Map();
    lineageMemory = createLineageMemory();
    model = { ...model, data: null };
    end = source.subscribe(() => void refresh());
    show({ paused: null, failure: null });
    void refresh();
  };

  const readDecisions = (): Promise<void> => parts.decisions.read().then(take);
  parts.decisions.onChange(() => void readDecisions());
  void readDecisions();

  /** Another profile judges everything anew. */
  function take(decisions: Decisions): void {
    const moved = decisions.profile !== model.decisions.profile && model.data !== null;
    show({ decisions });
    if (moved) void refresh();
  }

  /** From what is stored now, which another window may have changed; says it, with the way back. */
  const decide = (change: (before: Decisions) => Decisions, text: string): void => {
    const keep = async (next: Decisions): Promise<void> => {
      await parts.decisions.write(next);
      take(next);
      await parts.onMuted();
    };
    parts.decisions.read().then(async (before) => {
      await keep(change(before));
      say(text, () => {
        show({ notice: null });
        keep(before).catch(failed);
      });
    }, failed);
  };

  const failed = (error: unknown): void => say(inspectorWords.notice.failed(visible(messageOf(error))));

  const actions: InspectorActions = {
    pause: () => show({ paused: { waiting: 0 } }),
    resume: () => {
      show({ paused: null });
      void refresh();
    },
    clear: () => {
      const requests = (model.data?.observations.length ?? 0) + (model.paused?.waiting ?? 0);
      source.clear?.().then((restore) => {
        say(inspectorWords.notice.cleared(requests), () => {
          show({ notice: null });
          restore().then(showAnew, failed);
        });
        return showAnew();
      }, failed);
    },
    importFile: (file) => {
      const w = inspectorWords.notice;
      const name = visible(file.name, 120);
      importing?.abort();
      const own = new AbortController();
      importing = own;
      const onProgress = (share: number): void => show({ importing: { name, share } });
      openFile(file, { signal: own.signal, onProgress })
        .then(
          (opened) => {
            const [first] = opened.errors;
            const what = first === undefined ? w.nothingInIt : visible(inspectorWords.unread.line(first), 300);
            if (opened.observations === 0) return say(w.importFailed(name, what));
            say(
              first === undefined
                ? w.imported(opened.observations)
                : w.importedPartly(opened.observations, opened.errors.length, what),
            );
            use(opened.source);
          },
          (error: unknown) => {
            if (importing === own)
              say(own.signal.aborted ? w.importCancelled(name) : w.importFailed(name, visible(messageOf(error), 300)));
          },
        )
        .finally(() => {
          if (importing !== own) return;
          importing = null;
          show({ importing: null });
        });
    },
    cancelImport: () => importing?.abort(),
    showLive: () => {
      show({ notice: null });
      use(home);
    },
    retry: () => void refresh(),
    dismiss: () => show({ notice: null }),
    mute: (mute) => {
      const made = { ...mute, at: parts.now() };
      decide((before) => ({ ...before, mutes: [...before.mutes, made] }), findingsWords.mute.done);
    },
    unmute: (mute) => {
      const same = (other: Mute): boolean =>
        other.rule === mute.rule && other.host === mute.host && other.key === mute.key;
      decide(
        (before) => ({ ...before, mutes: before.mutes.filter((other) => !same(other)) }),
        findingsWords.mute.unmuted,
      );
    },
    setBaseline: (findings) => {
      const baseline = { at: parts.now(), findings };
      decide((before) => ({ ...before, baseline }), findingsWords.baseline.done(findings.length));
    },
    setProfile: (profile) =>
      decide((before) => ({ ...before, profile }), findingsWords.profile.done(findingsWords.profile.names[profile])),
    export: (entry, onSaved) => {
      const { data, decisions } = model;
      if (data === null) return;
      const lost = (error: unknown): void =>
        say(inspectorWords.notice.exportFailed(entry.label, visible(messageOf(error), 300)));
      // What is thrown before the first await, too.
      (async () => entry.run(data, decisions.mutes))().then(onSaved, lost);
    },
    forgetBaseline: () => decide((before) => ({ ...before, baseline: null }), findingsWords.baseline.forgotten),
  };

  return {
    actions,
    reveal: (ref) => (model.data === null ? null : rawValue(model.data.analysis, ref)),
    properRun: (request) => (model.data === null ? null : properRunOf(model.data.analysis, request, model.data.show)),
    tellClient: (client, type) => {
      told = new Map([...told, [client, type]]);
      void parts.memory.writeTold(told).then(refresh, failed);
    },
    say: (text) => say(text),
    refresh,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
