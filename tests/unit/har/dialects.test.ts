import { describe, expect, it } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { decodeSource, readSource } from '../../../lib/har/read.ts';
import type { Exchange } from '../../../lib/model/observation.ts';

/** The same sign-in as each recorder writes it, with what that recorder leaves out, renames or adds. */
type Entry = Readonly<Record<string, unknown>>;
type Pairs = Readonly<Record<string, string>>;

const STATE = 'kR8vQ2mZ5xL1pT7w';
const AUTH = `https://as.example/auth?response_type=code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=${STATE}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256`;
const CALLBACK = `https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=${STATE}`;
const TOKEN = 'https://as.example/token';
const FORM: Pairs = {
  grant_type: 'authorization_code',
  code: 'SplxlOBeZQQYbYS6WxSbIA',
  redirect_uri: 'https://app.example/cb',
  client_id: 'spa',
  code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
};
const ANSWER = '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":300}';

const list = (pairs: Pairs) => Object.entries(pairs).map(([name, value]) => ({ name, value }));
const body = new URLSearchParams(FORM).toString();
const base64 = Buffer.from(ANSWER).toString('base64');

interface Dialect {
  readonly creator: string;
  readonly log?: Entry;
  /** Time of the first request, in the recorder's way of writing it, and of the others. */
  readonly times: readonly [string, string, string];
  readonly every?: Entry;
  readonly request?: Entry;
  readonly post: Entry;
  readonly content: Entry;
  readonly html?: Entry;
  readonly headers?: Pairs;
  /** Written around the text of the file. */
  readonly before?: string;
  readonly more?: readonly Entry[];
  readonly first?: readonly Entry[];
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  Chrome: {
    creator: 'WebInspector',
    times: ['2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.200Z', '2026-01-31T12:00:00.400Z'],
    every: {
      _initiator: { type: 'script', stack: { callFrames: [{ url: 'https://app.example/app.js' }] } },
      _priority: 'VeryHigh',
      _resourceType: 'document',
      connection: '4711',
      _connectionId: '235',
      pageref: 'page_1',
    },
    headers: { ':authority': 'as.example', ':method': 'GET', ':path': '/', ':scheme': 'https' },
    // Its `params` are percent-encoded still; `text` is what was sent.
    post: {
      mimeType: 'application/x-www-form-urlencoded;charset=UTF-8',
      text: body,
      params: Object.entries(FORM).map(([name, value]) => ({ name, value: encodeURIComponent(value) })),
    },
    content: { size: ANSWER.length, mimeType: 'application/json', text: ANSWER, compression: 0 },
    html: { size: 0, mimeType: 'x-unknown' },
  },
  Firefox: {
    creator: 'Firefox',
    log: { browser: { name: 'Firefox', version: '153.0' }, pages: [{ id: 'page_1', pageTimings: {} }] },
    times: ['2026-01-31T13:00:00.123+01:00', '2026-01-31T13:00:00.200+01:00', '2026-01-31T13:00:00.400+01:00'],
    every: { pageref: 'page_1', _securityState: 'secure', serverIPAddress: '127.0.0.1', connection: '443' },
    post: { mimeType: 'application/x-www-form-urlencoded', params: list(FORM), text: body },
    content: { mimeType: 'application/json; charset=utf-8', size: ANSWER.length, text: ANSWER },
    html: { mimeType: 'text/html; charset=utf-8', size: 0, comment: 'Response bodies are not included.' },
  },
  Safari: {
    creator: 'WebKit Web Inspector',
    times: ['2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.200Z', '2026-01-31T12:00:00.400Z'],
    every: { pageref: 'page_0', _fetchType: 'Network Load', _priority: 'high', cache: {} },
    request: { cookies: [], headersSize: -1 },
    headers: { Accept: '*/*', Priority: 'u=3, i' },
    post: { mimeType: 'application/x-www-form-urlencoded', text: body, params: [] },
    content: { size: ANSWER.length, compression: 0, mimeType: 'application/json', text: ANSWER },
  },
  Charles: {
    creator: 'Charles Proxy',
    log: { comment: 'recorded on the wire' },
    times: ['2026-01-31T13:00:00.123+01:00', '2026-01-31T13:00:00.200+01:00', '2026-01-31T13:00:00.400+01:00'],
    every: { serverIPAddress: '127.0.0.1', _charlesStatus: 'COMPLETE' },
    // Fields, and no text.
    post: { mimeType: 'application/x-www-form-urlencoded', params: list(FORM) },
    content: { size: ANSWER.length, mimeType: 'application/json', text: base64, encoding: 'base64' },
    html: { size: 0, mimeType: null },
  },
  Fiddler: {
    creator: 'Fiddler',
    before: '\ufeff',
    log: { pages: [], comment: 'exported' },
    times: [
      '2026-01-31T13:00:00.1234567+01:00',
      '2026-01-31T13:00:00.2000000+01:00',
      '2026-01-31T13:00:00.4000000+01:00',
    ],
    every: { connection: 'ClientPort:50001;EgressPort:50002', comment: '[#7]' },
    post: { mimeType: 'application/x-www-form-urlencoded', text: body, params: list(FORM) },
    content: { size: ANSWER.length, compression: 0, mimeType: 'application/json', text: ANSWER },
    // It writes down the tunnel, too.
    first: [
      {
        startedDateTime: '2026-01-31T13:00:00.0500000+01:00',
        request: {
          method: 'CONNECT',
          url: 'https://as.example:443',
          headers: [{ name: 'Host', value: 'as.example:443' }],
        },
        response: {
          status: 200,
          statusText: 'Connection Established',
          headers: [],
          content: { size: 0, mimeType: '' },
        },
      },
    ],
  },
  mitmproxy: {
    creator: 'mitmproxy',
    log: { pages: [], comment: '' },
    times: ['2026-01-31T12:00:00.123456+00:00', '2026-01-31T12:00:00.200000+00:00', '2026-01-31T12:00:00.400000+00:00'],
    every: { serverIPAddress: '127.0.0.1', timings: { connect: 1.5, ssl: 2, send: 1, receive: 1, wait: 9 } },
    post: { mimeType: 'application/x-www-form-urlencoded', text: body, params: list(FORM) },
    content: { size: ANSWER.length, compression: 0, mimeType: 'application/json', text: base64, encoding: 'base64' },
    html: { size: 0, compression: 0, mimeType: '', text: '' },
  },
  Playwright: {
    creator: 'Playwright',
    log: { browser: { name: 'chromium', version: '156' }, pages: [{ id: 'page@1', title: '', pageTimings: {} }] },
    times: ['2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.200Z', '2026-01-31T12:00:00.400Z'],
    every: { pageref: 'page@1', _frameref: 'frame@1', _monotonicTime: 4711.5, cache: {} },
    post: { mimeType: 'application/x-www-form-urlencoded', text: body, params: [] },
    content: { size: ANSWER.length, mimeType: 'application/json', text: ANSWER },
    html: { size: -1, mimeType: 'x-unknown' },
    more: [
      {
        startedDateTime: '2026-01-31T12:00:00.500Z',
        request: { method: 'GET', url: 'https://gone.example/', headers: [] },
        response: {
          status: -1,
          headers: [],
          content: { size: -1, mimeType: 'x-unknown' },
          _failureText: 'net::ERR_FAILED',
        },
      },
    ],
  },
};

