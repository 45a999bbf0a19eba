import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { analyse } from '../../../lib/analyse.ts';
import { createFinder } from '../../../lib/engine/find-values.ts';
import { traceLineage } from '../../../lib/engine/lineage.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Lineage, TrackedValue } from '../../../lib/model/lineage.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import { seeded } from '../har/seeded.ts';

const TOKEN = '2YotnFZFEjr1zCsicMWpAA+x/7=';
const encoded = encodeURIComponent(TOKEN);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

async function lineageOf(observations: readonly Observation[]): Promise<Lineage> {
  return traceLineage(await analyse(observations, { rules: [] }));
}

const SIGN_IN = `
GET https://as.example/authorize?response_type=code&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjAB12&nonce=n-0S6_WzA2MjQ9f8a&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjAB12

GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjAB12

200

# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&client_id=c1&code=SplxlOBeZQQYbYS6WxSbIA&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&redirect_uri=https%3A%2F%2Fapp.example%2Fcb

200
Content-Type: application/json

{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}
`;

const token = ({ values }: Lineage): TrackedValue => {
  const found = values.find(({ value }) => value === TOKEN);
  if (found === undefined) throw new Error('the access token is not tracked');
  return found;
};

/** A second observation in which the token travels, and as what it must be found there. */
const WAYS: readonly (readonly [way: string, block: string, place: string, as: string])[] = [
  ['query', `GET https://api.example/a?access_token=${encoded}`, 'query', 'exact'],
  ['fragment', `GET https://app.example/#access_token=${encoded}&x=1`, 'fragment', 'exact'],
  ['Referer', `GET https://cdn.example/a.js\nReferer: https://app.example/?t=${encoded}`, 'referer', 'exact'],
  ['Location', `GET https://app.example/go\n\n302\nLocation: https://other.example/?t=${encoded}`, 'location', 'exact'],
  [
    'form',
    `POST https://api.example/f\nContent-Type: application/x-www-form-urlencoded\n\na=1&t=${encoded}`,
    'body',
    'exact',
  ],
  ['JSON', `POST https://api.example/j\nContent-Type: application/json\n\n{"a":{"t":"${TOKEN}"}}`, 'body', 'json'],
  ['header', `GET https://api.example/h\nX-Api-Token: ${TOKEN}`, 'header', 'exact'],
  ['Authorization', `GET https://api.example/h\nAuthorization: Bearer ${TOKEN}`, 'authorization', 'exact'],
  ['cookie', `GET https://app.example/c\nCookie: a=1; sid=${encoded}`, 'cookie', 'percent-encoded'],
  ['Set-Cookie', `GET https://app.example/c\n\n200\nSet-Cookie: sid=${encoded}; Secure`, 'cookie', 'percent-encoded'],
  ['storage', `STORAGE local https://app.example\nauth = {"user":{"accessToken":"${TOKEN}"}}`, 'storage', 'json'],
  [
    'storage, escaped',
    `STORAGE session https://app.example\nauth = "{\\"t\\":\\"${TOKEN.replaceAll('/', '\\/')}\\"}"`,
    'storage',
    'json',
  ],
  [
    'postMessage',
    `MESSAGE https://app.example/\n\n{"targetOrigin":"*","data":"{\\"t\\":\\"${TOKEN}\\"}"}`,
    'message',
    'json',
  ],
  ['script', `INLINE https://app.example/\n\nwindow.t = "${TOKEN}";`, 'script', 'part'],
  [
    'percent-encoded in an address',
    `GET https://m.example/p?dl=${encodeURIComponent(`https://app.example/?t=${encoded}`)}`,
    'query',
    'percent-encoded',
  ],
  [
    'percent-encoded three times',
    `GET https://m.example/p?x=${encodeURIComponent(encodeURIComponent(encoded))}`,
    'query',
    'percent-encoded',
  ],
  [
    'base64 in state',
    `GET https://as2.example/authorize?response_type=code&client_id=c2&state=${encodeURIComponent(base64(`{"r":"/","t":"${TOKEN}"}`))}`,
    'query',
    'base64',
  ],
  ['base64url in JSON', `POST https://m.example/j\n\n{"d":"${base64url(`a=1&t=${TOKEN}&b=2`)}"}`, 'body', 'base64'],
  ['base64 of itself', `GET https://m.example/p?x=${encodeURIComponent(base64(TOKEN))}`, 'query', 'base64'],
  ['inside of a path', `GET https://m.example/p/${encoded}/x`, 'path', 'percent-encoded'],
];

