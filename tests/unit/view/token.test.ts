import { describe, expect, it } from 'vitest';
import { analyseToken } from '../../../lib/analyse-token.ts';
import { mask } from '../../../lib/engine/redact.ts';
import { decodeToken } from '../../../lib/token/decode.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { type Known, NOTHING_KNOWN } from '../../../lib/token/judge.ts';
import { plainText } from '../../../lib/view/text.ts';
import { type KeysState, tokenView } from '../../../lib/view/token.ts';
import { DPOP } from '../token/vectors.ts';

const NOW = new Date(2026, 10, 23, 11, 5, 20).getTime();
const S = NOW / 1000;
const NONCE = 'n-0S6_WzA2MjQ7xk3pLmQa';

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const ID_TOKEN = {
  iss: 'https://as.example',
  sub: '248289761001',
  aud: 'web-portal',
  exp: S + 2512,
  iat: S - 1088,
  nonce: NONCE,
  email: 'ada@app.example',
};

const tokenOf = (claims: object, header: object = { alg: 'ES256', kid: 'k2026-09' }): string =>
  `${base64url(header)}.${base64url(claims)}.c2lnbmF0dXJlb2Z0b2tlbg`;

interface Given {
  readonly keys?: KeysState;
  readonly known?: Partial<Known>;
  readonly keyError?: string;
  readonly jwks?: unknown;
}

async function view(text: string, { keys = { is: 'none' }, known: given = {}, keyError, jwks }: Given = {}) {
  const report = await inspectToken(text, { now: S, ...(jwks === undefined ? {} : { jwks }) });
  const decoded = decodeToken(text);
  const known = { ...NOTHING_KNOWN, ...given };
  const checks = await analyseToken(text, report, known, S);
  return tokenView({
    text,
    decoded,
    report,
    keys,
    keyError: keyError ?? null,
    checks,
    known,
    clock: '',
    trying: null,
    now: NOW,
    mask,
  });
}

const rowText = (row: { text: Parameters<typeof plainText>[0]; strong: string | null; rest: string } | undefined) =>
  row === undefined ? '' : `${plainText(row.text)}${row.strong ?? ''}${row.rest}`;

describe('the heading', () => {
  it.each([
    [ID_TOKEN, {}, 'ID token from as.example for web-portal'],
    [{ iss: 'https://as.example', aud: ['api'], scope: 'read' }, {}, 'Access token from as.example for api'],
    [{ iss: 'https://as.example', aud: 'api' }, { typ: 'application/at+jwt' }, 'Access token from as.example for api'],
    [{ htm: 'POST', htu: 'https://as.example/token' }, { typ: 'dpop+jwt' }, 'DPoP proof'],
    [{ iss: 'c1', sub: 'c1', aud: 'https://as.example' }, {}, 'Client assertion from c1 for as.example'],
    [{ x: 1 }, {}, 'Signed token (JWT)'],
    [{ iss: 'a\u202eb' }, {}, 'Signed token (JWT) from a\\u{202E}b'],
  ])('%j %j', async (claims, header, heading) => {
    expect((await view(tokenOf(claims, { alg: 'ES256', ...header }))).heading).toBe(heading);
  });
});

