import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenPanel } from '../../../lib/adapters/token-panel.ts';
import { plainText } from '../../../lib/view/text.ts';
import { EMPTY_TOKEN, type TokenModel } from '../../../lib/view/token-model.ts';

const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const NOW = 1_800_000_000_000;

/** The panel without a browser: what it shows, and how long after the last step its clock is. */
function panel(step = 0) {
  let time = NOW;
  const shown: TokenModel[] = [];
  const waiting: ((model: TokenModel) => void)[] = [];
  const { actions } = createTokenPanel({
    show: (model) => {
      shown.push(model);
      for (const tell of waiting.splice(0)) tell(model);
    },
    readClipboard: () => Promise.resolve(''),
    requestHost: () => Promise.resolve(false),
    fetch: () => Promise.reject(new Error('nothing is fetched here')),
    now: () => {
      time += step;
      return time;
    },
  });
  const until = async (fits: (model: TokenModel) => boolean): Promise<TokenModel> => {
    for (;;) {
      const last = shown.at(-1) ?? EMPTY_TOKEN;
      if (fits(last)) return last;
      await new Promise<TokenModel>((resolve) => waiting.push(resolve));
    }
  };
  const signature = (model: TokenModel) => model.view?.rows.find(({ id }) => id === 'signature');
  return { actions, until, signature, said: (model: TokenModel) => plainText(signature(model)?.text ?? []), shown };
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function signed(claims: object): string {
  const input = `${b64('{"alg":"ES256"}')}.${b64(JSON.stringify(claims))}`;
  return `${input}.${b64(sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
}

describe('a megabyte of token and a thousand keys', () => {
  const token = signed({ iss: 'https://as.example', groups: 'x'.repeat(740_000) });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const keys = JSON.stringify({ keys: Array.from({ length: 1000 }, () => other) });

  it('show what needs no key at once, then how far it is, and stop when asked', async () => {
    // Every look at the clock is a second later, so that each key is worth a word.
    const { actions, until, signature, said } = panel(1000);
    actions.setText(token, true);
    const first = await until((model) => model.view !== null);
    expect(first.view?.heading).toBe('Signed token (JWT) from as.example');
    actions.setKey(keys);
    const under = await until((model) => signature(model)?.mark === 'running');
    expect(said(under)).toMatch(/^Trying keys: \d+ of 1,000$/);
    expect(signature(under)?.offer).toEqual({ is: 'stop', label: 'Stop' });
    actions.stop();
    const after = await until((model) => signature(model)?.mark === 'cannotTell');
    expect(said(after)).toMatch(/^Signature: stopped after \d{1,3} of 1000 keys$/);
  });

  it('are given up for the next token', async () => {
    const { actions, until, signature, said, shown } = panel(1000);
    actions.setText(token, true);
    await until((model) => model.view !== null);
    actions.setKey(keys);
    await until((model) => signature(model)?.mark === 'running');
    actions.setKey('');
    actions.setText(signed({ iss: 'https://other.example' }), true);
    const next = await until((model) => model.view?.heading.includes('other.example') === true);
    expect(said(next)).toBe('Signature not checked: that needs the key of the issuer');
    const count = shown.length;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(shown.slice(count).every((model) => model.view?.heading.includes('other.example'))).toBe(true);
  });
});

describe('keys and comparisons', () => {
  it('a key in PEM verifies, a broken one says where', async () => {
    const { actions, until, signature, said } = panel();
    actions.setText(signed({ sub: 'a' }), true);
    await until((model) => model.view !== null);
    actions.setKey(publicKey.export({ type: 'spki', format: 'pem' }) as string);
    expect(said(await until((model) => signature(model)?.mark === 'pass'))).toContain('with the key that you gave');
    actions.setKey('{"kty":');
    const broken = await until((model) => signature(model)?.mark === 'medium');
    expect(said(broken)).toMatch(/^The key cannot be read: .* at character 8$/);
  });

  it('what is known is compared as it is typed, and forgotten with the token', async () => {
    const { actions, until } = panel();
    const has = (id: string) => (model: TokenModel) => model.view?.rows.some((row) => row.id === id) === true;
    actions.setText(signed({ iss: 'https://as.example', aud: 'c', exp: NOW, nonce: 'n', iat: 1, sub: 's' }), true);
    await until(has('compare'));
    actions.setKnown('audience', 'd');
    await until(has('check:aud'));
    actions.setKnown('clock', '2099-01-01T00:00:00Z');
    const late = await until((model) => model.view?.fields.at(-1)?.value === '2099-01-01T00:00:00Z');
    expect(late.view?.claims?.rows.find(({ name }) => name === 'iat')?.mark).toBe('pass');
    actions.clear();
    actions.setText(signed({ iss: 'https://as.example', aud: 'c', nonce: 'n' }), true);
    const next = await until(has('compare'));
    expect(next.view?.fields.every(({ value }) => value === '')).toBe(true);
  });
});

describe('the name under which a token was found', () => {
  it('says what it is where the token does not', async () => {
    // Some servers put the nonce into access tokens, too, and scopes into assertions.
    const token = signed({ iss: 'https://as.example', nonce: 'n', scope: 'read', exp: NOW });
    const { actions, until } = panel();
    const heading = async (text: string): Promise<string | undefined> => {
      actions.clear();
      actions.setText(text, true);
      return (await until((model) => model.view !== null && model.text === text)).view?.heading;
    };
    expect(await heading(token)).toBe('ID token from as.example');
    expect(await heading(`{"access_token":"${token}","token_type":"Bearer"}`)).toBe('Access token from as.example');
    const curl = `curl https://as.example/token -d 'grant_type=x&client_assertion=${token}'`;
    expect(await heading(curl)).toBe('Client assertion from as.example');
    const last = await until((model) => model.paste !== null);
    expect(last.paste?.heads.map(({ title }) => title)).toContain('Client assertion from as.example');
    expect(await heading(`DPoP: ${token}`)).toBe('DPoP proof from as.example');
  });
});