describe('a value is followed', () => {
  test.each(WAYS)('%s', async (_way, block, place, as) => {
    const observations = parseObservations(`${SIGN_IN}\n${block}\n`);
    const { mark, sightings } = token(await lineageOf(observations));
    expect(mark).toBe('A1');
    const there = sightings.filter(({ observation }) => observation === observations.length - 1);
    expect(there).toEqual([expect.objectContaining({ place, as })]);
  });

  test.each(WAYS)('%s: another value of the same beginning, or the same end, is not it', async (_way, block) => {
    for (const other of [`${TOKEN.slice(0, -1)}Z`, `${TOKEN.slice(0, -2)}77=`, `Z${TOKEN}`]) {
      const changed = replaceEverywhere(block, TOKEN, other);
      expect(changed).not.toBe(block);
      const observations = parseObservations(`${SIGN_IN}\n${changed}\n`);
      const { sightings } = token(await lineageOf(observations));
      expect(sightings.map(({ observation }) => observation)).not.toContain(observations.length - 1);
    }
  });

  test('an ID token holds the nonce', async () => {
    const idToken = `${base64url('{"alg":"RS256"}')}.${base64url('{"iss":"https://as.example","nonce":"n-0S6_WzA2MjQ9f8a"}')}.c2ln`;
    const observations = parseObservations(SIGN_IN.replace('"token_type"', `"id_token":"${idToken}","token_type"`));
    const { values } = await lineageOf(observations);
    const nonce = values.find(({ letter }) => letter === 'N');
    expect(nonce?.sightings.map(({ as, name }) => [as, name])).toEqual([
      ['exact', 'nonce'],
      ['base64', 'id_token'],
    ]);
  });
});

/** Writes `by` wherever the text holds `value`, in each way in which the examples write it. */
function replaceEverywhere(text: string, value: string, by: string): string {
  const writings: ((plain: string) => string)[] = [
    (plain) => plain,
    encodeURIComponent,
    (plain) => encodeURIComponent(encodeURIComponent(plain)),
    (plain) => encodeURIComponent(encodeURIComponent(encodeURIComponent(plain))),
    (plain) => plain.replaceAll('/', '\\/'),
    (plain) => encodeURIComponent(base64(`{"r":"/","t":"${plain}"}`)),
    (plain) => base64url(`a=1&t=${plain}&b=2`),
    (plain) => encodeURIComponent(base64(plain)),
  ];
  return writings.reduce((changed, write) => changed.replaceAll(write(value), write(by)), text);
}