describe('the verdict', () => {
  it('asks for the key of the issuer, by its host', async () => {
    const { rows } = await view(tokenOf(ID_TOKEN));
    expect(rows.map(({ id, mark }) => [id, mark])).toEqual([
      ['signature', 'cannotTell'],
      ['time', 'clock'],
      ['right', 'pass'],
      ['compare', 'cannotTell'],
    ]);
    expect(rowText(rows[3])).toBe('Not compared: iss, aud, nonce, the algorithms that its issuer announces');
    expect(rows[0]?.offer).toEqual({ is: 'check', host: 'as.example', label: 'Check with the keys of as.example' });
    expect(rowText(rows[1])).toBe('Expires in 41 min 52 s, at 11:47:12');
  });

  it('asks nobody for a token without an issuer that is an address', async () => {
    const { rows } = await view(tokenOf({ ...ID_TOKEN, iss: 'as.example' }));
    expect(rows[0]).toMatchObject({ offer: null, wantsKey: true });
  });

  it('says that a key set is at another host before it is asked', async () => {
    const { rows } = await view(tokenOf(ID_TOKEN), {
      keys: { is: 'elsewhere', host: 'keys.example', url: 'https://keys.example/jwks' },
    });
    expect(rows[0]?.offer).toMatchObject({ is: 'fetch', host: 'keys.example' });
  });

  it('says why a signature is invalid', async () => {
    const { rows } = await view(tokenOf(ID_TOKEN, { alg: 'none' }));
    expect(rows[0]).toMatchObject({ mark: 'high' });
    expect(rowText(rows[0])).toContain('nothing is signed');
  });

  it.each<[string, object, string, string]>([
    ['expired', { exp: S - 3700 }, 'medium', 'Expired 1 h 1 min ago, at 10:03:40'],
    ['not yet', { nbf: S + 60 }, 'medium', 'Not valid yet: valid in 1 min, from 11:06:20'],
    ['without expiry', {}, 'cannotTell', 'It says no time of expiry'],
    ['with an impossible time', { exp: 1e300 }, 'clock', '?'],
  ])('of a token %s', async (_what, claims, mark, said) => {
    const { rows } = await view(tokenOf({ iss: 'https://as.example', ...claims }));
    expect(rows[1]?.mark).toBe(mark);
    expect(rowText(rows[1])).toContain(said);
  });

  it.each([
    [NONCE, 'pass'],
    [`https://as.example/authorize?response_type=code&nonce=${NONCE}`, 'pass'],
    ['https://as.example/authorize?response_type=code&nonce=other', 'high'],
    ['https://as.example/authorize?response_type=code', 'medium'],
    ['', 'cannotTell'],
  ])('compares the nonce with %s', async (nonce, mark) => {
    const { claims } = await view(tokenOf(ID_TOKEN), { known: { nonce } });
    expect(claims?.rows.find(({ name }) => name === 'nonce')?.mark).toBe(mark);
  });

  it('says the worst first', async () => {
    const bad = { iss: 'https://as.example', scope: 'read', iat: S, exp: S + 604_800, password: 'correct horse' };
    const { rows } = await view(tokenOf(bad));
    const marks = rows.filter(({ id }) => id.startsWith('check:')).map(({ mark }) => mark);
    expect(marks).toEqual(['high', 'medium', 'medium', 'info']);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('says what is wrong, what is right and what was not compared', async () => {
    const { rows, claims, fields } = await view(tokenOf(ID_TOKEN), {
      known: { issuer: 'https://as.example', audience: 'other', nonce: NONCE },
    });
    expect(rows.slice(2).map((row) => [row.id, row.mark, rowText(row)])).toEqual([
      ['check:aud', 'high', 'aud is "web-portal", not "other" (OIDC Core §3.1.3.7)'],
      ['right', 'pass', 'Right: iss, nonce, all claims that it needs, its times, its lifetime, no secrets in it'],
      ['compare', 'cannotTell', 'Not compared: the algorithms that its issuer announces'],
    ]);
    const marks = claims?.rows.flatMap(({ name, mark }) => (mark === null ? [] : [[name, mark]]));
    expect(marks).toEqual([
      ['iss', 'pass'],
      ['aud', 'high'],
      ['exp', 'pass'],
      ['iat', 'pass'],
      ['nonce', 'pass'],
    ]);
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['issuer', 'https://as.example'],
      ['audience', 'other'],
      ['nonce', NONCE],
      ['accessToken', ''],
      ['code', ''],
      ['clock', ''],
    ]);
  });

  it('a DPoP proof is checked with the key that it brings', async () => {
    const { rows } = await view(DPOP.forToken.proof);
    expect([rows[0]?.mark, rowText(rows[0])]).toEqual(['pass', 'It is signed with the key that it brings']);
  });

  it('says what a lenient reader passes over', async () => {
    const payload = Buffer.from('{"iss":"a","iss":"b"}').toString('base64url');
    const { rows } = await view(`${base64url({ alg: 'ES256' })}.${payload}.c2ln`);
    expect(rows.map(({ mark }) => mark)).toContain('low');
  });
});

