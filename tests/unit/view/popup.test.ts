import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PopupView, popupView } from '../../../lib/view/popup.ts';
import { plainText } from '../../../lib/view/text.ts';
import {
  anyText,
  CODE,
  FEW_RULES,
  inputOf,
  judge,
  NOON,
  rule,
  SECRET,
  type Setting,
  STATE,
  TOKEN,
  traces,
} from './support.ts';

async function viewOf(setting: Setting): Promise<PopupView> {
  return popupView(await inputOf({ rules: FEW_RULES, ...setting }));
}

const detail = (view: PopupView): string => view.verdict.detail.map(plainText).join(' ');

describe('which state the popup is in', () => {
  const callback = `https://app.example/cb?code=${CODE}&state=${STATE}`;
  test.each<[string, Setting, PopupView['state'], string, string]>([
    [
      'nothing granted, a sign-in response in the address',
      { url: callback },
      'address',
      'A sign-in response is still in this address',
      'Not watching. Only this address was read.',
    ],
    [
      'nothing granted, an ordinary address',
      { url: 'https://app.example/orders?page=2' },
      'nothing',
      'No sign-in in this page’s address',
      'Not watching. Only this address was read.',
    ],
    [
      'nothing granted, no address either',
      { url: null },
      'hidden',
      'The address of this tab is not visible here',
      'Not watching',
    ],
    ['watching this site', { part: { watching: 'site' } }, 'waiting', 'No sign-in seen yet', 'Watching app.example'],
    ['watching all sites', { part: { watching: 'all' } }, 'waiting', 'No sign-in seen yet', 'Watching all sites'],
    [
      'watching, and a response from before is in the address',
      { url: callback, part: { watching: 'site' } },
      'address',
      'A sign-in response is still in this address',
      'Watching app.example',
    ],
    [
      'a page of the browser',
      { url: null, part: { tab: { id: 7, url: 'chrome://settings', origin: null, restricted: 'browser-page' } } },
      'forbidden',
      'Extensions may not see this page',
      'Not watching',
    ],
    [
      'the button was pressed, and still no address',
      { url: null, part: { pressed: true } },
      'forbidden',
      'Extensions may not see this page',
      'Not watching',
    ],
    [
      'all sites are watched, and still no address',
      { url: null, part: { watching: 'all' } },
      'forbidden',
      'Extensions may not see this page',
      'Watching all sites',
    ],
    [
      'a sign-in was captured',
      { trace: traces.clean, part: { watching: 'all' } },
      'flow',
      'Signing in with as.example: no problems found',
      'Watching all sites',
    ],
    [
      'captured, then the access was taken back',
      { trace: traces.clean },
      'flow',
      'Signing in with as.example: no problems found',
      'Not watching. This was seen earlier.',
    ],
  ])('%s', async (_, setting, state, heading, footer) => {
    const view = await viewOf(setting);
    expect([view.state, view.verdict.heading, view.footer]).toEqual([state, heading, footer]);
  });
});

