import { describe, expect, test } from 'vitest';
import type { DecisionsStore } from '../../../lib/adapters/decisions-store.ts';
import { createPopup, type PopupController, type PopupSession } from '../../../lib/adapters/popup.ts';
import { EMPTY_MEMORY, type PopupMemory, type TabMemory } from '../../../lib/adapters/popup-memory.ts';
import type { CurrentTab, Session } from '../../../lib/adapters/session.ts';
import type { ClientType } from '../../../lib/model/flow.ts';
import type { PageCheck } from '../../../lib/model/page-check.ts';
import { type Decisions, NO_DECISIONS } from '../../../lib/view/decisions.ts';
import type { PopupModel } from '../../../lib/view/model.ts';
import type { ProperRun } from '../../../lib/view/proper-run.ts';
import { CODE, NOON, STATE, traces, watched } from './support.ts';

const NOTHING_MUTED: Pick<DecisionsStore, 'read' | 'onChange'> = {
  read: () => Promise.resolve(NO_DECISIONS),
  onChange: () => () => undefined,
};

/** A session whose answers a test sets, and the calls that were made of it. */
class FakeSession implements PopupSession {
  trace = '';
  tab: Omit<CurrentTab, 'incognito'> | null = {
    id: 7,
    url: 'https://app.example/',
    origin: 'https://app.example',
    restricted: null,
  };
  granted: 'none' | 'site' | 'all' = 'none';
  answer: boolean | Error = true;
  broken: Error | null = null;
  readonly calls: string[] = [];
  #cleared = '';
  readonly #listeners = new Set<() => void>();

  readObservations: Session['readObservations'] = () =>
    this.broken === null
      ? Promise.resolve({ observations: watched(this.trace), notes: [] })
      : Promise.reject(this.broken);
  onChange: Session['onChange'] = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  clearTab: Session['clearTab'] = (tab) => {
    this.calls.push(`clear ${tab}`);
    this.#cleared = this.trace;
    this.trace = '';
    return Promise.resolve({
      records: 1,
      restore: () => {
        this.trace = this.#cleared;
        return Promise.resolve();
      },
    });
  };
  currentTab: Session['currentTab'] = async () => (this.tab === null ? null : { ...this.tab, incognito: false });
  watching: Session['watching'] = async () => this.granted;
  watchSite: Session['watchSite'] = (origins) => this.#ask(`watch ${origins.join(' ')}`);
  watchAll: Session['watchAll'] = () => this.#ask('watch all');
  stopWatching: Session['stopWatching'] = (origins) => this.#ask(`stop ${origins?.join(' ') ?? 'all'}`);
  onPermissionChange: Session['onPermissionChange'] = () => () => undefined;
  check: PageCheck | null = null;
  pageCheck: Session['pageCheck'] = () => Promise.resolve(this.check);
  onPageCheck: Session['onPageCheck'] = (_, listener) => {
    this.hearCheck = listener;
    return () => undefined;
  };
  hearCheck: (check: PageCheck | null) => void = () => undefined;
  recording: Session['recording'] = () => Promise.resolve(null);
  onRecording: Session['onRecording'] = () => () => undefined;
  record: Session['record'] = async (tab, what) => void this.calls.push(`${what} recording ${tab}`);
  checkPage: Session['checkPage'] = async (tab) => void this.calls.push(`check ${tab}`);
  cancelPageCheck: Session['cancelPageCheck'] = async (tab) => void this.calls.push(`cancel ${tab}`);