function fileOf(dialect: Dialect): string {
  const {
    creator,
    times,
    every = {},
    request = {},
    post,
    content,
    html = {},
    headers = {},
    more = [],
    first = [],
  } = dialect;
  const entry = (time: string, method: string, url: string, extra: Entry, response: Entry): Entry => ({
    startedDateTime: time,
    time: 40,
    ...every,
    request: { method, url, httpVersion: 'h2', headers: list(headers), ...request, ...extra },
    response: { statusText: '', headers: [], ...response },
  });
  const redirect = { status: 302, headers: list({ Location: CALLBACK }), content: html, redirectURL: CALLBACK };
  const page = {
    status: 200,
    headers: list({ 'Content-Type': 'text/html' }),
    content: { ...html, mimeType: 'text/html' },
  };
  const json = list({ 'Content-Type': 'application/json' });
  const form = list({ ...headers, 'Content-Type': 'application/x-www-form-urlencoded' });
  const entries = [
    ...first,
    entry(times[0], 'GET', AUTH, {}, redirect),
    entry(times[1], 'GET', CALLBACK, {}, page),
    entry(times[2], 'POST', TOKEN, { postData: post, headers: form }, { status: 200, headers: json, content }),
    ...more,
  ];
  const log = { version: '1.2', creator: { name: creator, version: '1' }, ...dialect.log, entries };
  return (dialect.before ?? '') + JSON.stringify({ log }, null, 2);
}

const read = (dialect: Dialect) => readSource(decodeSource(new TextEncoder().encode(fileOf(dialect))), 0);

describe.each(Object.entries(DIALECTS))('%s', (_, dialect) => {
  it('one flow of four messages, each with its parts', async () => {
    const { errors, observations } = read(dialect);
    expect(errors).toEqual([]);
    const { messages, flows } = await analyse(observations);
    expect(messages.map(({ kind, at }) => `${kind} ${at}`)).toEqual([
      'authorizationRequest request',
      'authorizationResponse request',
      'tokenRequest request',
      'tokenResponse response',
    ]);
    expect(flows).toHaveLength(1);
    const value = (index: number, name: string) => messages[index]?.params.find((one) => one.name === name)?.value;
    expect(value(0, 'redirect_uri')).toBe('https://app.example/cb');
    expect(value(1, 'state')).toBe(STATE);
    for (const [name, sent] of Object.entries(FORM)) expect(value(2, name)).toBe(sent);
    expect(value(3, 'access_token')).toBe('2YotnFZFEjr1zCsicMWpAA');
  });

  it('times are those of the recorder, and the callback follows the redirect', () => {
    const exchanges = read(dialect).observations.filter((one): one is Exchange => one.is === 'exchange');
    const [auth, callback] = exchanges.slice(dialect.first?.length ?? 0);
    expect(Math.floor(auth?.time ?? 0)).toBe(Date.parse('2026-01-31T12:00:00.123Z'));
    expect(callback?.redirectedFrom).toBe(auth?.id);
  });
});

it('Playwright names why a request failed in a member of its own', () => {
  const failed = read(DIALECTS['Playwright'] as Dialect).observations.at(-1);
  expect(failed?.is === 'exchange' ? failed.outcome : null).toEqual({ is: 'failed', reason: 'net::ERR_FAILED' });
});

it('bodies that Playwright wrote into files of their own are not visible, which is not the same as empty', () => {
  const content = { _file: '4f1c2e9b7d.json', size: -1, mimeType: 'application/json' };
  const token = read({ ...(DIALECTS['Playwright'] as Dialect), content }).observations[2];
  const outcome = token?.is === 'exchange' ? token.outcome : null;
  expect(outcome?.is === 'response' ? outcome.response.body : null).toEqual({ seen: false, why: 'stripped' });
});
