import type {
  Body,
  Capture,
  Exchange,
  Header,
  Observation,
  Outcome,
  PageScan,
  PageText,
  Seen,
  StorageArea,
  StorageSnapshot,
  Unseen,
} from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { table } from '../model/table.ts';
import { locationOf } from './redirect.ts';

/**
 * The trace language: raw HTTP, as rule examples and tests write it.
 *
 * ```
 * # tab 1
 * GET https://as.example/authorize?response_type=code&client_id=c1
 *
 * 302
 * Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA
 *
 * GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA
 * ```
 *
 * A block is a start line, header lines and, after an empty line, a body. A start line is
 * `METHOD absolute-URL` or a status code. A request that repeats the `Location` of the redirect
 * before it continues that chain. Lines that start with `# ` speak about the next request:
 * `capture watch|record|devtools|har|line|address|run`, `trace NAME`, `tab N`, `initiator URL`,
 * `resource WORD`, `time +SECONDS`, `truncated`,
 * `hides request-headers|request-body|response-headers|response-body`. `capture watch` hides
 * response bodies by itself, because the browser does.
 *
 * Two more blocks show the page, for `parseObservations`. `STORAGE AREA origin` (`local`, `session`, `indexeddb`,
 * `cookie`) has one `key = value` a line; `SCRIPT URL`, `INLINE URL`, `MARKUP URL`, `GLOBAL URL`, `CONSOLE URL` and
 * `MESSAGE URL` have, after an empty line, a text.
 *
 * @throws Error with the line number where a line cannot be read.
 */
export function parseObservations(text: string, name = 'trace'): Observation[] {
  const observations: Observation[] = [];
  const exchanges: Exchange[] = [];
  for (const draft of drafts(text)) {
    const entry = observations.length;
    const found = TEXTS[draft.method];
    if (draft.area !== null) observations.push(buildStorage(draft, draft.area, entry, name));
    else if (found !== undefined) observations.push(buildScan(draft, found, entry, name));
    else {
      const exchange = build(draft, exchanges, entry, name);
      exchanges.push(exchange);
      observations.push(exchange);
    }
  }
  return observations;
}

/** As `parseObservations`, for a trace of requests alone. */
export function parseTrace(text: string, name = 'trace'): Exchange[] {
  return parseObservations(text, name).map((observation) => {
    if (observation.is === 'exchange') return observation;
    throw new Error(`entry ${observation.source.entry}: expected a request, found ${observation.is}`);
  });
}

const TEXTS = table<PageText>({
  SCRIPT: 'file',
  INLINE: 'inline',
  MARKUP: 'markup',
  GLOBAL: 'global',
  CONSOLE: 'console',
  MESSAGE: 'message',
});

interface Block {
  headers: Header[];
  body: string[];
  inBody: boolean;
}

interface Draft {
  line: number;
  area: StorageArea | null;
  items: (readonly [key: string, value: string])[];
  method: string;
  url: string;
  request: Block;
  status: number | null;
  response: Block;
  directives: Map<string, string>;
  hidden: Set<string>;
}

/** 2026-01-01T00:00:00Z: traces have no clock of their own. */
const TRACE_START = 1_767_225_600_000;
const DIRECTIVES = new Set(['capture', 'trace', 'tab', 'initiator', 'resource', 'time', 'truncated', 'hides']);

