import { describe, expect, test } from 'vitest';
import type { Redacted } from '../../../lib/model/redacted.ts';
import { addressView, issuerOrigin } from '../../../lib/view/address.ts';
import { popupView } from '../../../lib/view/popup.ts';
import { CODE, inputOf, rule, STATE, TOKEN } from './support.ts';

const clear = (_: string, value: string) => value as Redacted;

const pointsAtCode = rule({
  check: (flow, c) => {
    const response = flow.messages.find((m) => m.kind === 'authorizationResponse');
    const code = response?.params.find((p) => p.name === 'code');
    if (response === undefined || code === undefined) return c.notApplicable;
    return c.fail({ summary: c.say`The code is still there.`, evidence: [c.at(response, code)] });
  },
});

async function cardOf(url: string) {
  const view = popupView(await inputOf({ url, rules: [pointsAtCode] }));
  if (!('address' in view) || view.address === null) throw new Error(`no address card in ${view.state}`);
  return view.address;
}

describe('the address card', () => {
  test('names in clear, values masked, a mark where a finding points', async () => {
    const card = await cardOf(`https://app.example/cb?code=${CODE}&state=${STATE}`);
    expect(card).toMatchObject({ scheme: 'https://', host: 'app.example', path: '/cb', more: 0 });
    expect(card.params).toEqual([
      { lead: '?', name: 'code', value: 'Splx…•••• (22)', mark: 'low' },
      { lead: '&', name: 'state', value: 'af0i…•••• (20)', mark: null },
    ]);
  });

  test('a token in the fragment is masked', async () => {
    const card = await cardOf(`https://app.example/cb#access_token=${TOKEN}&token_type=Bearer`);
    expect(card.params.map((param) => [param.lead, param.name, param.value])).toEqual([
      ['#', 'access_token', `eyJh…•••• (${TOKEN.length})`],
      ['&', 'token_type', 'Bearer'],
    ]);
  });

  test('ordinary parameters are shown', async () => {
    const card = await cardOf('https://app.example/orders?page=2&sort=date#top');
    expect(card.params.map((param) => `${param.lead}${param.name}=${param.value ?? ''}`)).toEqual([
      '?page=2',
      '&sort=date',
      '#top=',
    ]);
  });

  test('hostile addresses stay short and harmless', () => {
    const long = addressView(`https://app.example/?${'a'.repeat(1_000_000)}=1&${'b=1&'.repeat(400)}`, clear, null);
    expect(long?.params[0]?.name).toHaveLength(33);
    expect(long?.params).toHaveLength(12);
    expect(long?.more).toBe(389);
    const bidi = addressView('https://app.example/?%E2%80%AEx=1', clear, null);
    expect(bidi?.params[0]?.name).toBe('\\u{202E}x');
  });

  test('something that is no address has no card', () => {
    expect(addressView('not an address', clear, null)).toBeNull();
  });
});

describe('the issuer that an address names', () => {
  test.each([
    ['https://app.example/cb?code=a&iss=https%3A%2F%2Fas.example%2Frealm', 'https://as.example'],
    ['https://app.example/cb?code=a', null],
    ['https://app.example/cb?iss=javascript%3Aalert(1)', null],
    ['https://app.example/cb?iss=nonsense', null],
  ])('%s', (url, origin) => {
    expect(issuerOrigin(url)).toBe(origin);
  });
});
