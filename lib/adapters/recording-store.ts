import { isRecord } from '../http/params.ts';
import { RECORDING_ENDS, type Recording, type RecordingState } from '../model/recording.ts';
import type { LogArea } from './log-area.ts';

/** All recordings under one key, so that a background that starts finds what it left in one look. */
export const RECORDINGS_KEY = 'recordings';

/** Recordings whose end is still told. */
const MOST = 20;

/** How recordings went, in the memory of the browser session. Only the background writes here. */
export interface RecordingStore {
  read(): Promise<readonly Recording[]>;
  write(recording: Recording): Promise<void>;
  forget(tab: number): Promise<void>;
}

export function createRecordingStore(area: LogArea): RecordingStore {
  let queue: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<readonly Recording[]> => {
    const stored = (await area.get([RECORDINGS_KEY]))[RECORDINGS_KEY];
    return Array.isArray(stored) ? stored.flatMap((one: unknown) => readRecording(one) ?? []) : [];
  };

  /** One change after the other: each reads what the one before it wrote. */
  const change = (make: (others: readonly Recording[]) => readonly Recording[], tab: number): Promise<void> => {
    const done = queue.then(async () => {
      const others = (await read()).filter((one) => one.tab !== tab);
      await area.set({ [RECORDINGS_KEY]: make(others).slice(-MOST) });
    });
    queue = done.catch(() => undefined);
    return done;
  };

  return {
    read,
    write: (recording) => change((others) => [...others, recording], recording.tab),
    forget: (tab) => change((others) => others, tab),
  };
}

/** `null` where this version cannot read it. */
function readRecording(value: unknown): Recording | null {
  if (!isRecord(value)) return null;
  const { tab, at, requests, bytes, snapshots, hosts, unread } = value;
  const state = readState(value['state']);
  const numbers = [tab, at, requests, bytes, snapshots].every((n) => typeof n === 'number' && Number.isFinite(n));
  const areTexts = (some: unknown): boolean => Array.isArray(some) && some.every((host) => typeof host === 'string');
  if (!numbers || state === null || !areTexts(hosts) || !areTexts(unread)) return null;
  return { ...(value as unknown as Recording), state };
}

function readState(value: unknown): RecordingState | null {
  if (!isRecord(value)) return null;
  if (value['is'] === 'recording' || value['is'] === 'paused') return { is: value['is'] };
  const why = RECORDING_ENDS.find((end) => end === value['why']);
  return value['is'] === 'ended' && why !== undefined ? { is: 'ended', why } : null;
}