describe('test tokens', () => {
  it('are made of the token that is open, with a key of their own', async () => {
    const { actions, until } = panel();
    actions.setText(signed({ iss: 'https://as.example', sub: 'ada', exp: 1 }), true);
    await until((model) => model.view !== null);
    actions.setKey(JSON.stringify(privateKey.export({ format: 'jwk' })));
    actions.openPage('make');
    const ready = await until((model) => model.make.serverKey !== null);
    expect(JSON.parse(ready.make.claims)).toEqual({
      iss: 'https://as.example',
      sub: 'ada',
      iat: NOW / 1000,
      exp: NOW / 1000 + 600,
    });
    actions.make.sign();
    const { make } = await until((model) => model.make.token !== null);
    expect(make.serverKey).not.toContain('"d"');
    const captured = publicKey.export({ format: 'jwk' });
    expect(make.serverKey).not.toContain(captured.x);
    actions.make.setText('claims', '{');
    actions.make.sign();
    const wrong = await until((model) => model.make.problem !== null);
    expect(wrong.make).toMatchObject({
      token: null,
      problem: { in: 'claims', says: expect.stringMatching(/at character 2\.$/) },
    });
  });

  it('a pair of verifier and challenge is new each time', async () => {
    const { actions, until } = panel();
    actions.setPkce('', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
    actions.newVerifier();
    const { convert } = await until((model) => model.convert.pkce !== null);
    expect(convert.verifier).toMatch(/^[\w-]{43}$/);
    // What was compared with another verifier says nothing of this one.
    expect([convert.challenge, convert.pkce?.says]).toEqual(['', null]);
    actions.newVerifier();
    const next = await until((model) => model.convert.verifier !== convert.verifier);
    expect(next.convert.verifier).toMatch(/^[\w-]{43}$/);
  });
});