  #ask(call: string): Promise<boolean> {
    this.calls.push(call);
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }

  /** The log changed. */
  change(): void {
    for (const listener of this.#listeners) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

class FakeMemory implements PopupMemory {
  tab: TabMemory = EMPTY_MEMORY;
  told: ReadonlyMap<string, ClientType> = new Map();
  readTab = () => Promise.resolve(this.tab);
  writeTab = (_: number, memory: TabMemory) => {
    this.tab = memory;
    return Promise.resolve();
  };
  readTold = () => Promise.resolve(this.told);
  writeTold = (told: ReadonlyMap<string, ClientType>) => {
    this.told = told;
    return Promise.resolve();
  };
}

interface Opened {
  readonly popup: PopupController;
  readonly copied: string[];
  /** The forms of runs that were filled in. */
  readonly filled: ProperRun[];
  model(): PopupModel;
}

/** Opens the popup as a click would. */
async function open(session: FakeSession, memory = new FakeMemory(), decided = NOTHING_MUTED): Promise<Opened> {
  let model: PopupModel | null = null;
  const copied: string[] = [];
  const filled: ProperRun[] = [];
  const popup = createPopup({
    session,
    memory,
    decisions: decided,
    tab: null,
    show: (next) => {
      model = next;
    },
    copy: async (text) => void copied.push(text),
    runProperly: (proper) => {
      filled.push(proper);
    },
    online: () => true,
    now: () => NOON + 60_000,
  });
  await popup.refresh();
  return {
    popup,
    copied,
    filled,
    model: () => {
      if (model === null) throw new Error('nothing was shown');
      return model;
    },
  };
}

/** Lets what a press began come to its end. */
const settled = async (popup: PopupController): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  await popup.refresh();
};

const heading = ({ view }: PopupModel): string => view?.verdict.heading ?? '';

describe('reading', () => {
  test('the popup judges by the profile that was chosen, and anew when another is', async () => {
    const session = new FakeSession();
    session.trace = traces.implicit;
    let decisions: Decisions = NO_DECISIONS;
    let changed: () => void = () => undefined;
    const { popup, model } = await open(session, new FakeMemory(), {
      read: () => Promise.resolve(decisions),
      onChange: (listener) => {
        changed = listener;
        return () => undefined;
      },
    });
    const severity = () => {
      const { view } = model();
      if (view?.state !== 'flow') throw new Error('no sign-in is shown');
      return view.report.findings.find(({ rule }) => rule === 'implicit-flow')?.severity;
    };
    expect(severity()).toBe('high');
    for (const [profile, expected] of [
      ['oauth2.0', 'low'],
      ['rfc9700', 'high'],
    ] as const) {
      decisions = { ...NO_DECISIONS, profile };
      changed();
      await settled(popup);
      expect(severity()).toBe(expected);
    }
  });

  test('the popup follows the log', async () => {
    const session = new FakeSession();
    const { popup, model } = await open(session);
    expect(heading(model())).toBe('No sign-in in this page’s address');
    session.trace = traces.noPkce;
    session.change();
    await popup.refresh();
    expect(heading(model())).toBe('Signing in with as.example: 2 problems');
    popup.end();
    expect(session.listeners).toBe(0);
  });

  test('with nothing granted, the address itself is judged', async () => {
    const session = new FakeSession();
    session.tab = {
      id: 7,
      url: `https://app.example/cb?code=${CODE}&state=${STATE}`,
      origin: 'https://app.example',
      restricted: null,
    };
    const { model } = await open(session);
    expect(model().view?.state).toBe('address');
  });

  test('a failure says what was being done, and goes away with the next success', async () => {
    const session = new FakeSession();
    session.broken = new Error('storage is gone');
    const { popup, model } = await open(session);
    expect(model().failure?.what).toBe('Reading what was seen failed: storage is gone.');
    session.broken = null;
    popup.actions.retry();
    await popup.refresh();
    expect(model().failure).toBeNull();
  });

  test('a tab that is gone is a failure', async () => {
    const session = new FakeSession();
    session.tab = null;
    expect((await open(session)).model().failure).toMatchObject({ what: 'There is no such tab.', retry: false });
  });
});

describe('what a press does', () => {
  test('watching asks at once, before anything is awaited', async () => {
    const session = new FakeSession();
    const { popup } = await open(session);
    popup.actions.watch(['https://app.example']);
    popup.actions.watch([]);
    popup.actions.stop(['https://app.example']);
    popup.actions.stop([]);
    expect(session.calls).toEqual(['watch https://app.example', 'watch all', 'stop https://app.example', 'stop all']);
  });

  test('a refusal and a failure are said', async () => {
    const session = new FakeSession();
    const { popup, model } = await open(session);
    session.answer = false;
    popup.actions.watch([]);
    await settled(popup);
    expect(model().status).toEqual({ is: 'denied' });
    session.answer = new Error('not in a click');
    popup.actions.watch([]);
    await settled(popup);
    expect(model().status).toEqual({ is: 'failed', message: 'not in a click' });
  });

  test('clearing can be undone', async () => {
    const session = new FakeSession();
    session.trace = traces.noPkce;
    const { popup, model } = await open(session);
    popup.actions.clear();
    await settled(popup);
    expect(session.calls).toEqual(['clear 7']);
    expect(model().status).toEqual({ is: 'cleared' });
    expect(model().view?.state).toBe('nothing');
    popup.actions.undo();
    await settled(popup);
    expect(heading(model())).toBe('Signing in with as.example: 2 problems');
    expect(model().status).toBeNull();
  });

  test('a raw value is given when asked for, and is in no model', async () => {
    const session = new FakeSession();
    session.trace = traces.implicit;
    const { popup, model } = await open(session);
    const { view } = model();
    if (view?.state !== 'flow') throw new Error('no flow');
    const refs = view.report.findings
      .flatMap((finding) => finding.children)
      .flatMap((child) => child.seen)
      .flatMap((seen) => seen.items)
      .flatMap((item) => (item.ref === null ? [] : [item.ref]));
    const [ref] = refs;
    expect(ref === undefined ? null : popup.actions.reveal(ref)).toMatch(/^eyJhbGciOiJSUzI1NiJ9\./);
    expect(JSON.stringify(view)).not.toContain('eyJhbGciOiJSUzI1NiJ9');
  });

  test('a finding fills in the run of its request', async () => {
    const session = new FakeSession();
    session.trace = traces.noPkce;
    const { popup, filled, model } = await open(session);
    const { view } = model();
    const request = view !== null && 'report' in view ? view.report.findings[0]?.request : null;
    popup.actions.runProperly?.(request ?? -1);
    popup.actions.runProperly?.(99);
    expect(filled.map(({ form }) => [form.page, form.endpoints.token_endpoint, form.clientId])).toEqual([
      ['form', 'https://as.example/token', 'web1'],
    ]);
  });

  test('what could not be copied is said', async () => {
    const session = new FakeSession();
    let model: PopupModel | null = null;
    const popup = createPopup({
      session,
      memory: new FakeMemory(),
      decisions: NOTHING_MUTED,
      tab: null,
      show: (next) => {
        model = next;
      },
      copy: () => Promise.reject(new Error('the clipboard is not ours')),
      runProperly: () => undefined,
      online: () => true,
      now: () => NOON,
    });
    await popup.refresh();
    await popup.actions.copy('x');
    expect(model).toMatchObject({ status: { is: 'failed', message: 'the clipboard is not ours' } });
  });
});

describe('what is remembered', () => {
  test('the first card of a flow opens by itself, once', async () => {
    const session = new FakeSession();
    const memory = new FakeMemory();
    session.trace = traces.noPkce;
    const first = await open(session, memory);
    const [key] = [...first.model().open];
    expect(key).toBeDefined();
    first.popup.actions.setOpen(key ?? '', false);
    expect([...first.model().open]).toEqual([]);
    const second = await open(session, memory);
    expect([...second.model().open]).toEqual([]);
  });

  test('keys and choices only: no value of the capture', async () => {
    const session = new FakeSession();
    const memory = new FakeMemory();
    session.trace = traces.implicit;
    const { popup, model } = await open(session, memory);
    const { view } = model();
    if (view?.state !== 'flow') throw new Error('no flow');
    popup.actions.showFlow(view.flow);
    popup.actions.tellClient('as.example web1', 'public');
    const kept = JSON.stringify([memory.tab, [...memory.told]]);
    expect(kept).not.toContain('eyJhbGci');
    expect(kept).not.toContain(STATE);
  });

  test('the chosen sign-in, until a later one comes', async () => {
    const session = new FakeSession();
    const memory = new FakeMemory();
    const other = traces.clean
      .replaceAll('as.example', 'other.example')
      .replaceAll('app.example', 'shop.example')
      .replaceAll(CODE, 'AnotherCodeOfTheServer');
    session.trace = `${traces.noPkce}\n\n${other}`;
    const first = await open(session, memory);
    const { view } = first.model();
    if (view?.state !== 'flow') throw new Error('no flow');
    expect(heading(first.model())).toBe('Signing in with other.example: no problems found');
    first.popup.actions.showFlow(view.flows[1]?.key ?? '');
    expect(heading(first.model())).toBe('Signing in with as.example: 2 problems');
    expect(heading((await open(session, memory)).model())).toBe('Signing in with as.example: 2 problems');
    session.trace += `\n\n${other.replaceAll('other.example', 'third.example').replaceAll('shop.example', 'club.example').replaceAll('AnotherCode', 'ThirdCode').replaceAll(STATE, 'another-state-of-the-page')}`;
    expect(heading((await open(session, memory)).model())).toBe('Signing in with third.example: no problems found');
  });

  test('what was said about a client holds for its next sign-in', async () => {
    const session = new FakeSession();
    const memory = new FakeMemory();
    session.trace = traces.unknownClient;
    const { popup, model } = await open(session, memory);
    const severity = (m: PopupModel) => (m.view?.state === 'flow' ? m.view.report.findings[0]?.severity : null);
    expect(severity(model())).toBe('medium');
    popup.actions.tellClient('as.example web1', 'public');
    expect(severity(model())).toBe('high');
    expect(severity((await open(session, memory)).model())).toBe('high');
  });
});