describe('the verdict is one sentence', () => {
  test.each([
    ['problems', traces.noPkce, /^Signing in with as\.example: 2 problems$/],
    ['one problem', traces.implicit, /^Signing in with as\.example: 1 problem$/],
    ['under way', traces.started, /^Signing in with as\.example: in progress$/],
    ['refused', traces.refused, /^Signing in with as\.example: refused$/],
    ['clean', traces.clean, /^Signing in with as\.example: no problems found$/],
  ])('%s', async (_, trace, heading) => {
    expect((await viewOf({ trace })).verdict.heading).toMatch(heading);
  });

  test('then what passed, what could not be judged, and when', async () => {
    const rules = [
      rule({ id: 'a' }),
      rule({ id: 'b' }),
      rule({ id: 'c', check: (_, c) => c.cannotTell('response body') }),
      rule({
        id: 'd',
        check: () => {
          throw new Error('broken');
        },
      }),
    ];
    const view = await viewOf({ trace: traces.clean, rules });
    expect(detail(view)).toBe('2 checks passed, 1 could not be judged, 1 check stopped with an error.');
    expect(view.verdict.time?.text).toMatch(/^Today at \d\d:\d\d$|^1 January 2026 at|^Yesterday at/);
  });

  test('a note is no problem', async () => {
    const note = rule({
      severity: 'info',
      check: (flow, c) => {
        const [message] = flow.messages;
        return message === undefined
          ? c.notApplicable
          : c.fail({ summary: c.say`A note.`, evidence: [c.absent(message, 'nonce')] });
      },
    });
    const view = await viewOf({ trace: traces.clean, rules: [note] });
    expect(view.verdict.heading).toBe('Signing in with as.example: nothing could be judged');
    expect(detail(view)).toBe('0 checks passed.');
  });

  test('nothing that could be judged is not the same as nothing wrong', async () => {
    const view = await viewOf({ trace: traces.clean, rules: [rule({ check: (_, c) => c.cannotTell('page') })] });
    expect(view.verdict.heading).toBe('Signing in with as.example: nothing could be judged');
  });

  test('the error of the server is named', async () => {
    expect(detail(await viewOf({ trace: traces.refused }))).toContain('The server answered access_denied.');
  });

  test('an address says what it cannot tell', async () => {
    const rules = [rule({ id: 'a' }), rule({ id: 'b', check: (_, c) => c.cannotTell('token request') })];
    const view = await viewOf({ url: `https://app.example/cb?code=${CODE}&state=${STATE}`, rules });
    expect(detail(view)).toBe('No problem in the address, 1 check passed, 1 needs more than the address.');
  });
});

describe('several sign-ins in one tab', () => {
  const two = `${traces.noPkce}\n\n${traces.clean.replaceAll('as.example', 'other.example').replaceAll(CODE, 'AnotherCodeOfTheServer')}`;

  test('the latest is shown, what is wrong elsewhere is said, as the badge counts it', async () => {
    const view = await viewOf({ trace: two });
    if (view.state !== 'flow') throw new Error(view.state);
    expect(view.verdict.heading).toBe('Signing in with other.example: no problems found');
    expect(detail(view)).toContain('2 problems elsewhere in this tab.');
    expect(view.flows.map((flow) => [flow.name, flow.mark, flow.problems])).toEqual([
      ['Signing in with other.example', 'pass', 0],
      ['Signing in with as.example', 'high', 2],
    ]);
  });

  test('another can be chosen', async () => {
    const first = await viewOf({ trace: two });
    if (first.state !== 'flow') throw new Error(first.state);
    const view = await viewOf({ trace: two, part: { chosen: first.flows[1]?.key ?? null } });
    expect(view.verdict.heading).toBe('Signing in with as.example: 2 problems');
  });

  test('a new sign-in does not take the place of the one that is read', async () => {
    const before = await viewOf({ trace: traces.noPkce });
    const view = await viewOf({ trace: two, part: { before } });
    if (view.state !== 'flow') throw new Error(view.state);
    expect(view.verdict.heading).toBe('Signing in with as.example: 2 problems');
    expect(view.newer?.name).toBe('Signing in with other.example');
  });

  test('but it takes the place of an empty page', async () => {
    const before = await viewOf({ part: { watching: 'all' } });
    const view = await viewOf({ trace: traces.clean, part: { before, watching: 'all' } });
    expect(view.state).toBe('flow');
  });
});

describe('the word of the person about the client', () => {
  test('changes the severity and is remembered by client', async () => {
    const told = new Map([['as.example web1', 'public']] as const);
    const view = await viewOf({ trace: traces.unknownClient, part: { told } });
    if (view.state !== 'flow') throw new Error(view.state);
    expect(view.report.findings.map((finding) => [finding.rule, finding.severity])).toEqual([['missing-pkce', 'high']]);
    expect(view.steps[0]?.mark).toBe('high');
    expect(view.client?.chosen).toBe('public');
  });
});

