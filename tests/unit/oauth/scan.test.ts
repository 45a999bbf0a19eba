import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';

import { parseObservations } from '../../../lib/http/trace.ts';
import type { Exchange } from '../../../lib/model/observation.ts';
import { seen } from '../../../lib/model/observation.ts';
import { recognise } from '../../../lib/oauth/recognise.ts';
import { seeded } from '../har/seeded.ts';
import { loadRuleFiles } from '../rules/rule-files.ts';

// The recogniser here looks at every address, so that it can find what the quick look would have turned down.
vi.mock('../../../lib/oauth/scan.ts', () => ({ mayBeOAuth: () => true }));
const { mayBeOAuth } = await vi.importActual<typeof import('../../../lib/oauth/scan.ts')>('../../../lib/oauth/scan.ts');

describe('mayBeOAuth', () => {
  test.each([
    'https://as.example/authorize?response_type=code&client_id=web1',
    'https://app.example/cb?a=b&code=SplxlOBeZQQYbYS6WxSbIA',
    'https://app.example/#access_token=2YotnFZFEjr1zCsicMWpAA',
    'https://app.example/#/cb?access_token=2YotnFZFEjr1zCsicMWpAA',
    'https://app.example/#!/state=x',
    'https://app.example/#?id_token=x',
    'https://app.example/?x=/?#code=y',
    'https://app.example/?client%5Fid=web1',
    'https://app.example/?%63ode=x',
    'https://app.example/?code',
    'https://as.example/oauth2/token',
    'https://as.example/oauth2/token/',
    'https://as.example/login/device/code',
    'https://as.example/.well-known/openid-configuration',
    'https://as.example/.well-known/oauth-authorization-server/tenant/one',
    'https://project.supabase.co/auth/v1/authorize?provider=google',
  ])('yes: %s', (url) => {
    expect(mayBeOAuth(url)).toBe(true);
  });

  test.each([
    'https://app.example/',
    'https://app.example/oauth-logo.png',
    'https://app.example/?zipcode=10115&page=2',
    'https://app.example/?q=code',
    'https://app.example/?q=client_id%3Dx',
    'https://app.example/?Code=x&CODE=y',
    'https://app.example/?next=%2Fcb%3Fcode%3Dx',
    'https://app.example/?%=x&%zz=y&%63od=z',
    'https://app.example/token.js',
    'https://app.example/tokens/list',
    'https://app.example/a?path=/.well-known/openid-configuration',
    'https://app.example/#/orders/7',
    'https://app.example/#section-2',
    'data:text/html,code',
    '',
  ])('no: %s', (url) => {
    expect(mayBeOAuth(url)).toBe(false);
  });
});

const addresses = [
  ...new Set(
    (await loadRuleFiles()).flatMap(({ examples }) =>
      Object.values(examples)
        .flat()
        .flatMap(({ trace }) => parseObservations(trace))
        .flatMap((observation) => (observation.is === 'exchange' ? [observation.request.url] : [])),
    ),
  ),
];

/** Other hosts and paths, which some providers have to themselves. */
const PLACES = [
  'https://accounts.google.com/o/oauth2/v2/auth',
  'https://github.com/login/oauth/authorize',
  'https://github.com/login/oauth/access_token',
  'https://project.supabase.co/auth/v1/authorize',
  'https://www.amazon.com/ap/oa',
  'https://www.facebook.com/v19.0/dialog/oauth',
  'https://www.figma.com/oauth',
  'https://sso.example/as/authorization.oauth2',
  'https://app.example/callback',
  'https://as.example/logout',
];

const mutated: fc.Arbitrary<string> = fc
  .record({
    address: fc.constantFrom(...addresses),
    place: fc.option(fc.constantFrom(...PLACES), { freq: 3 }),
    kept: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    encoded: fc.nat({ max: 30 }),
    lead: fc.constantFrom('?', '?', '?', '#', '#/', '#?', '#!/', '#/login/cb?', '??', '?#'),
    split: fc.option(fc.nat({ max: 8 }), { freq: 4 }),
  })
  .map(({ address, place, kept, encoded, lead, split }) => {
    const at = address.search(/[?#]/);
    const [path, rest] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
    const params = rest.split(/[&#]/).filter((_, index) => kept[index] !== false);
    const written = params.map((param, index) => (index === encoded % 7 ? encodeOne(param, encoded) : param));
    if (split !== null) written.splice(split, 0, '#');
    return `${place ?? path}${lead}${written.join('&').replace('&#&', '#')}`;
  });

/** Percent-encodes one character of the name. */
function encodeOne(param: string, place: number): string {
  const end = param.indexOf('=');
  const at = place % Math.max(1, end);
  const code = param.charCodeAt(at).toString(16);
  return end < 1 || /[%#]/.test(param.slice(0, end)) ? param : `${param.slice(0, at)}%${code}${param.slice(at + 1)}`;
}

describe('the quick look', () => {
  const exchange = (url: string): Exchange => ({
    is: 'exchange',
    id: 'e1',
    trace: 't',
    capture: 'har',
    time: null,
    tab: null,
    resource: null,
    initiator: null,
    redirectedFrom: null,
    truncated: false,
    request: { method: 'GET', url, headers: seen([]), body: seen(null) },
    outcome: { is: 'unknown' },
    source: { source: 0, entry: 0 },
  });

  test('never says no where the recogniser finds a message', () => {
    let found = 0;
    fc.assert(
      fc.property(mutated, (url) => {
        const [message] = recognise([exchange(url)]);
        if (message === undefined) return;
        found++;
        expect(mayBeOAuth(url), `${message.kind} at ${url}`).toBe(true);
      }),
      seeded(3000),
    );
    expect(found).toBeGreaterThan(500);
  });

  test('is asked about addresses of the rules’ own examples', () => {
    expect(addresses.length).toBeGreaterThan(20);
  });
});
