import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe } from '../../../lib/log/observe.ts';
import type { LogEntry, LogRecord } from '../../../lib/log/records.ts';
import { unseen } from '../../../lib/model/observation.ts';
import { seeded } from '../har/seeded.ts';
import { completed, entries, failed, headers, madeLog, OWN, redirect, request } from './traffic.ts';

const AUTHORIZE = 'https://as.example/authorize?client_id=c&response_type=token&state=s';
const CALLBACK = 'https://app.example/cb#access_token=t&state=s';
const TOKEN = 'https://as.example/token';

const XHR = { id: '9', type: 'xmlhttprequest', method: 'POST', from: 'https://app.example' };

describe('a body that a page told', () => {
  const told = (text: string, at: number, address = TOKEN) =>
    ({ is: 'body', at, tab: 7, address, status: 200, text }) as const;
  const bodies = (...records: readonly LogRecord[]) =>
    observe(entries(...records), OWN).observations.map(({ outcome }) =>
      outcome.is === 'response' && outcome.response.body.seen && outcome.response.body.value?.is === 'text'
        ? outcome.response.body.value.text
        : null,
    );
  const asked = (id: string, at: number) => [
    request(TOKEN, { ...XHR, id, at, recorded: true }),
    completed(TOKEN, 200, { ...XHR, id, at: at + 10, recorded: true }),
  ];

  it('is that of the request it answers, once each, and never of one that another tab sent', () => {
    expect(bodies(...asked('1', 100), told('one', 115), ...asked('2', 5000), told('two', 5008))).toEqual([
      'one',
      'two',
    ]);
    expect(bodies(...asked('1', 100), told('one', 115), told('again', 116))).toEqual(['one']);
    expect(bodies(...asked('1', 100), { ...told('one', 115), tab: 8 })).toEqual([null]);
    expect(bodies(...asked('1', 100), told('one', 115, 'https://as.example/other'))).toEqual([null]);
    expect(bodies(...asked('1', 9000), told('before it', 115))).toEqual([null]);
    expect(bodies(told('of no request', 115))).toEqual([]);
  });

  it('is not believed of a tab that was not recorded', () => {
    expect(bodies(request(TOKEN, XHR), completed(TOKEN, 200, XHR), told('x', 3))).toEqual([null]);
  });
});

