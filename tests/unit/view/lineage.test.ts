import { describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { traceLineage } from '../../../lib/engine/lineage.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import { RULES } from '../../../lib/rules/index.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { lineageBase, valueGroups, valueLife } from '../../../lib/view/lineage.ts';
import { plainText } from '../../../lib/view/text.ts';
import { NOON } from './support.ts';

const TOKEN = '2YotnFZFEjr1zCsicMWpAA8h3kQv7Lr0';
const STATE = 'Zk3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEf';

/** An implicit sign-in whose token is kept, sent to the API twice and told to somebody else. */
const TRACE = `GET https://as.example/authorize?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${STATE}

302
Location: https://app.example/cb#access_token=${TOKEN}&token_type=Bearer&expires_in=600&state=${STATE}

# time +10
GET https://app.example/cb#access_token=${TOKEN}&token_type=Bearer&expires_in=600&state=${STATE}

# time +20
# resource xhr
GET https://api.example/orders
Authorization: Bearer ${TOKEN}

# time +30
# resource xhr
GET https://api.example/orders?page=2
Authorization: Bearer ${TOKEN}

# time +40
# resource xhr
GET https://tags.metrics.test/p?dl=https%3A%2F%2Fapp.example%2F%3Ft%3D${TOKEN}

# time +50
STORAGE local https://app.example
auth = {"access_token":"${TOKEN}"}
`;

async function dataOf(now: number, trace = TRACE): Promise<InspectorData> {
  const observations = parseObservations(trace);
  const analysis = await analyse(observations, { now });
  return {
    analysis,
    source: { kind: 'live', name: 'app.example' },
    judged: true,
    told: new Map(),
    byTold: {},
    profile: 'rfc9700',
    observations,
    lineage: traceLineage(analysis),
    notes: [],
    unread: [],
    rules: new Map(RULES.map((rule) => [rule.id, rule])),
    show: (value) => value as never,
    now,
  };
}

async function lifeOf(now = NOON + 60_000, trace = TRACE, of = 'Access token') {
  const base = lineageBase(await dataOf(now, trace));
  const row = valueGroups(base, '')
    .flatMap(({ values }) => values)
    .find(({ kind }) => kind === of);
  const life = valueLife(base, row?.key ?? null);
  if (life === null) throw new Error(`${of} is not there`);
  return life;
}

/** A sign-in with a code, redeemed 0.3 s after it came back, whose refresh token is sent a minute later. */
const CODE_TRACE = (renewed: string): string => `
# time +0
GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${STATE}

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=${STATE}

# time +0.1
GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=${STATE}

200

# time +0.4
# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&client_id=web1&code=SplxlOBeZQQYbYS6WxSbIA&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&redirect_uri=https%3A%2F%2Fapp.example%2Fcb

200
Content-Type: application/json

{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}

# time +60${renewed}
`;
const renewal = (answer: string, hides = ''): string => `${hides}
# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=refresh_token&client_id=web1&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA

${answer}
`;
const NEXT = '{"access_token":"Hq8vT1mXc0aJr5yW2bN7uGd4sLhEf","token_type":"Bearer"';
const renewed = (body: string): string => renewal(`200\nContent-Type: application/json\n\n${body}`);

describe('the life of a value', () => {
  test('of a refresh token that was sent: replaced only where another one came, else what is not known', async () => {
    const refresh = async (trace: string) => {
      const { facts, lanes } = await lifeOf(NOON + 90_000, CODE_TRACE(trace), 'Refresh token');
      const ended = lanes.at(-1);
      return [facts.map(({ label, text }) => `${label} ${text}`), ended?.says, ended?.marks.length];
    };
    expect(await refresh(renewed(`${NEXT},"refresh_token":"Wq7vT1mXc0aJr5yW2bN7uGd4sLhEf"}`))).toEqual([
      ['Replaced after 59 s'],
      'replaced by another one',
      1,
    ]);
    expect(await refresh(renewed(`${NEXT}}`))).toEqual([[], 'no end was seen', 0]);
    expect(await refresh(renewal('200', '\n# hides response-body'))).toEqual([
      ['Replaced cannot tell'],
      'sent, but what came of it is not visible',
      0,
    ]);
    const code = await lifeOf(NOON + 90_000, CODE_TRACE(''), 'Code');
    expect(code.facts).toEqual([{ label: 'Redeemed', text: 'after 0.3 s', bad: false }]);
    expect(code.lanes.at(-1)?.says).toBe('redeemed');
  });

  test('is issued, kept, sent, leaked and ended, each place a lane', async () => {
    const { lanes } = await lifeOf();
    expect(lanes.map(({ step, place, says }) => [step, place, says])).toEqual([
      ['Issued', 'as.example', ''],
      ['Kept', 'localStorage of app.example', '1 sighting'],
      ['Sent', 'app.example', '1 request'],
      ['Sent', 'api.example', '2 requests'],
      ['Leaked', 'tags.metrics.test', '1 request'],
      ['Ended', '', 'not revoked yet'],
    ]);
    for (const { at, to } of lanes.flatMap(({ marks }) => marks)) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(to ?? at).toBeGreaterThanOrEqual(at);
      expect(to ?? at).toBeLessThanOrEqual(1);
    }
  });

  test('ends in a storage with the first look that does not find it any more', async () => {
    const kept = async (more: string) =>
      (await lifeOf(NOON + 300_000, `${TRACE}\n${more}`)).lanes
        .filter(({ kind }) => kind === 'kept')
        .map(({ says, marks }) => [says, marks.some(({ ahead }) => ahead)]);
    const look = (seconds: number, text: string, area = 'local'): string =>
      `# time +${seconds}\nSTORAGE ${area} https://app.example\n${text}\n\n`;
    const held = `auth = {"access_token":"${TOKEN}"}`;
    expect(await kept(look(60, 'theme = dark'))).toEqual([['1 sighting, then removed', false]]);
    expect(await kept(look(60, 'theme = dark') + look(90, held))).toEqual([['2 sightings', true]]);
    expect(await kept(look(60, held) + look(90, 'theme = dark'))).toEqual([['2 sightings, then removed', false]]);
    // Another area says nothing of this one, nor does a look that was cut.
    expect(await kept(look(60, 'theme = dark', 'session'))).toEqual([['1 sighting', true]]);
    expect(await kept(`# truncated\n${look(60, 'theme = dark')}`)).toEqual([['1 sighting', true]]);
  });

  test('a message passes by, in a lane of what was sent', async () => {
    const { lanes } = await lifeOf(
      NOON + 60_000,
      `${TRACE}\nMESSAGE https://app.example/\n\n{"targetOrigin":"*","data":{"access_token":"${TOKEN}"}}\n`,
    );
    expect(lanes.filter(({ place }) => place.startsWith('postMessage')).map(({ kind, says }) => [kind, says])).toEqual([
      ['sent', '1 sighting'],
    ]);
  });

  test('has no two times on one another on its line', async () => {
    for (const later of [1000, 60_000, 200_000, 300_000, 580_000, 599_000, 601_000, 900_000, 3_600_000]) {
      const { axis } = await lifeOf(NOON + later);
      for (const [index, { at }] of axis.entries()) {
        expect(at - (axis[index - 1]?.at ?? -1)).toBeGreaterThanOrEqual(0.2);
      }
      expect(axis.length).toBeGreaterThan(1);
    }
  });

  test('says how long it still is good, and how often it left for others', async () => {
    const { facts } = await lifeOf();
    expect(facts).toEqual([
      { label: 'Expires in', text: '9 min 10 s', bad: false },
      { label: 'Left for others', text: '1 time', bad: true },
    ]);
    const late = await lifeOf(NOON + 3_600_000);
    expect(late.facts[0]).toEqual({ label: 'Expired', text: '49 min 50 s ago', bad: false });
    expect(late.lanes.at(-1)?.says).toBe('expired');
  });

  test('lists every sighting, with how it was written there', async () => {
    const { sightings } = await lifeOf();
    expect(sightings.map(({ where, as, leak }) => [where, as, leak])).toEqual([
      ['Answer of as.example/authorize, Location access_token', 'exact', false],
      ['GET app.example/cb, fragment access_token', 'exact', false],
      ['GET api.example/orders, Authorization', 'exact', false],
      ['GET api.example/orders, Authorization', 'exact', false],
      ['GET tags.metrics.test/p, query dl', 'percent-encoded', true],
      ['localStorage of app.example, storage auth.access_token', 'JSON member', false],
    ]);
  });

  test('stands beside the findings that rest on it, and its row has the shape of the worst', async () => {
    const { findings, row } = await lifeOf();
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['token-in-localstorage', 'token-in-analytics-url', 'token-in-fragment']),
    );
    expect(row.shape).toBe('high');
  });

  test('each sighting has the shape of the worst finding about it there, and its number in the diagram', async () => {
    const { sightings, lanes } = await lifeOf();
    expect(sightings.map(({ shape, arrow }) => [shape, arrow?.number ?? null])).toEqual([
      ['pass', 2],
      ['high', 3],
      ['info', 4],
      ['info', 6],
      ['high', null],
      ['medium', null],
    ]);
    const shapes = (of: string) =>
      lanes.filter(({ kind }) => kind === of).flatMap(({ marks }) => marks[0]?.shape ?? []);
    expect(shapes('kept')).toEqual(['medium']);
    expect(shapes('leaked')).toEqual(['high']);
    expect(shapes('ended')).toEqual(['cannotTell']);
  });

  test('a token is told with who gave it to whom, where it is used and for what', async () => {
    expect(plainText((await lifeOf()).detail)).toBe('as.example for web1, at api.example.');
    const scoped = TRACE.replace('&state', '&scope=orders%3Aread&state');
    expect(plainText((await lifeOf(NOON, scoped)).detail)).toBe(
      'as.example for web1, at api.example. Scope orders:read',
    );
    const narrowed = scoped.replaceAll('&expires_in', '&scope=orders&expires_in');
    expect(plainText((await lifeOf(NOON, narrowed)).detail)).toMatch(/Scope orders$/);
    expect(plainText((await lifeOf(NOON, TRACE, 'State')).detail)).toMatch(
      /^Signing in with as\.example\. Today at \d\d:00\.$/,
    );
  });

  test('a finding that goes away with another one about the same value has no card of its own', async () => {
    const { findings } = await lifeOf();
    const keys = (list: typeof findings): string[] => list.flatMap(({ key, children }) => [key, ...keys(children)]);
    expect(new Set(keys(findings)).size).toBe(keys(findings).length);
  });

  test('shows the value in no part of it', async () => {
    expect(JSON.stringify(await lifeOf())).not.toContain(TOKEN);
  });
});

