import type { Body, Capture, Exchange, Header, Outcome, Seen, Unseen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
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
 * @throws Error with the line number where a line cannot be read.
 */
export function parseTrace(text: string, name = 'trace'): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const draft of drafts(text)) exchanges.push(build(draft, exchanges, name));
  return exchanges;
}

interface Block {
  headers: Header[];
  body: string[];
  inBody: boolean;
}

interface Draft {
  line: number;
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
    if (line.startsWith('# ')) {
      const [word = '', ...rest] = line.slice(2).split(' ');
      if (!DIRECTIVES.has(word)) throw new Error(`line ${index + 1}: unknown directive "${word}"`);
      if (word === 'hides') hidden.add(rest.join(' '));
      else directives.set(word, rest.join(' '));
      block = null;
    } else if (start?.[1] && start[2]) {
      block = emptyBlock();
      found.push({
        line: index + 1,
        method: start[1],
        url: start[2],
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

function build(draft: Draft, before: readonly Exchange[], name: string): Exchange {
  const told = (key: string): string | null => draft.directives.get(key) ?? null;
  const capture = (told('capture') ?? 'har') as Capture;
  const entry = before.length;
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
  const trace = told('trace') ?? name;
  const tab = told('tab');
  return {
    is: 'exchange',
    id: `${name}#${entry}`,
    trace: capture === 'line' || capture === 'address' ? `${trace}#${entry}` : trace,
    capture,
    time: TRACE_START + (Number(told('time')?.replace('+', '') ?? entry) || 0) * 1000,
    tab: tab === null ? null : Number(tab),
    resource: told('resource'),
    initiator: told('initiator'),
    redirectedFrom: from?.id ?? null,
    truncated: draft.directives.has('truncated'),
    request: {
      method: draft.method,
      url: draft.url,
      headers: hide('request-headers', draft.request.headers),
      body: hide('request-body', bodyOf(draft.request)),
    },
    outcome,
    source: { source: 0, entry },
  };
}

const HIDDEN_BY: Partial<Record<Capture, Record<string, Unseen>>> = {
  watch: { 'response-body': 'api-hides-it' },
  record: { 'response-body': 'api-hides-it' },
  address: { 'request-headers': 'api-hides-it', 'request-body': 'api-hides-it' },
};

function bodyOf(block: Block): Body | null {
  const text = block.body.join('\n').trimEnd();
  return text === '' ? null : { is: 'text', text };
}
