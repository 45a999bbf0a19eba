import { type AnalyseOptions, analyse } from '../analyse.ts';
import type { Observation } from '../model/observation.ts';
import { RULES } from '../rules/index.ts';
import { addressObservation } from '../view/address.ts';
import type { AnalysisByClient } from '../view/client-type.ts';
import { rawValue } from '../view/findings.ts';
import { flowKey, leadingFlows, serverOrigins } from '../view/flows.ts';
import type { Failure, PopupActions, PopupModel, Status } from '../view/model.ts';
import { type PopupInput, type PopupView, popupView } from '../view/popup.ts';
import { type ProperRun, properRunOf } from '../view/proper-run.ts';
import { visible } from '../view/text.ts';
import { words } from '../view/words.ts';
import type { DecisionsStore } from './decisions-store.ts';
import { EMPTY_MEMORY, type PopupMemory, type TabMemory } from './popup-memory.ts';
import type { Cleared, Session } from './session.ts';
import { showValue } from './show-value.ts';

/** The popup is about one tab. */
export type PopupSession = Omit<Session, 'clearAll' | 'readLatest' | 'refreshBadges' | 'watchedHosts'>;

export interface PopupParts {
  readonly session: PopupSession;
  readonly memory: PopupMemory;
  readonly decisions: Pick<DecisionsStore, 'read' | 'onChange'>;
  /** The tab to be about; `null` for the one of this window. */
  readonly tab: number | null;
  /** Called with everything that is to be on the screen, whenever it changed. */
  readonly show: (model: PopupModel) => void;
  readonly copy: (text: string) => Promise<void>;
  /** Shows the form of a run, filled in from a captured request. */
  readonly runProperly: (proper: ProperRun) => void;
  readonly online: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface PopupController {
  readonly actions: PopupActions;
  /** Reads everything again; never rejects. */
  refresh(): Promise<void>;
  /** Ends listening. */
  end(): void;
}

/** Access is asked for by origin; no site has this one, so only "all sites" covers it. */
const NO_SITE = 'https://none.invalid';

/** What was read last; the view is made from it without reading again. */
type Facts = Omit<PopupInput, 'told' | 'chosen' | 'before' | 'online' | 'now'>;

/** Reads the log and the tab, judges, and turns what the person does into calls of the session. */
export function createPopup(parts: PopupParts): PopupController {
  const { session, memory } = parts;
  let facts: Facts | null = null;
  let view: PopupView | null = null;
  let failure: Failure | null = null;
  let status: Status | null = null;
  let cleared: Cleared | null = null;
  let kept: TabMemory = EMPTY_MEMORY;
  let told: PopupInput['told'] = new Map();
  let reading: Promise<void> | null = null;
  let again = false;
  let endCheck = (): void => undefined;

  const show = (): void => parts.show({ view, failure, status, open: new Set(kept.open) });

  const keep = (next: TabMemory): void => {
    kept = next;
    if (facts !== null) void memory.writeTab(facts.tab.id, kept);
  };

  const makeView = (): void => {
    if (facts === null) return;
    const latest = leadingFlows(facts.captured.unknown)[0];
    const chosen = kept.chosen !== null && latest !== undefined && kept.chosen.latest === flowKey(latest);
    const before = view;
    view = popupView({
      ...facts,
      told,
      chosen: chosen ? (kept.chosen?.flow ?? null) : null,
      before,
      online: parts.online(),
      now: parts.now(),
    });
    openFirstCard(view);
  };

  /** The worst finding of a flow that is seen for the first time is open. */
  const openFirstCard = (next: PopupView): void => {
    if (!('report' in next)) return;
    const key = next.state === 'flow' ? next.flow : 'address';
    if (kept.visited.includes(key)) return;
    const first = next.report.findings[0];
    if (first === undefined) return;
    keep({ ...kept, open: [...kept.open, first.key], visited: [...kept.visited, key] });
  };

  const readOnce = async (): Promise<void> => {
    let where: string = words.error.reading;
    try {
      const tab = await session.currentTab(parts.tab ?? undefined);
      if (tab === null) {
        const recording = facts === null ? null : await session.recording(facts.tab.id);
        if (facts !== null && recording !== null) {
          // What was seen of it stays, and that its recording has ended is said.
          facts = { ...facts, recording };
          makeView();
          return show();
        }
        const { noTab, noTabNext } = words.error;
        failure = { what: noTab, next: noTabNext, retry: false };
        return show();
      }
      if (facts?.tab.id !== tab.id) {
        kept = await memory.readTab(tab.id);
        hearCheck(tab.id);
      }
      told = await memory.readTold();
      const { mutes, profile } = await parts.decisions.read();
      // Before the rest: what a check that is done has found was written before it said so.
      const check = await session.pageCheck(tab.id);
      const { observations, notes } = await session.readObservations(tab.id);
      const watching = await session.watching(tab.origin ?? NO_SITE);
      where = words.error.judging;
      const captured = await analyseByClient(observations, { now: parts.now(), profile });
      const address =
        tab.url === null || tab.origin === null
          ? null
          : await analyseByClient([addressObservation(tab.url, tab.id)], { now: parts.now(), profile });
      const unwatched = await unwatchedOrigins(session, captured);
      facts = {
        tab,
        pressed: parts.tab === null,
        watching,
        check,
        recording: await session.recording(tab.id),
        unwatched,
        captured,
        address,
        mutes,
        notes,
        rules: RULES,
        show: showValue([...captured.unknown.messages, ...(address?.unknown.messages ?? [])]),
      };
      failure = null;
      makeView();
    } catch (error) {
      failure = { what: words.error.what(where, visible(messageOf(error))), next: words.error.next, retry: true };
    }
    show();
  };

  /** On the way only the progress of a check changes; what it found is judged when it has ended. */
  const hearCheck = (tab: number): void => {
    endCheck();
    const endRecording = session.onRecording(tab, (recording) => {
      if (facts?.tab.id !== tab) return;
      facts = { ...facts, recording };
      makeView();
      show();
    });
    const endPage = session.onPageCheck(tab, (check) => {
      if (facts?.tab.id !== tab) return;
      if (check?.state.is !== 'reading' && check?.state.is !== 'judging') return void refresh();
      facts = { ...facts, check };
      makeView();
      show();
    });
    endCheck = () => {
      endRecording();
      endPage();
    };
  };

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

  const say = (next: Status | null): void => {
    status = next;
    show();
  };

  const failed = (error: unknown): void => say({ is: 'failed', message: messageOf(error) });

  /** Runs what a press asked for; the footer says how it went. */
  const answer = (asked: Promise<boolean>, done: Status | null = null): void => {
    asked.then((granted) => {
      say(granted ? done : { is: 'denied' });
      return refresh();
    }, failed);
  };

  const clear = async (tab: number): Promise<boolean> => {
    cleared = await session.clearTab(tab);
    view = null;
    return true;
  };

  const restore = async (last: Cleared): Promise<boolean> => {
    await last.restore();
    return true;
  };

  const actions: PopupActions = {
    reveal: (ref) => {
      const by = view?.state === 'address' ? facts?.address : facts?.captured;
      return by === null || by === undefined ? null : rawValue(by.unknown, ref);
    },
    revealOfPage: (ref) => (facts === null ? null : rawValue(facts.captured.unknown, ref)),
    checkPage: () => {
      if (facts !== null) session.checkPage(facts.tab.id).catch(failed);
    },
    record: (press, hooks) => {
      if (facts !== null) session.record(facts.tab.id, press, hooks).catch(failed);
    },
    cancelCheck: () => {
      if (facts !== null) session.cancelPageCheck(facts.tab.id).catch(failed);
    },
    copy: async (text) => {
      try {
        await parts.copy(text);
      } catch (error) {
        say({ is: 'failed', message: messageOf(error) });
      }
    },
    // The request must be made before the first await: the browser takes it only from inside the click.
    watch: (origins) => answer(origins.length === 0 ? session.watchAll() : session.watchSite(origins)),
    stop: (origins) => answer(origins.length === 0 ? session.stopWatching() : session.stopWatching(origins)),
    clear: () => {
      if (facts !== null) answer(clear(facts.tab.id), { is: 'cleared' });
    },
    undo: () => {
      if (cleared !== null) answer(restore(cleared));
      cleared = null;
    },
    retry: () => void refresh(),
    showFlow: (flow) => {
      const latest = facts === null ? undefined : leadingFlows(facts.captured.unknown)[0];
      if (latest === undefined) return;
      keep({ ...kept, chosen: { flow, latest: flowKey(latest) } });
      makeView();
      say(null);
    },
    tellClient: (client, type) => {
      told = new Map([...told, [client, type]]);
      void memory.writeTold(told);
      makeView();
      show();
    },
    runProperly: (request) => {
      const by = view?.state === 'address' ? facts?.address : facts?.captured;
      if (facts === null || by === null || by === undefined) return;
      const proper = properRunOf(by.unknown, request, facts.show);
      if (proper !== null) parts.runProperly(proper);
    },
    setOpen: (key, open) => {
      const others = kept.open.filter((other) => other !== key);
      keep({ ...kept, open: open ? [...others, key] : others });
      show();
    },
  };

  const ends = [session, parts.decisions].map((source) => source.onChange(() => void refresh()));
  ends.push(session.onPermissionChange(() => void refresh()));
  ends.push(() => endCheck());
  return { actions, refresh, end: () => ends.map((end) => end()) };
}

async function analyseByClient(
  observations: readonly Observation[],
  options: Pick<AnalyseOptions, 'now' | 'profile'>,
): Promise<AnalysisByClient> {
  const unknown = await analyse(observations, options);
  if (unknown.flows.length === 0) return { unknown, public: unknown, confidential: unknown };
  return {
    unknown,
    public: await analyse(observations, { ...options, clientType: 'public' }),
    confidential: await analyse(observations, { ...options, clientType: 'confidential' }),
  };
}

async function unwatchedOrigins(session: PopupSession, captured: AnalysisByClient): Promise<ReadonlySet<string>> {
  const origins = [...new Set(captured.unknown.flows.flatMap(serverOrigins))];
  const states = await Promise.all(origins.map((origin) => session.watching(origin)));
  return new Set(origins.filter((_, index) => states[index] === 'none'));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
