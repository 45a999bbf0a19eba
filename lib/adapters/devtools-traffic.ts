import { isRecord, textOf } from '../http/params.ts';

/**
 * `chrome.devtools`, the part that is used. With callbacks, which both browsers know: only Firefox gives promises, too.
 */
export interface DevtoolsApi {
  readonly inspectedWindow: { readonly tabId: number };
  readonly network: {
    getHAR(callback: (log: unknown) => void): void;
    readonly onRequestFinished: { addListener(heard: (entry: unknown) => void): void };
  };
  readonly panels: {
    create(title: string, icon: string, page: string, created: (panel: DevtoolsPanel) => void): void;
  };
}

export interface DevtoolsPanel {
  /** Fires with the panel's own window, each time that it is shown. */
  readonly onShown: { addListener(heard: (window: object) => void): void };
}

/** What the Network panel recorded of the inspected tab since DevTools was opened, as entries of HAR 1.2. */
export interface DevtoolsTraffic {
  read(): { readonly entries: readonly unknown[]; readonly dropped: number };
  subscribe(listener: () => void): () => void;
  /** Removes everything; the result puts it back. */
  clear(): () => void;
}

/** Entries and characters that are kept; beyond them the oldest go. */
const MAX_ENTRIES = 5000;
const MAX_CHARACTERS = 30_000_000;
/** Bytes of a body that is asked for: no message of OAuth is longer. */
const MAX_BODY = 262_144;
/** Types whose bodies can be part of OAuth. */
const WORTH_READING = /^$|json|jwt|x-www-form-urlencoded|html|^text\/plain/i;

interface Kept {
  readonly entry: Record<string, unknown>;
  size: number;
}

/**
 * Collects in DevTools' own page, which lives from the moment DevTools is opened: the browser forgets bodies with the
 * document that they belong to, and a sign-in leaves documents.
 */
export function collectTraffic({ network }: Pick<DevtoolsApi, 'network'>): DevtoolsTraffic {
  let kept = new Map<string, Kept>();
  let dropped = 0;
  const listeners = new Set<() => void>();
  const told = { backlog: new Map<string, number>(), live: new Map<string, number>() };
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const trim = (): void => {
    let characters = 0;
    for (const { size } of kept.values()) characters += size;
    for (const [key, { size }] of kept) {
      if (kept.size <= MAX_ENTRIES && characters <= MAX_CHARACTERS) return;
      kept.delete(key);
      dropped += 1;
      characters -= size;
    }
  };

  /** What was under way when the backlog was read comes again when it is finished, and takes its place. */
  const take = (from: keyof typeof told, raw: unknown): void => {
    if (!isRecord(raw) || !isRecord(raw['request']) || !/^https?:/i.test(textOf(raw['request']['url']))) return;
    const same = `${raw['startedDateTime']} ${raw['request']['method']} ${raw['request']['url']}`;
    const times = (told[from].get(same) ?? 0) + 1;
    told[from].set(same, times);
    const key = `${same} ${times}`;
    if (from === 'backlog' && kept.has(key)) return;
    const entry = partsOf(raw);
    const one: Kept = { entry, size: JSON.stringify(entry).length };
    kept.set(key, one);
    trim();
    changed();
    readBody(raw, (text, encoding) => {
      const response = entry['response'];
      if (!isRecord(response) || !isRecord(response['content'])) return;
      // The entry that views have read stays as it is.
      const content = { ...response['content'], text, ...(encoding === 'base64' ? { encoding } : {}) };
      const whole: Kept = { entry: { ...entry, response: { ...response, content } }, size: one.size + text.length };
      if (kept.get(key) !== one) return;
      kept.set(key, whole);
      trim();
      changed();
    });
  };

  network.onRequestFinished.addListener((entry) => take('live', entry));
  network.getHAR((log) => {
    const entries = isRecord(log) ? log['entries'] : undefined;
    if (Array.isArray(entries)) for (const entry of entries) take('backlog', entry);
  });

  return {
    read: () => ({ entries: [...kept.values()].map(({ entry }) => entry), dropped }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      const before = kept;
      const count = dropped;
      kept = new Map();
      dropped = 0;
      changed();
      return () => {
        kept = new Map([...before, ...kept]);
        dropped += count;
        changed();
      };
    },
  };
}

/** The members that the reader of HAR uses, as plain data: what the browser hands over holds on to more. */
function partsOf(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { startedDateTime, pageref, _initiator, _resourceType, request, response } = raw;
  const plain: unknown = JSON.parse(
    JSON.stringify({ startedDateTime, pageref, _initiator, _resourceType, request, response }),
  );
  return isRecord(plain) ? plain : {};
}

function readBody(raw: Readonly<Record<string, unknown>>, found: (text: string, encoding: unknown) => void): void {
  const { getContent, response } = raw;
  const content = isRecord(response) ? response['content'] : undefined;
  if (typeof getContent !== 'function' || !isRecord(content)) return;
  const { size, mimeType } = content;
  if (typeof size === 'number' && size > MAX_BODY) return;
  if (!WORTH_READING.test(textOf(mimeType))) return;
  getContent.call(raw, (text: unknown, encoding: unknown) => {
    // Nothing comes of a body that went with its document.
    if (typeof text === 'string' && text !== '') found(text, encoding);
  });
}

/** Member of the panel's window under which it finds the traffic, and the event that says so. */
const HANDED = 'devtoolsTraffic';

interface PanelWindow {
  [HANDED]?: DevtoolsTraffic;
}

/** Gives the panel what DevTools' page collected. The two are documents of one origin in one process. */
export function handTraffic(panel: object, traffic: DevtoolsTraffic): void {
  (panel as PanelWindow)[HANDED] = traffic;
  (panel as Pick<EventTarget, 'dispatchEvent'>).dispatchEvent(new Event(HANDED));
}

/** In the panel: resolves once it is shown for the first time. */
export function receiveTraffic(panel: Pick<EventTarget, 'addEventListener'>): Promise<DevtoolsTraffic> {
  return new Promise((resolve) => {
    const look = (): void => {
      const traffic = (panel as PanelWindow)[HANDED];
      if (traffic !== undefined) resolve(traffic);
    };
    panel.addEventListener(HANDED, look, { once: true });
    look();
  });
}