describe('observe', () => {
  it('makes one exchange of each hop, linked to the hop before, fragments kept', () => {
    const { observations } = observe(
      entries(
        request(AUTHORIZE),
        redirect(AUTHORIZE, CALLBACK),
        request(CALLBACK),
        request('https://other.example/', { id: '2' }),
      ),
      OWN,
    );
    expect(observations).toMatchObject([
      { id: '1.0', redirectedFrom: null, capture: 'watch', resource: 'document', tab: 7, request: { url: AUTHORIZE } },
      { id: '1.1', redirectedFrom: '1.0', request: { url: CALLBACK }, outcome: { is: 'unknown' } },
      { id: '2.0', redirectedFrom: null },
    ]);
    expect(observations[0]?.outcome).toMatchObject({
      is: 'response',
      response: { status: 302, headers: { seen: true, value: [['Location', CALLBACK]] } },
    });
  });

  it('links hops by their request alone where the browser told of no redirect', () => {
    const { observations } = observe(entries(request(AUTHORIZE), request(CALLBACK)), OWN);
    expect(observations.map(({ redirectedFrom }) => redirectedFrom)).toEqual([null, '1.0']);
  });

  it('makes an exchange of a redirect alone: the hop itself carried nothing of OAuth', () => {
    const { observations } = observe(
      entries(redirect('https://app.example/login', AUTHORIZE), request(AUTHORIZE)),
      OWN,
    );
    expect(observations).toMatchObject([
      { request: { url: 'https://app.example/login', body: { seen: true, value: null } } },
      { redirectedFrom: '1.0' },
    ]);
  });

  it('orders the hops by the time of their events', () => {
    const { observations } = observe(
      entries(
        request(AUTHORIZE, { at: 2 }),
        request(CALLBACK, { at: 4 }),
        redirect('https://app.example/login', AUTHORIZE, { at: 1 }),
        redirect(AUTHORIZE, CALLBACK, { at: 3 }),
      ),
      OWN,
    );
    expect(observations.map(({ id, redirectedFrom }) => [id, redirectedFrom])).toEqual([
      ['1.0', null],
      ['1.1', '1.0'],
      ['1.2', '1.1'],
    ]);
    expect(observations.map(({ outcome }) => outcome.is)).toEqual(['response', 'response', 'unknown']);
  });

  it('tells a redirect to the same address apart from a repetition of the event', () => {
    const twice = [
      request(AUTHORIZE, { at: 1 }),
      redirect(AUTHORIZE, AUTHORIZE, { at: 2 }),
      request(AUTHORIZE, { at: 3 }),
    ] as const;
    expect(observe(entries(...twice), OWN).observations).toHaveLength(2);
    expect(observe(entries(twice[0], twice[0], twice[1], twice[1]), OWN).observations).toHaveLength(1);
    // The second request's own record was lost: its end cannot be the end of the first.
    expect(observe(entries(twice[1], redirect(AUTHORIZE, CALLBACK, { at: 4 })), OWN).observations).toHaveLength(2);
  });

  it('assembles a token request: body, headers, status', () => {
    const form = { is: 'form', fields: [['grant_type', 'authorization_code']] } as const;
    const { observations } = observe(
      entries(
        request(TOKEN, { ...XHR, body: { seen: true, value: form } }),
        headers(TOKEN, [['Origin', 'https://app.example']], XHR),
        completed(TOKEN, 400, XHR),
      ),
      OWN,
    );
    expect(observations).toMatchObject([
      {
        resource: 'xhr',
        initiator: 'https://app.example',
        request: {
          method: 'POST',
          body: { seen: true, value: form },
          headers: { seen: true, value: [['Origin', 'https://app.example']] },
        },
        outcome: { is: 'response', response: { status: 400, body: { seen: false, why: 'api-hides-it' } } },
      },
    ]);
  });

  it('takes the last of two sets of headers: the browser repeated the request after a 401', () => {
    const { observations } = observe(
      entries(
        request(TOKEN, XHR),
        headers(TOKEN, [], { ...XHR, at: 1001 }),
        headers(TOKEN, [['authorization', 'Basic YTpi']], { ...XHR, at: 1002 }),
      ),
      OWN,
    );
    expect(observations).toHaveLength(1);
    expect(observations[0]?.request.headers).toEqual({ seen: true, value: [['authorization', 'Basic YTpi']] });
  });

  it('says of every absent part why it is absent', () => {
    const [running, posted, broken, frame] = observe(
      entries(
        request(TOKEN, XHR),
        completed(`${TOKEN}?2`, 200, { ...XHR, id: '10' }),
        failed(`${TOKEN}?3`, 'net::ERR_FAILED', { ...XHR, id: '11', method: 'GET' }),
        request(AUTHORIZE, { id: '12' }),
      ),
      OWN,
    ).observations;
    expect(running?.request.headers).toEqual(unseen('not-yet'));
    expect(running?.outcome).toEqual({ is: 'unknown' });
    expect(posted?.request.headers).toEqual(unseen('stripped'));
    expect(posted?.request.body).toEqual(unseen('stripped'));
    expect(broken?.request.body).toEqual({ seen: true, value: null });
    expect(broken?.outcome).toEqual({ is: 'failed', reason: 'net::ERR_FAILED' });
    expect(frame?.request.headers).toEqual(unseen('stripped'));
  });

  it('notes what was evicted, lost, cut or too large', () => {
    const { notes, observations } = observe(
      entries(
        { is: 'evicted', at: 1, tab: 3, records: 12, whole: true },
        { is: 'lost', at: 2, tab: -1, reason: 'quota' },
        request(TOKEN, { ...XHR, at: 3, body: unseen('too-large') }),
        request(AUTHORIZE, { at: 4, cut: true }),
      ),
      OWN,
    );
    expect(notes).toEqual([
      { is: 'body-too-large', tab: 7, time: 3, exchange: '9.0' },
      { is: 'address-cut', tab: 7, time: 4, exchange: '1.0' },
      { is: 'evicted', tab: 3, time: 1, records: 12, whole: true },
      { is: 'lost', tab: null, time: 2, reason: 'quota' },
    ]);
    expect(observations[1]?.truncated).toBe(true);
  });

  it('gives private windows and containers traces of their own', () => {
    const { observations } = observe(
      entries(
        request(AUTHORIZE, { id: 'a' }),
        request(AUTHORIZE, { id: 'b', private: true }),
        request(AUTHORIZE, { id: 'c', store: 'firefox-container-1' }),
        request(AUTHORIZE, { id: 'd', store: 'firefox-container-2' }),
      ),
      OWN,
    );
    expect(new Set(observations.map(({ trace }) => trace)).size).toBe(4);
  });

  describe('the own sign-in window', () => {
    const redirectUri = encodeURIComponent('https://abc.chromiumapp.org/cb');
    const start = `https://as.example/authorize?client_id=me&redirect_uri=${redirectUri}&state=s`;

    it('is a run: the request before the window shows, its login pages, and the way back', () => {
      const { observations } = observe(
        entries(
          request(start, { id: 'a', tab: -1, from: OWN.origin }),
          request('https://as.example/login?state=s', { id: 'a', tab: 5, from: OWN.origin }),
          request('https://as.example/login?state=s', { id: 'b', tab: 5, from: 'https://as.example', method: 'POST' }),
          redirect('https://as.example/resume?state=s', 'https://abc.chromiumapp.org/cb?code=c', { id: 'c', tab: 5 }),
          request('https://as.example/token', { id: 'd', tab: -1, type: 'xmlhttprequest', from: OWN.origin }),
          request(AUTHORIZE, { id: 'e', tab: 6 }),
        ),
        OWN,
      );
      expect(observations.map(({ capture }) => capture)).toEqual(['run', 'run', 'run', 'run', 'run', 'watch']);
      expect(observations[0]?.trace).not.toBe(observations[5]?.trace);
    });

    it('is not a tab that a link of the extension opened', () => {
      const { observations } = observe(entries(request(AUTHORIZE, { from: OWN.origin })), OWN);
      expect(observations[0]?.capture).toBe('watch');
    });

    it('is not a site whose origin merely begins like the extension', () => {
      const { observations } = observe(entries(request(TOKEN, { tab: -1, from: `${OWN.origin}d` })), OWN);
      expect(observations[0]?.capture).toBe('watch');
    });
  });

  it('does not depend on order or repetition of the entries', () => {
    fc.assert(
      fc.property(madeLog, fc.infiniteStream(fc.nat()), (log, chance) => {
        const twice = [...log.entries, ...log.entries.filter(() => (chance.next().value ?? 0) % 3 === 0)];
        const shuffled = shuffle(twice, () => chance.next().value ?? 0);
        expect(observe(shuffled, OWN)).toEqual(observe(log.entries, OWN));
      }),
      seeded(200),
    );
  });

  it('does not mind that a starting background is told of events listener by listener', () => {
    const LISTENERS = ['request', 'headers', 'redirect', 'completed', 'failed'];
    const place = ({ record }: LogEntry) => LISTENERS.indexOf(record.is);
    fc.assert(
      fc.property(madeLog, fc.nat(30), ({ entries: log }, asleep) => {
        const late = log.slice(asleep).toSorted((a, b) => place(a) - place(b));
        const told = [...log.slice(0, asleep), ...late].map(({ record }) => record);
        expect(observe(entries(...told), OWN)).toEqual(observe(log, OWN));
      }),
      seeded(200),
    );
  });

  it('takes an event that was told twice, one after the other, for one', () => {
    fc.assert(
      fc.property(madeLog, ({ entries: log }) => {
        const told = log.flatMap(({ key, record }) => [
          { key: `${key}a`, record },
          { key: `${key}b`, record },
        ]);
        expect(observe(told, OWN)).toEqual(observe(log, OWN));
      }),
      seeded(200),
    );
  });

  it('links every hop of which a record is left to the nearest one before, whatever was lost', () => {
    fc.assert(
      fc.property(madeLog, fc.infiniteStream(fc.boolean()), (log, chance) => {
        const kept = log.entries.filter(() => chance.next().value);
        const hops = new Set(kept.map(({ key }) => log.hopOf.get(key)));
        const { observations } = observe(kept, OWN);
        for (const [number, chain] of log.requests.entries()) {
          const left = chain.filter((hop) => hops.has(hop));
          const made = observations.filter(({ id }) => id.startsWith(`r${number}.`));
          expect(made.map(({ request: { url } }) => bare(url))).toEqual(left.map(({ url }) => bare(url)));
          expect(made.map(({ redirectedFrom }) => redirectedFrom)).toEqual(
            [null, ...made.map(({ id }) => id)].slice(0, -1),
          );
        }
        expect(new Set(observations.map(({ id }) => id)).size).toBe(observations.length);
      }),
      seeded(300),
    );
  });
});

function bare(url: string): string {
  return url.split('#', 1)[0] ?? '';
}

function shuffle(list: readonly LogEntry[], random: () => number): LogEntry[] {
  const left = [...list];
  const result: LogEntry[] = [];
  while (left.length > 0) result.push(...left.splice(random() % left.length, 1));
  return result;
}
