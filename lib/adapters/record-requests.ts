import { isRecord } from '../http/params.ts';

const REQUESTS = [
  'record.start',
  'record.stop',
  'record.pause',
  'record.resume',
  /** Asks for nothing: who hears it is awake, and says of a recording that was cut off that it was. */
  'record.wake',
] as const;

/** What a page of the extension asks the background to do with the recording of a tab. */
export interface RecordRequest {
  readonly do: (typeof REQUESTS)[number];
  readonly tab: number;
  /** Of `record.start`: with hooks in the page. */
  readonly hooks?: true;
}

export type RecordReply = { readonly is: 'ok' } | { readonly is: 'invalid'; readonly what: string };

/** Reads a message as a request, or says what is wrong with it; `null` where it is meant for somebody else. */
export function readRecordRequest(message: unknown): RecordRequest | { readonly invalid: string } | null {
  if (!isRecord(message) || typeof message['do'] !== 'string' || !message['do'].startsWith('record.')) return null;
  const { tab, hooks } = message;
  const what = REQUESTS.find((one) => one === message['do']);
  if (what === undefined) return { invalid: 'do' };
  if (typeof tab !== 'number' || !Number.isInteger(tab) || tab < 0) return { invalid: 'tab' };
  if (hooks !== undefined && hooks !== true) return { invalid: 'hooks' };
  return { do: what, tab, ...(hooks === true ? { hooks } : {}) };
}