describe('what can be watched with one press', () => {
  test('this site, and the issuer that its address names', async () => {
    const url = `https://app.example/cb?code=${CODE}&state=${STATE}&iss=https%3A%2F%2Fas.example`;
    expect((await viewOf({ url })).offer).toEqual({
      origins: ['https://app.example', 'https://as.example'],
      name: 'app.example and as.example',
    });
  });

  test('nothing where the site is watched, or cannot be', async () => {
    expect((await viewOf({ part: { watching: 'site' } })).offer).toBeNull();
    expect((await viewOf({ url: null })).offer).toBeNull();
  });

  test('the sign-in server, where its part was not seen', async () => {
    const view = await viewOf({
      trace: traces.unknownClient,
      rules: [rule({ check: (_, c) => c.cannotTell('token request') })],
      part: { watching: 'site', unwatched: new Set(['https://as.example']) },
    });
    if (view.state !== 'flow') throw new Error(view.state);
    expect(view.report.unjudged[0]?.watch).toEqual({ origins: ['https://as.example'], name: 'as.example' });
  });
});

test('what the capture no longer holds is said', async () => {
  const time = NOON;
  const view = await viewOf({
    trace: traces.clean,
    part: {
      notes: [
        { is: 'evicted', tab: 7, time, records: 3, whole: false },
        { is: 'evicted', tab: 7, time, records: 4, whole: false },
        { is: 'lost', tab: 7, time, reason: 'Quota \u202Eexceeded' },
        { is: 'body-too-large', tab: 7, time, exchange: 'x' },
        { is: 'address-cut', tab: 7, time, exchange: 'x' },
        { is: 'unreadable', records: 1 },
      ],
    },
  });
  expect(view.notices.map(plainText)).toEqual([
    'Cut short: the memory for captures was full, 7 events dropped, oldest first.',
    'Cut short: 1 event could not be stored. The browser said: Quota \\u{202E}exceeded',
    '1 body was too large and left out.',
    '1 address was too long and cut.',
    '1 event of an earlier version cannot be read.',
  ]);
});

/** Everything that a view says, as one text. */
const said = (view: PopupView): string => JSON.stringify(view);

describe('captured data is hostile', () => {
  test('no secret of a capture is in a view', async () => {
    const trace = `${traces.noPkce}&client_secret=${SECRET}`;
    for (const setting of [
      { trace },
      { trace: traces.implicit },
      { trace: traces.password },
      { url: `https://app.example/cb#access_token=${TOKEN}&state=${STATE}&client_secret=${SECRET}` },
    ]) {
      const text = said(await viewOf(setting));
      for (const secret of [CODE, STATE, TOKEN, SECRET, 'correct-horse-battery']) expect(text).not.toContain(secret);
    }
  });

  test('a value of a megabyte does not make a view of a megabyte', async () => {
    const big = 'x'.repeat(1_000_000);
    const trace = `GET https://as.example/authorize?response_type=code&client_id=${big}&redirect_uri=https%3A%2F%2Fapp.example%2F${big}&scope=${big}`;
    const view = await viewOf({ trace, url: `https://app.example/${big}?${big}=${big}` });
    expect(said(view).length).toBeLessThan(40_000);
  });

  test('nothing that hides or reorders text is in a view, whatever the parameters', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(40), async (text) => {
        const value = encodeURIComponent(text.replace(/\p{Cs}/gu, '\u202e'));
        const trace = `GET https://as.example/authorize?response_type=code&client_id=${value}&state=${value}&${value}=${value}&redirect_uri=https%3A%2F%2Fapp.example%2F${value}`;
        const view = await viewOf({ trace, url: `https://app.example/cb?${value}=${value}&code=${CODE}` });
        // JSON escapes controls by itself; what it escaped, a view would have shown.
        expect(said(view)).not.toMatch(/\\u00[01]|[\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u);
      }),
      { numRuns: 60 },
    );
  });

  test('markup stays text', async () => {
    const trace =
      'GET https://as.example/authorize?response_type=code&client_id=%3Cimg%20src%3Dx%3E&state=abcdefghijklmnop';
    const { flow } = await judge(trace);
    expect(flow.clientId).toBe('<img src=x>');
    expect((await viewOf({ trace })).state).toBe('flow');
  });
});