describe('the life of a value', () => {
  test('marks, relations and times', async () => {
    const { values, mark } = await lineageOf(
      parseObservations(`${SIGN_IN}
# time +10
GET https://api.example/orders
Authorization: Bearer ${TOKEN}

GET https://metrics.example/p?dl=https%3A%2F%2Fapp.example%2F%3Ft%3D${encodeURIComponent(encoded)}

# time +99
POST https://as.example/revoke
Content-Type: application/x-www-form-urlencoded

token=${encoded}&client_id=c1
`),
    );
    expect(values.map(({ mark: of }) => of).sort()).toEqual(['A1', 'C1', 'H1', 'N1', 'R1', 'S1', 'V1']);
    expect(mark('SplxlOBeZQQYbYS6WxSbIA')).toBe('C1');
    expect(mark('SplxlOBeZQQYbYS6WxSbI')).toBeNull();
    const [access, code] = ['A', 'C'].map((letter) => values.find((value) => value.letter === letter));
    expect(access?.sightings.map(({ direction, place, relation, host }) => [direction, place, relation, host])).toEqual(
      [
        ['response', 'body', 'server', 'as.example'],
        ['request', 'authorization', 'resource', 'api.example'],
        ['request', 'query', 'third-party', 'metrics.example'],
        ['request', 'body', 'server', 'as.example'],
      ],
    );
    const issued = access?.issued ?? 0;
    expect((access?.expires ?? 0) - issued).toBe(3_600_000);
    expect((access?.revoked ?? 0) > issued).toBe(true);
    expect(code?.sightings.map(({ place, relation }) => [place, relation])).toEqual([
      ['location', 'server'],
      ['query', 'client'],
      ['body', 'server'],
    ]);
    expect(code?.redemption).toEqual({ is: 'redeemed', time: (code?.issued ?? 0) + 1000 });
    expect(JSON.stringify(values.map(({ value: _value, ...rest }) => rest))).not.toContain(TOKEN);
  });

  test('of a token that was sent for new ones it says what the answer says, and nothing where it is not seen', async () => {
    const REFRESH = 'tGzv3JOkF0XG5Qx2TlKWIA';
    const renewal = (answer: string): string =>
      `${SIGN_IN}\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&client_id=c1&refresh_token=${REFRESH}\n${answer}`;
    const json = (status: number, body: object): string =>
      `\n${status}\nContent-Type: application/json\n\n${JSON.stringify(body)}\n`;
    const said = async (trace: string, letter = 'R') =>
      (await lineageOf(parseObservations(trace))).values.find((value) => value.letter === letter)?.redemption?.is ??
      null;
    const tokens = { access_token: 'Hq8vT1mXc0aJr5yW2bN7uGd4sLhEf', token_type: 'Bearer' };
    expect(await said(SIGN_IN)).toBeNull();
    expect(await said(renewal(json(200, { ...tokens, refresh_token: 'Wq7vT1mXc0aJr5yW2bN7uGd4sLhEf' })))).toBe(
      'replaced',
    );
    expect(await said(renewal(json(200, tokens)))).toBe('kept');
    expect(await said(renewal(json(200, { ...tokens, refresh_token: REFRESH })))).toBe('kept');
    expect(await said(renewal(json(400, { error: 'invalid_grant' })))).toBe('refused');
    expect(await said(renewal(json(401, { error: 'invalid_client' })))).toBe('unseen');
    expect(await said(renewal('\n503\n'))).toBe('unseen');
    expect(await said(renewal(''))).toBe('unseen');
    const hidden = renewal('\n200\n').split('\nPOST');
    expect(await said(`${hidden.slice(0, -1).join('\nPOST')}\n# hides response-body\nPOST${hidden.at(-1)}`)).toBe(
      'unseen',
    );
    // Its own answer decides on a code, also where nothing but the status is visible; a token that is shown is not spent.
    expect(await said(SIGN_IN, 'C')).toBe('redeemed');
    expect(await said(SIGN_IN.replace('# initiator', '# hides response-body\n# initiator'), 'V')).toBe('redeemed');
    const exchanged = renewal(json(200, tokens)).replace(
      /grant_type=refresh_token.*/,
      `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=c1&subject_token=${encoded}`,
    );
    expect(await said(exchanged, 'A')).toBeNull();
  });

  test('observations that come later change no mark', async () => {
    const all = parseObservations(
      `${SIGN_IN}\n${SIGN_IN.replaceAll('SplxlOBeZQQYbYS6WxSbIA', 'ZplxlOBeZQQYbYS6WxSb22')}`,
    );
    const whole = await lineageOf(all);
    for (let length = 1; length < all.length; length++) {
      for (const { value, mark } of (await lineageOf(all.slice(0, length))).values)
        expect(whole.mark(value)).toBe(mark);
    }
    expect(whole.mark('ZplxlOBeZQQYbYS6WxSb22')).toBe('C2');
  });

  test('the same value in two traces has one mark and two lives', async () => {
    const { values } = await lineageOf(
      parseObservations(`${SIGN_IN}
# trace other
GET https://api.example/orders
Authorization: Bearer ${TOKEN}
`),
    );
    const lives = values.filter(({ value }) => value === TOKEN);
    expect(lives.map(({ mark, trace, sightings }) => [mark, trace, sightings.length])).toEqual([
      ['A1', 'trace', 1],
      ['A1', 'other', 1],
    ]);
  });

  test('a word as a state is seen where it is the state, not wherever the word stands', async () => {
    const { values } = await lineageOf(
      parseObservations(`${SIGN_IN.replaceAll('af0ifjsldkjAB12', 'dashboard')}
GET https://app.example/dashboard?view=dashboard
`),
    );
    const state = values.find(({ letter }) => letter === 'S');
    expect(state?.sightings.map(({ place, name }) => [place, name])).toEqual([
      ['query', 'state'],
      ['location', 'state'],
      ['query', 'state'],
    ]);
  });
});

