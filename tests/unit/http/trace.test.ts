import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseObservations, parseTrace } from '../../../lib/http/trace.ts';
import type { Exchange } from '../../../lib/model/observation.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

function one(text: string): Exchange {
  const [exchange] = parseTrace(text);
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

describe('the trace language', () => {
  test('a request and its response, with headers and bodies', () => {
    const text = `
      POST https://as.example/token
      Content-Type: application/x-www-form-urlencoded
      X-Empty:

      grant_type=client_credentials

      200
      Content-Type: application/json

      {
        "access_token": "x"
      }
    `;
    expect(one(text)).toMatchObject({
      request: {
        method: 'POST',
        url: 'https://as.example/token',
        headers: seen([
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['X-Empty', ''],
        ]),
        body: seen({ is: 'text', text: 'grant_type=client_credentials' }),
      },
      outcome: {
        is: 'response',
        response: { status: 200, body: seen({ is: 'text', text: '{\n"access_token": "x"\n}' }) },
      },
    });
  });

  test('empty lines inside a body stay, those around it do not', () => {
    const { request } = one('POST https://as.example/x\n\n\none\n\ntwo\n\n\nGET https://as.example/y');
    expect(request.body).toEqual(seen({ is: 'text', text: 'one\n\ntwo' }));
  });

  test('what is absent: no body, no response', () => {
    expect(one('GET https://as.example/')).toMatchObject({
      id: 'trace#0',
      trace: 'trace',
      capture: 'har',
      tab: null,
      resource: null,
      initiator: null,
      redirectedFrom: null,
      truncated: false,
      request: { headers: seen([]), body: seen(null) },
      outcome: { is: 'unknown' },
      source: { source: 0, entry: 0 },
    });
  });

  test('directives speak about the next request only', () => {
    const [first, second] = parseTrace(`
      # tab 3
      # initiator https://app.example
      # resource frame
      # trace other
      # truncated
      # time +90
      # hides request-body
      # hides response-headers
      POST https://as.example/x

      body

      302
      Location: https://as.example/y

      GET https://as.example/y
    `);
    expect(first).toMatchObject({
      tab: 3,
      initiator: 'https://app.example',
      resource: 'frame',
      trace: 'other',
      truncated: true,
      request: { body: unseen('stripped') },
      outcome: { response: { headers: unseen('stripped') } },
    });
    expect(second).toMatchObject({
      tab: null,
      initiator: null,
      trace: 'trace',
      truncated: false,
      redirectedFrom: null,
    });
    expect((first?.time ?? 0) - (second?.time ?? 0)).toBe(89_000);
  });

  test.each([
    ['watch', 'api-hides-it'],
    ['record', 'api-hides-it'],
    ['devtools', null],
    ['har', null],
  ])('capture %s', (capture, hidden) => {
    const exchange = one(`# capture ${capture}\nGET https://as.example/\n\n200\n\nbody`);
    const body = hidden === null ? seen({ is: 'text', text: 'body' }) : { seen: false, why: hidden };
    expect(exchange).toMatchObject({ capture, trace: 'trace', outcome: { response: { body } } });
  });

  test('a line or an address is a trace of its own', () => {
    for (const capture of ['line', 'address']) {
      const traces = parseTrace(
        `# capture ${capture}\nGET https://as.example/\n\n# capture ${capture}\nGET https://as.example/`,
      );
      expect(new Set(traces.map((exchange) => exchange.trace)).size).toBe(2);
    }
  });

  test('a request that repeats the nearest Location continues that chain', () => {
    const [first, second, third, fourth] = parseTrace(`
      GET https://as.example/a

      302
      Location: /b

      GET https://as.example/b

      GET https://as.example/a

      302
      Location: /b

      GET https://as.example/b
    `);
    expect([second?.redirectedFrom, fourth?.redirectedFrom]).toEqual([first?.id, third?.id]);
  });

  test.each([
    ['hello', 'line 1: expected a request, a status or a directive, found "hello"'],
    ['\n# colour red', 'line 2: unknown directive "colour"'],
    ['GET https://as.example/\nno header', 'line 2: expected a header, found "no header"'],
    ['200', 'line 1: expected a request, a status or a directive, found "200"'],
    ['GET /relative', 'line 1: expected a request, a status or a directive, found "GET /relative"'],
  ])('%j cannot be read', (text, message) => {
    expect(() => parseTrace(text)).toThrow(message);
  });

  test('any text is read or refused with its line', () => {
    const lines = fc.oneof(
      fc.constantFrom(
        'GET https://as.example/',
        '200',
        '',
        'Location: /x',
        '# tab 1',
        '# truncated',
        '# hides request-body',
        'a=b',
        '# time +x',
      ),
      anyText(20),
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 12 }), (list) => {
        try {
          parseTrace(list.join('\n'));
        } catch (error) {
          expect(String(error)).toMatch(/^Error: line \d+: /);
        }
      }),
      seeded(500),
    );
  });
});

describe('what a page holds', () => {
  const PAGE = `
    GET https://app.example/

    # time +9
    STORAGE session https://app.example
    oidc.user:https://as.example:web1 = {"access_token":"a = b"}
    theme = dark

    # truncated
    SCRIPT https://app.example/app.js

    let a = 1;

    let b = 2;
  `;

  test('is storage, with everything behind the first equals sign as value, and texts', () => {
    expect(parseObservations(PAGE)).toMatchObject([
      { is: 'exchange', id: 'trace#0' },
      {
        is: 'storage',
        id: 'trace#1',
        area: 'session',
        origin: 'https://app.example',
        time: 1_767_225_609_000,
        items: [
          ['oidc.user:https://as.example:web1', '{"access_token":"a = b"}'],
          ['theme', 'dark'],
        ],
      },
      {
        is: 'script',
        found: 'file',
        url: 'https://app.example/app.js',
        truncated: true,
        text: 'let a = 1;\n\nlet b = 2;',
      },
    ]);
  });

  test.each([
    ['SCRIPT', 'file'],
    ['INLINE', 'inline'],
    ['MARKUP', 'markup'],
    ['GLOBAL', 'global'],
    ['CONSOLE', 'console'],
    ['MESSAGE', 'message'],
  ])('%s is a text that was found as %s', (word, found) => {
    expect(parseObservations(`${word} https://app.example/\n\nx`)).toMatchObject([{ found, text: 'x' }]);
  });

  test('is refused where requests are expected, and with its line where it cannot be read', () => {
    expect(() => parseTrace(PAGE)).toThrow('entry 1: expected a request, found storage');
    expect(() => parseObservations('STORAGE local https://app.example\ntheme: dark')).toThrow(
      'line 2: expected "key = value", found "theme: dark"',
    );
  });
});
