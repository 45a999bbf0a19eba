/** The recording of one tab. Holds no value of the capture. */
export interface Recording {
  readonly tab: number;
  readonly private?: true;
  /** When it began, milliseconds since the epoch. */
  readonly at: number;
  readonly state: RecordingState;
  readonly requests: number;
  /** Bytes of what was written, as JSON. */
  readonly bytes: number;
  /** Hosts that took part, in the order of their first request. */
  readonly hosts: readonly string[];
  /** Functions of the page are replaced while it lasts. */
  readonly hooked?: true;
  /** Looks at what pages stored that found something new. */
  readonly snapshots: number;
  /** Hosts of pages whose storage the browser did not show. */
  readonly unread: readonly string[];
  /** More was stored or told by hooks than was kept. */
  readonly cut?: true;
}

export type RecordingState =
  | { readonly is: 'recording' | 'paused' }
  | { readonly is: 'ended'; readonly why: RecordingEnd };

export type RecordingEnd =
  /** The person pressed "Stop". */
  | 'stopped'
  /** No request for a while. */
  | 'quiet'
  /** It took as long, or as much room, as one recording may. */
  | 'full'
  /** The memory of the browser session refused a record. */
  | 'refused'
  | 'tab-closed'
  /** Access to the site was taken away. */
  | 'no-access'
  /** The browser stopped the background. */
  | 'interrupted';

export const RECORDING_ENDS: readonly RecordingEnd[] = [
  'stopped',
  'quiet',
  'full',
  'refused',
  'tab-closed',
  'no-access',
  'interrupted',
];