/** Values as clients make them: short and long, of digits, of hex, of base64, tokens that begin alike. */
const secret = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{8,60}$/),
  fc.stringMatching(/^[0-9]{6,24}$/),
  fc.stringMatching(/^[0-9a-f]{16,40}$/),
  fc.stringMatching(/^[A-Za-z0-9+/]{20,40}={0,2}$/),
  fc.stringMatching(/^state-0000[0-9]{1,9}$/),
  fc.stringMatching(/^eyJhbGciOiJSUzI1NiJ9\.eyJ[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{20,43}$/),
  fc.stringMatching(/^[a-z]{8,14}$/),
);

/**
 * None stands whole inside of another: `propertyIsEnumerable`, which generators of strings like to make, as a value and
 * as the signature of a token is found in both, and rightly so. A value that continues another's letters stays allowed.
 */
function areUnrelated(values: readonly string[]): boolean {
  return values.every((value) => values.every((other) => other === value || !standsIn(other, value)));
}

function standsIn(whole: string, part: string): boolean {
  const isLetter = (character: string): boolean => /[A-Za-z0-9]/.test(character);
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    if (!isLetter(whole.charAt(at - 1)) && !isLetter(whole.charAt(at + part.length))) return true;
  }
  return false;
}

const write: readonly ((value: string, n: number) => string)[] = [
  (v) => `GET https://api.example/a?q=${encodeURIComponent(v)}`,
  (v) => `GET https://app.example/#k=${encodeURIComponent(v)}`,
  (v) => `GET https://cdn.example/x\nReferer: https://app.example/p?z=${encodeURIComponent(v)}`,
  (v) => `GET https://m.example/p?dl=${encodeURIComponent(`https://app.example/?t=${encodeURIComponent(v)}`)}`,
  (v) => `GET https://m.example/p?b=${encodeURIComponent(base64(`{"a":"${v}"}`))}`,
  (v) => `POST https://m.example/p\nContent-Type: application/json\n\n{"deep":{"v":"${v}"}}`,
  (v) => `GET https://m.example/p\nCookie: s=${v}`,
  (v) => `STORAGE local https://app.example\nk = {"a":"${v}"}`,
  (v, n) =>
    `GET https://as.example/authorize?response_type=code&client_id=c${n}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${encodeURIComponent(v)}`,
  (v) => `GET https://app.example/cb?code=${encodeURIComponent(v)}&state=zzzzzzzz1${v.length}`,
  (v) => `GET https://api.example/r\nAuthorization: Bearer ${v}`,
];

describe('values that have nothing to do with each other', () => {
  test('are never linked, in 1,000 random logs', async () => {
    let tracked = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(secret, { minLength: 4, maxLength: 14 }).filter(areUnrelated),
        fc.array(fc.nat(write.length - 1), { minLength: 28, maxLength: 28 }),
        async (secrets, ways) => {
          const planted: string[] = [];
          const blocks = ways.map((way, index) => {
            const value = secrets[index % secrets.length] ?? '';
            planted.push(value);
            return write[way]?.(value, index) ?? '';
          });
          const { values } = await lineageOf(parseObservations(blocks.join('\n\n')));
          for (const { value, sightings } of values) {
            if (!secrets.includes(value)) continue;
            tracked += 1;
            for (const { observation } of sightings) expect(planted[observation]).toBe(value);
          }
        },
      ),
      seeded(1000),
    );
    expect(tracked).toBeGreaterThan(2000);
  });
});

describe('the finder', () => {
  test('finds what a search for each text finds', () => {
    const text = fc.stringMatching(/^[abc]{4,9}$/);
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 12 }), fc.stringMatching(/^[abc]{0,80}$/), (known, haystack) => {
        const expected: (readonly [number, string])[] = [];
        for (let at = 0; at < haystack.length; at++) {
          const longest = known.filter((one) => haystack.startsWith(one, at)).sort((a, b) => b.length - a.length)[0];
          if (longest !== undefined) expected.push([at, longest]);
        }
        const found = [...createFinder(known.map((one) => [one, one])).find(haystack)];
        expect(found.map(({ at, found: one }) => [at, one])).toEqual(expected);
      }),
      seeded(500),
    );
  });
});