function drafts(text: string): Draft[] {
  const found: Draft[] = [];
  let directives = new Map<string, string>();
  let hidden = new Set<string>();
  let block: Block | null = null;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    const current = found.at(-1);
    const start = /^([A-Z]{3,10}) ([a-z][a-z0-9+.-]*:\S+)$/.exec(line);
    const status = /^([1-5]\d\d)$/.exec(line);
    const storage = /^STORAGE (local|session|indexeddb|cookie) ([a-z][a-z0-9+.-]*:\S+)$/.exec(line);
    if (line.startsWith('# ')) {
      const [word = '', ...rest] = line.slice(2).split(' ');
      if (!DIRECTIVES.has(word)) throw new Error(`line ${index + 1}: unknown directive "${word}"`);
      if (word === 'hides') hidden.add(rest.join(' '));
      else directives.set(word, rest.join(' '));
      block = null;
    } else if ((start?.[1] && start[2]) || storage?.[2]) {
      block = emptyBlock();
      found.push({
        line: index + 1,
        area: (storage?.[1] as StorageArea | undefined) ?? null,
        items: [],
        method: start?.[1] ?? '',
        url: start?.[2] ?? storage?.[2] ?? '',
        request: block,
        status: null,
        response: emptyBlock(),
        directives,
        hidden,
      });
      directives = new Map();
      hidden = new Set();
    } else if (status && current && current.status === null) {
      current.status = Number(status[1]);
      block = current.response;
    } else if (current && current.area !== null && block !== null && line !== '') {
      // The end of the line may have been trimmed off an empty value.
      const equals = `${line} `.indexOf(' = ');
      if (equals < 1) throw new Error(`line ${index + 1}: expected "key = value", found "${line.slice(0, 40)}"`);
      current.items.push([line.slice(0, equals), line.slice(equals + 3)]);
    } else if (line === '') {
      if (block?.inBody && block.body.length > 0) block.body.push('');
      if (block) block.inBody = true;
    } else if (block === null) {
      throw new Error(`line ${index + 1}: expected a request, a status or a directive, found "${line.slice(0, 40)}"`);
    } else if (block.inBody) {
      block.body.push(line);
    } else {
      const colon = line.indexOf(':');
      if (colon < 1) throw new Error(`line ${index + 1}: expected a header, found "${line.slice(0, 40)}"`);
      block.headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
    }
  });
  return found;
}

function emptyBlock(): Block {
  return { headers: [], body: [], inBody: false };
}

type Common = Pick<StorageSnapshot, 'id' | 'trace' | 'capture' | 'time' | 'tab' | 'truncated' | 'source'>;

/** What the lines before a block say, whatever it is. */
function commonOf(draft: Draft, entry: number, name: string): Common {
  const told = (key: string): string | null => draft.directives.get(key) ?? null;
  const capture = (told('capture') ?? 'har') as Capture;
  const trace = told('trace') ?? name;
  const tab = told('tab');
  return {
    id: `${name}#${entry}`,
    trace: capture === 'line' || capture === 'address' ? `${trace}#${entry}` : trace,
    capture,
    time: TRACE_START + (Number(told('time')?.replace('+', '') ?? entry) || 0) * 1000,
    tab: tab === null ? null : Number(tab),
    truncated: draft.directives.has('truncated'),
    source: { source: 0, entry },
  };
}

function buildStorage(draft: Draft, area: StorageArea, entry: number, name: string): StorageSnapshot {
  return { is: 'storage', ...commonOf(draft, entry, name), origin: draft.url, area, items: draft.items };
}

function buildScan(draft: Draft, found: PageText, entry: number, name: string): PageScan {
  return { is: 'script', ...commonOf(draft, entry, name), url: draft.url, found, text: textOf(draft.request) };
}

function build(draft: Draft, before: readonly Exchange[], entry: number, name: string): Exchange {
  const told = (key: string): string | null => draft.directives.get(key) ?? null;
  const common = commonOf(draft, entry, name);
  const { capture } = common;
  const index = before.findLastIndex((e) => e.outcome.is === 'response' && locationOf(e) === draft.url);
  const from = index >= 0 ? before[index] : undefined;
  const hide = <T>(part: string, value: T): Seen<T> => {
    if (draft.hidden.has(part)) return unseen('stripped');
    const why = HIDDEN_BY[capture]?.[part];
    return why ? unseen(why) : seen(value);
  };
  const outcome: Outcome =
    draft.status === null
      ? { is: 'unknown' }
      : {
          is: 'response',
          response: {
            status: draft.status,
            headers: hide('response-headers', draft.response.headers),
            body: hide('response-body', bodyOf(draft.response)),
          },
        };
  return {
    is: 'exchange',
    ...common,
    resource: told('resource'),
    initiator: told('initiator'),
    redirectedFrom: from?.id ?? null,
    request: {
      method: draft.method,
      url: draft.url,
      headers: hide('request-headers', draft.request.headers),
      body: hide('request-body', bodyOf(draft.request)),
    },
    outcome,
  };
}

const HIDDEN_BY: Partial<Record<Capture, Record<string, Unseen>>> = {
  watch: { 'response-body': 'api-hides-it' },
  record: { 'response-body': 'api-hides-it' },
  address: { 'request-headers': 'api-hides-it', 'request-body': 'api-hides-it' },
};

function bodyOf(block: Block): Body | null {
  const text = textOf(block);
  return text === '' ? null : { is: 'text', text };
}

function textOf(block: Block): string {
  return block.body.join('\n').trimEnd();
}
