import { describe, expect, it } from 'vitest';
import { readHar } from '../../../lib/har/har.ts';
import { header } from '../../../lib/http/headers.ts';
import type { Exchange } from '../../../lib/model/observation.ts';

type Entry = Record<string, unknown>;

function read(...entries: unknown[]) {
  const result = readHar({ log: { entries } }, 0);
  return { ...result, exchanges: result.observations.filter((o): o is Exchange => o.is === 'exchange') };
}

function one(entry: Entry): Exchange {
  const { exchanges, errors } = read(entry);
  expect(errors).toEqual([]);
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

const get = (url: string, rest: Entry = {}): Entry => ({ request: { method: 'GET', url, headers: [] }, ...rest });
const redirect = (url: string, to: string): Entry =>
  get(url, { response: { status: 302, headers: [{ name: 'Location', value: to }], content: {} } });
const respond = (content: unknown, rest: Entry = {}): Entry =>
  get('https://as.example/x', { response: { status: 200, headers: [], content, ...rest } });
const responseBody = (entry: Entry) => {
  const { outcome } = one(entry);
  return outcome.is === 'response' ? outcome.response.body : outcome;
};

describe('a document', () => {
  it('is one trace, its place is file and entry', () => {
    const { exchanges } = read(get('https://a.example/'), get('https://b.example/'));
    expect(exchanges.map(({ id, trace, capture, source }) => ({ id, trace, capture, source }))).toEqual([
      { id: '0:0', trace: '0', capture: 'har', source: { source: 0, entry: 0 } },
      { id: '0:1', trace: '0', capture: 'har', source: { source: 0, entry: 1 } },
    ]);
  });

  it.each([
    [{}, '"log" is nothing'],
    [{ version: '2.1.0', runs: [] }, 'the input is a SARIF report, which holds findings without their traffic'],
    [{ log: null }, '"log" is null'],
    [{ log: {} }, '"log.entries" is nothing'],
    [{ log: { entries: null } }, '"log.entries" is null'],
    [{ log: { entries: {} } }, '"log.entries" is an object'],
  ])('%j cannot be used', (document, what) => {
    const result = readHar(document, 0);
    expect(result.format).toBeNull();
    expect(result.errors).toHaveLength(1);
    expect(result.errors[0]?.message).toContain(`${what}; expected a HAR`);
  });

  it('counts entries that cannot be used and says why', () => {
    const { entries, exchanges, errors } = read(
      null,
      get('https://a.example/'),
      'x',
      {},
      { request: {} },
      { request: { url: '' } },
      { request: { url: '/cb?code=1' } },
    );
    expect(entries).toBe(7);
    expect(exchanges.map((e) => e.source.entry)).toEqual([1]);
    expect(errors).toEqual([
      { entry: 0, message: 'the entry is null; expected an object with "request" and "response"' },
      { entry: 2, message: 'the entry is a string; expected an object with "request" and "response"' },
      { entry: 3, message: '"request" is nothing; expected an object with "method" and "url"' },
      { entry: 4, message: '"request.url" is nothing; expected an absolute URL' },
      { entry: 5, message: '"request.url" is an empty string; expected an absolute URL' },
      { entry: 6, message: '"request.url" is a relative address; expected an absolute URL' },
    ]);
  });

  it('is put in the order of time, its entries keep their numbers', () => {
    const at = (time: string, url: string): Entry => ({ ...get(url), startedDateTime: time });
    const { exchanges } = read(
      at('2026-01-01T00:00:02Z', 'https://c.example/'),
      null,
      at('2026-01-01T00:00:01Z', 'https://b.example/'),
      at('2026-01-01T01:00:00+01:00', 'https://a.example/'),
    );
    expect(exchanges.map((e) => e.source.entry)).toEqual([3, 2, 0]);
    expect(exchanges[0]?.time).toBe(Date.UTC(2026, 0, 1));
  });

  it('keeps its order where one entry has no time', () => {
    const { exchanges } = read(
      { ...get('https://b.example/'), startedDateTime: '2026-01-01T00:00:02Z' },
      { ...get('https://a.example/'), startedDateTime: 'yesterday' },
      { ...get('https://a.example/'), startedDateTime: '2026-01-01T00:00:01Z' },
    );
    expect(exchanges.map((e) => e.source.entry)).toEqual([0, 1, 2]);
    expect(exchanges[1]?.time).toBeNull();
  });

  it('has no time where it says one that no date can be', () => {
    const times = [8.64e15 + 1, -1e300, 'Infinity', 8.64e15, -8.64e15];
    const { exchanges } = read(...times.map((time) => ({ ...get('https://a.example/'), startedDateTime: time })));
    expect(exchanges.map(({ time }) => time)).toEqual([null, null, null, 8.64e15, -8.64e15]);
  });
});

describe('a request', () => {
  it('keeps headers apart that were not recorded and that were not sent', () => {
    expect(one({ request: { url: 'https://a.example/' } }).request.headers).toEqual({ seen: false, why: 'stripped' });
    const none = one(get('https://a.example/')).request.headers;
    expect(none.seen && none.value).toEqual([]);
  });

  it('keeps names, order and repeats of headers and passes over items that are none', () => {
    const headers = [
      { name: 'A', value: '1' },
      null,
      { value: 'x' },
      { name: 'a', value: 2 },
      { name: 'B', value: null },
    ];
    const sent = one({ request: { url: 'https://a.example/', headers } }).request.headers;
    // Looked up before and after they are made into pairs.
    expect([header(sent, 'a'), header(sent, 'b'), header(sent, 'c')]).toEqual(['1', '', null]);
    expect(sent.seen && sent.value).toEqual([
      ['A', '1'],
      ['a', '2'],
      ['B', ''],
    ]);
    expect([header(sent, 'a'), header(sent, 'b'), header(sent, 'c')]).toEqual(['1', '', null]);
  });

  it.each([
    [{ text: 'a=b' }, { seen: true, value: { is: 'text', text: 'a=b' } }],
    [
      { text: 'a=b', params: [{ name: 'c', value: 'd' }] },
      { seen: true, value: { is: 'text', text: 'a=b' } },
    ],
    [
      { text: '', params: [{ name: 'c', value: 'd' }] },
      { seen: true, value: { is: 'form', fields: [['c', 'd']] } },
    ],
    [{ params: [{ name: 'c' }] }, { seen: true, value: { is: 'form', fields: [['c', '']] } }],
    [
      { text: 'YT1i', encoding: 'base64' },
      { seen: true, value: { is: 'text', text: 'a=b' } },
    ],
    [{ text: 'x'.repeat(300_000) }, { seen: false, why: 'too-large' }],
    [{ text: '[REDACTED]' }, { seen: true, value: { is: 'text', text: '[REDACTED]' } }],
  ])('has the body of postData %j', (postData, body) => {
    const shown = one({ request: { method: 'POST', url: 'https://a.example/', headers: [], postData } });
    expect(shown.request.body).toEqual(body);
  });

  it.each([
    ['GET', undefined, [], { seen: true, value: null }],
    ['POST', 0, [], { seen: true, value: null }],
    ['POST', -1, [{ name: 'content-length', value: '0' }], { seen: true, value: null }],
    ['POST', 12, [], { seen: false, why: 'stripped' }],
    ['POST', -1, [], { seen: false, why: 'stripped' }],
    ['POST', undefined, [], { seen: false, why: 'stripped' }],
    ['POST', 0, [{ name: 'Content-Length', value: '12' }], { seen: false, why: 'stripped' }],
  ])('%s without postData, bodySize %s, headers %j', (method, bodySize, headers, body) => {
    expect(one({ request: { method, url: 'https://a.example/', headers, bodySize } }).request.body).toEqual(body);
  });
});

describe('a response', () => {
  it.each([
    ['text', { text: '{"a":1}', mimeType: 'application/json' }, { seen: true, value: { is: 'text', text: '{"a":1}' } }],
    [
      'base64 of text',
      { text: 'eyJhIjoxfQ==', encoding: 'base64', mimeType: 'application/json' },
      { seen: true, value: { is: 'text', text: '{"a":1}' } },
    ],
    [
      'UTF-8 in base64',
      { text: 'w6k=', encoding: 'base64', mimeType: 'text/html' },
      { seen: true, value: { is: 'text', text: 'é' } },
    ],
    ['an image', { text: 'iVBORw0K', encoding: 'base64', mimeType: 'image/png' }, { seen: false, why: 'stripped' }],
    ['a large text', { text: 'x'.repeat(262_145), mimeType: 'text/html' }, { seen: false, why: 'too-large' }],
    [
      'a large base64',
      { text: 'eHh4'.repeat(262_145), encoding: 'base64', mimeType: 'text/html' },
      { seen: false, why: 'too-large' },
    ],
    ['no text, but a size', { size: 17, mimeType: 'application/json' }, { seen: false, why: 'stripped' }],
    ['no text and no size', { mimeType: 'application/json' }, { seen: false, why: 'stripped' }],
    ['no text, size 0', { size: 0, mimeType: 'application/json' }, { seen: true, value: null }],
    ['empty text', { text: '', mimeType: 'application/json' }, { seen: true, value: null }],
    ['empty text, but a size', { text: '', size: 17 }, { seen: false, why: 'stripped' }],
    ['no content', undefined, { seen: false, why: 'stripped' }],
  ])('with %s', (_name, content, body) => {
    expect(responseBody(respond(content))).toEqual(body);
  });

  it('that is broken base64 is an error of its entry, the rest of the entry is used', () => {
    const { exchanges, errors } = read(respond({ text: 'Not base 64', encoding: 'base64', mimeType: 'text/html' }));
    expect(exchanges).toHaveLength(1);
    expect(errors).toEqual([
      { entry: 0, message: '"response.content.text" is not base64 at character 3 (U+0020); the body is left out' },
    ]);
  });

  it.each([
    [undefined, { is: 'unknown' }],
    [null, { is: 'unknown' }],
    [{}, { is: 'failed', reason: 'no response' }],
    [
      { status: 0, _error: 'net::ERR_ABORTED' },
      { is: 'failed', reason: 'net::ERR_ABORTED' },
    ],
    [
      { status: 0, _error: { message: 'Max redirects exceeded' } },
      { is: 'failed', reason: 'Max redirects exceeded' },
    ],
  ])('%j', (response, outcome) => {
    expect(one({ ...get('https://a.example/'), response }).outcome).toEqual(outcome);
  });

  it('may have its status as text', () => {
    const { outcome } = one({ ...get('https://a.example/'), response: { status: '204', content: {} } });
    expect(outcome).toMatchObject({ is: 'response', response: { status: 204, body: { seen: true, value: null } } });
  });
});

describe('redirects', () => {
  const chain = (...entries: Entry[]) => read(...entries).exchanges.map((e) => [e.redirectedFrom, e.request.url]);

  it('link to the next request of that address, relative ones too', () => {
    expect(
      chain(redirect('https://a.example/x', '/y'), get('https://a.example/other'), get('https://a.example/y')),
    ).toEqual([
      [null, 'https://a.example/x'],
      [null, 'https://a.example/other'],
      ['0:0', 'https://a.example/y'],
    ]);
  });

  it('hand on their fragment, which the format leaves out of addresses', () => {
    expect(
      chain(
        redirect('https://a.example/x', 'https://b.example/cb#access_token=SplxlOBe&state=x%20y'),
        redirect('https://b.example/cb', 'https://b.example/home'),
        get('https://b.example/home'),
      ).map(([, url]) => url),
    ).toEqual([
      'https://a.example/x',
      'https://b.example/cb#access_token=SplxlOBe&state=x%20y',
      'https://b.example/home#access_token=SplxlOBe&state=x%20y',
    ]);
  });

  it('keep a fragment that was recorded', () => {
    expect(chain(redirect('https://a.example/x', '/y#one'), get('https://a.example/y#two'))[1]?.[1]).toBe(
      'https://a.example/y#two',
    );
  });

  it('are followed once each, the oldest first', () => {
    expect(
      chain(
        redirect('https://a.example/1', '/y'),
        redirect('https://a.example/2', '/y'),
        get('https://a.example/y'),
        get('https://a.example/y'),
        get('https://a.example/y'),
      ).map(([from]) => from),
    ).toEqual([null, null, '0:0', '0:1', null]);
  });

  it('come from redirectURL where headers are missing', () => {
    const first = get('https://a.example/x', { response: { status: 302, redirectURL: 'https://b.example/y' } });
    expect(chain(first, get('https://b.example/y'))[1]?.[0]).toBe('0:0');
  });

  it('do not lead to a preflight or a form', () => {
    const options = { request: { method: 'OPTIONS', url: 'https://b.example/y', headers: [] } };
    const post = { request: { method: 'POST', url: 'https://b.example/y', headers: [] } };
    const links = chain(
      redirect('https://a.example/x', 'https://b.example/y'),
      options,
      post,
      get('https://b.example/y'),
    );
    expect(links.map(([from]) => from)).toEqual([null, null, null, '0:0']);
  });

  it('of a loop are linked one after the other', () => {
    const loop = redirect('https://a.example/x', 'https://a.example/x');
    expect(chain(loop, loop, loop).map(([from]) => from)).toEqual([null, '0:0', '0:1']);
  });

  it('survive addresses that are none', () => {
    expect(chain(redirect('https://a.example/x', 'http://['), redirect('https://[', '/y'))).toHaveLength(2);
  });
});

describe('what a request was for', () => {
  const resource = (entry: Entry, headers: unknown[] = []) =>
    one({ ...entry, request: { method: 'GET', url: 'https://a.example/', headers } }).resource;
  const dest = (value: string) => [{ name: 'Sec-Fetch-Dest', value }];
  const html = { response: { status: 200, content: { mimeType: 'text/html' } } };

  it.each([
    ['_resourceType', { _resourceType: 'document' }, [], 'document'],
    ['_resourceType of a frame', { _resourceType: 'document' }, dest('iframe'), 'frame'],
    ['_resourceType fetch', { _resourceType: 'fetch' }, [], 'xhr'],
    ['fetch metadata of a page', {}, dest('document'), 'document'],
    ['fetch metadata of a script', {}, dest('empty'), 'xhr'],
    ['the main entry of a page', { pageref: 'page_1', ...html }, [], 'document'],
    ['HTML without a page', html, [], null],
    [
      'a redirect of a page',
      { pageref: 'page_1', response: { status: 302, content: { mimeType: 'text/html' } } },
      [],
      null,
    ],
    ['an image', { response: { status: 200, content: { mimeType: 'image/png' } } }, [], 'image'],
    ['a script', { response: { status: 200, content: { mimeType: 'application/javascript' } } }, [], 'script'],
    ['nothing known', {}, [], null],
  ])('by %s', (_name, entry, headers, word) => {
    expect(resource(entry, headers)).toBe(word);
  });

  it('is a page once for each page', () => {
    const entry = { ...get('https://a.example/'), pageref: 'page_1', ...html };
    expect(read(entry, entry, { ...entry, pageref: 'page_2' }).exchanges.map((e) => e.resource)).toEqual([
      'document',
      null,
      'document',
    ]);
  });
});

describe('who sent a request', () => {
  const initiator = (_initiator: unknown) => one({ ...get('https://a.example/'), _initiator }).initiator;

  it.each([
    [{ type: 'parser', url: 'https://app.example/' }, 'https://app.example/'],
    [
      { type: 'script', stack: { callFrames: [{ url: '' }, { url: 'https://app.example/main.js' }] } },
      'https://app.example/main.js',
    ],
    [
      { type: 'script', stack: { callFrames: [], parent: { callFrames: [{ url: 'https://app.example/a.js' }] } } },
      'https://app.example/a.js',
    ],
    ['https://app.example/', 'https://app.example/'],
    [{ type: 'other' }, null],
    [undefined, null],
    [7, null],
  ])('%j', (recorded, expected) => {
    expect(initiator(recorded)).toBe(expected);
  });

  it('is not told by Referer or Origin', () => {
    const headers = [
      { name: 'Referer', value: 'https://app.example/' },
      { name: 'Origin', value: 'https://app.example' },
    ];
    expect(one({ request: { method: 'POST', url: 'https://a.example/', headers } }).initiator).toBeNull();
  });
});