describe('a row says what came of its value', () => {
  const rowsOf = async (trace: string) => {
    const rows = valueGroups(lineageBase(await dataOf(NOON + 90_000, trace)), '').flatMap(({ values }) => values);
    return Object.fromEntries(rows.map(({ mark, says }) => [mark, says]));
  };
  const shapesOf = async (trace: string) => {
    const rows = valueGroups(lineageBase(await dataOf(NOON + 90_000, trace)), '').flatMap(({ values }) => values);
    return Object.fromEntries(rows.map(({ mark, shape }) => [mark, shape]));
  };
  const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const stored = (seconds: number, text: string): string =>
    `\n\n# time +${seconds}\nSTORAGE session https://app.example\n${text}\n`;

  test('redeemed, replaced, refused, returned', async () => {
    const rotated = renewed(`${NEXT},"refresh_token":"Wq7vT1mXc0aJr5yW2bN7uGd4sLhEf"}`);
    expect(await rowsOf(CODE_TRACE(rotated))).toMatchObject({
      C1: 'redeemed after 0.3 s',
      V1: 'redeemed',
      S1: 'returned unchanged',
      R1: 'replaced after 59 s',
    });
    expect(await rowsOf(CODE_TRACE(renewed(`${NEXT}}`)))).toMatchObject({ R1: 'sent, not replaced' });
    const refused = renewal('400\nContent-Type: application/json\n\n{"error":"invalid_grant"}');
    expect(await rowsOf(CODE_TRACE(refused))).toMatchObject({ R1: 'refused after 59 s' });
    expect(await rowsOf(CODE_TRACE(''))).toMatchObject({ A1: '1 place, 1 sighting', R1: '1 place, 1 sighting' });
  });

  test('a verifier is still there only where a look after its use finds it', async () => {
    const held = `pkce = ${VERIFIER}`;
    expect(await rowsOf(CODE_TRACE(stored(60, held)))).toMatchObject({ V1: 'still in sessionStorage' });
    expect(await rowsOf(CODE_TRACE(stored(60, held) + stored(61, 'theme = dark')))).toMatchObject({ V1: 'redeemed' });
  });

  test('what nobody could tell has that shape and no other, and is said beside the findings', async () => {
    const hidden = CODE_TRACE(renewal('200', '\n# hides response-body'));
    expect(await rowsOf(hidden)).toMatchObject({ R1: 'sent, answer not visible' });
    const openOf = async (trace: string, kind: string) =>
      (await lifeOf(NOON + 90_000, trace, kind)).open.map(({ what }) => what);
    expect(await openOf(hidden, 'Refresh token')).toEqual(['Whether it was replaced.', 'Whether the page keeps it.']);
    expect(await openOf(CODE_TRACE(stored(60, 'theme = dark')), 'Access token')).toEqual([]);
    const watched = `# capture watch\n${TRACE}`.replaceAll('\n# time', '\n# capture watch\n# time');
    expect(await openOf(watched, 'Access token')).toEqual(['Where else it was sent.']);
    const [request = ''] = CODE_TRACE('').split('\n302');
    expect(await rowsOf(request)).toMatchObject({ S1: 'no response seen' });
    expect(await shapesOf(request)).toEqual({ S1: 'cannotTell' });
    expect(await openOf(request, 'State')).toEqual(['Whether it came back unchanged.']);
  });

  test('a nonce is in the ID token, or the token was not opened, or none was seen', async () => {
    const NONCE = 'n-0S6_WzA2MjQ7xk3pLmQa';
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const withNonce = (idToken: string | null): string => {
      const trace = CODE_TRACE('').replace('&client_id=web1', `&scope=openid&nonce=${NONCE}&client_id=web1`);
      return idToken === null ? trace : trace.replace('"token_type"', `"id_token":"${idToken}","token_type"`);
    };
    const signed = `${part({ alg: 'RS256' })}.${part({ iss: 'https://as.example', nonce: NONCE })}.c2ln`;
    expect(await rowsOf(withNonce(signed))).toMatchObject({ N1: 'in the ID token' });
    const encrypted = `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`;
    expect(await rowsOf(withNonce(encrypted))).toMatchObject({ N1: 'ID token not opened' });
    expect(await rowsOf(withNonce(null))).toMatchObject({ N1: 'no ID token seen' });
  });
});

test('what is public, and what has no kind of its own, is called what it is', async () => {
  const more =
    '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&login_hint=alice%40app.example';
  const base = lineageBase(await dataOf(NOON, CODE_TRACE('').replace('&client_id=web1', `${more}&client_id=web1`)));
  const kinds = valueGroups(base, '').flatMap(({ values }) => values.map(({ kind }) => kind));
  expect(kinds).toContain('Code challenge');
  expect(kinds).toContain('Login hint');
});

test('values are found by kind and by host, under their sign-in', async () => {
  const base = lineageBase(await dataOf(NOON));
  const found = (query: string) => valueGroups(base, query).map(({ values }) => values.map(({ kind }) => kind));
  expect(found('')).toEqual([['State', 'Access token']]);
  expect(found('metrics')).toEqual([['Access token']]);
  expect(found('state')).toEqual([['State']]);
  expect(found('nothing like it')).toEqual([]);
  expect(valueLife(base, 'gone')).toBeNull();
});
