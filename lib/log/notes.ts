/**
 * What the log no longer holds and why, and what else one has to know to read it right; the views say it where the person
 * would otherwise take silence for a pass.
 */
export type LogNote =
  /** Records of a tab were removed because the log was full. `whole`: nothing older of this tab is left. */
  | {
      readonly is: 'evicted';
      readonly tab: number | null;
      readonly time: number;
      readonly records: number;
      readonly whole: boolean;
    }
  /** A record could not be written. `reason` is the browser's own message. */
  | { readonly is: 'lost'; readonly tab: number | null; readonly time: number; readonly reason: string }
  /** A body was larger than the cap (`MAX_BODY`) and was left out; `exchange` is the id of its exchange. */
  | { readonly is: 'body-too-large'; readonly tab: number | null; readonly time: number; readonly exchange: string }
  /** An address was longer than the cap (`MAX_URL`) and was cut. */
  | { readonly is: 'address-cut'; readonly tab: number | null; readonly time: number; readonly exchange: string }
  /** Functions of the page were replaced by the recording: what the page did may not be what it does on its own. */
  | { readonly is: 'hooked'; readonly tab: number | null; readonly time: number }
  /** Stored records that this version cannot read. */
  | { readonly is: 'unreadable'; readonly records: number };