describe('the claims', () => {
  it('mask what is personal or secret, and nothing of it is in the view', async () => {
    const shown = await view(tokenOf({ ...ID_TOKEN, custom: 'aV3ryL0ngOpaqueValue99' }));
    const json = JSON.stringify(shown);
    for (const secret of ['ada@app.example', '248289761001', NONCE, 'aV3ryL0ngOpaqueValue99']) {
      expect(json).not.toContain(secret);
    }
    expect(shown.claims?.rows.filter(({ ref }) => ref !== null).map(({ name }) => name)).toEqual([
      'sub',
      'nonce',
      'email',
      'custom',
    ]);
    expect(plainText(shown.claims?.summary ?? [])).toBe('8, 1 own');
  });

  it('put times into words and take scopes apart', async () => {
    const { claims } = await view(tokenOf({ exp: S + 60, iat: S - 65, scope: 'openid read' }));
    const row = (name: string) => claims?.rows.find((one) => one.name === name);
    expect(row('exp')).toMatchObject({ note: '11:06:20, in 1 min', mark: 'pass' });
    expect(row('iat')).toMatchObject({ note: '11:04:15, 1 min 5 s ago', mark: 'pass' });
    expect(row('scope')?.list).toEqual([
      { word: 'openid', means: 'an ID token' },
      { word: 'read', means: null },
    ]);
  });

  it.each([
    ['https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0', 'tid', 'the tenant'],
    ['https://sts.windows.net/9188040d/', 'appid', 'the client'],
    ['https://accounts.google.com', 'hd', 'domain of the organisation'],
    ['accounts.google.com', 'hd', 'domain of the organisation'],
    ['https://dev-123.okta.com/oauth2/default', 'cid', 'the client'],
    ['https://tenant.eu.auth0.com/', 'permissions', 'permissions'],
    ['https://sso.example/auth/realms/main', 'realm_access', 'roles'],
    ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a', 'cognito:groups', 'groups'],
  ])('of %s: %s', async (iss, name, meaning) => {
    const { claims } = await view(tokenOf({ iss, [name]: 'x' }));
    const row = claims?.rows.find((one) => one.name === name);
    expect([row?.meaning, row?.section]).toEqual([expect.stringContaining(meaning), expect.any(String)]);
    const other = await view(tokenOf({ iss: 'https://as.example', [name]: 'x' }));
    expect(other.claims?.rows.find((one) => one.name === name)?.section).toBeNull();
  });

  it('explain scopes of providers', async () => {
    const scope = 'https://graph.microsoft.com/Mail.Read api://x/.default https://mail.google.com/ own constructor';
    const { claims } = await view(tokenOf({ scope }));
    expect(claims?.rows[0]?.list.map(({ means }) => means !== null)).toEqual([true, true, true, false, false]);
  });

  it('are not taken for what Object has', async () => {
    const { claims } = await view(tokenOf({ constructor: 'x', __proto__x: 1 }));
    expect(claims?.rows[0]).toMatchObject({ name: 'constructor', meaning: 'the issuer’s own', section: null });
  });
});

describe('the token itself', () => {
  it('is masked but for the start of each part', async () => {
    const token = tokenOf(ID_TOKEN);
    const { pieces, length } = await view(token);
    expect(length).toBe(token.length);
    expect(pieces.filter(({ part }) => part !== null).map(({ part }) => part)).toEqual([0, 1, 2]);
    const text = pieces.map((piece) => piece.text).join('');
    expect(text).not.toContain(token.split('.')[1]?.slice(0, 60));
    expect(text).not.toContain(token.split('.')[2]);
  });

  it('that is broken shows which part and which character', async () => {
    const token = tokenOf(ID_TOKEN);
    const at = token.indexOf('.') + 10;
    const broken = `${token.slice(0, at)}*${token.slice(at + 1)}`;
    const shown = await view(broken);
    expect(shown.heading).toBe('This token is broken');
    expect(shown.broken).toMatchObject({ where: `Payload, character ${at + 1}`, at: '*' });
    expect(shown.rows).toEqual([]);
  });

  it('that is opaque is no JWT', async () => {
    const shown = await view('2YotnFZFEjr1zCsicMWpAA');
    expect(shown.heading).toBe('This is no JWT');
    expect(shown.broken).toMatchObject({ where: 'Structure, the end of the text', at: null });
    expect(shown.pieces.map((piece) => piece.text).join('')).not.toContain('zCsicMWpAA');
  });
});
