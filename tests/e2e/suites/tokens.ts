import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { readStored } from '../harness/stored.ts';

declare const chrome: { readonly permissions: { contains(permissions: object): Promise<boolean> } };

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const CLAIMS = {
  iss: 'https://as.example',
  sub: 'canary-248289761001',
  aud: 'web-portal',
  exp: 4_000_000_000,
  iat: 1_700_000_000,
  nonce: 'canary-n-0S6_WzA2MjQ7xk3p',
  jku: 'https://stats.example/keys',
};

/** Each kind of text that people paste; all of them hold this word, encoded or not. */
const CANARY = 'canary';
const PASTED: readonly string[] = [
  `${base64url({ alg: 'ES256', kid: 'canary', jku: 'https://stats.example/keys' })}.${base64url(CLAIMS)}.Y2FuYXJ5`,
  `${base64url({ alg: 'RSA-OAEP', enc: 'A256GCM', x5u: 'https://stats.example/canary' })}.Y2FuYXJ5.Y2FuYXJ5.Y2FuYXJ5.Y2FuYXJ5`,
  `${base64url({ alg: 'none' })}.${base64url(CLAIMS)}.`,
  'eyJhbGciOiJ*canary.e30.',
  'https://app.example/cb?code=canary&state=canary',
  '{"access_token":"canary"}',
  'canary-opaque-2YotnFZFEjr1zCsicMWpAA',
  `${base64url({ alg: 'ES256' })}.${base64url(CLAIMS)}.Y2FuYXJ5~${base64url(['canary', 'name', 'canary'])}~`,
  `{"payload":"${base64url(CLAIMS)}","protected":"${base64url({ alg: 'ES256' })}","signature":"Y2FuYXJ5"}`,
  `${base64url({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'EC', kid: 'canary' } })}.${base64url({ htm: 'GET', htu: 'https://stats.example/canary' })}.Y2FuYXJ5`,
  '{"kty":"oct","kid":"canary","k":"Y2FuYXJ5","x5u":"https://stats.example/canary"}',
  '{"keys":[{"kty":"oct","kid":"canary","k":"Y2FuYXJ5"}]}',
  '-----BEGIN PUBLIC KEY-----\nY2FuYXJ5canary\n-----END PUBLIC KEY-----',
  `canary-${'x'.repeat(43)}`,
  'Authorization: Bearer canary-opaque',
  'DPoP: canary',
  'https://stats.example/authorize?response_type=code&client_id=canary&request_uri=https%3A%2F%2Fstats.example%2Fcanary',
  'https://stats.example/canary?a=1',
  'grant_type=authorization_code&code=canary',
  '{"canary":"https://stats.example/canary"}',
  'Set-Cookie: session=canary; Path=/',
  "curl https://stats.example/canary -H 'Authorization: Bearer canary'",
  Buffer.from('canary, as a text').toString('base64url'),
  Buffer.from('canary ?>').toString('base64'),
  Buffer.from('canary, as a text').toString('hex'),
];

/** A token of a megabyte, and a thousand keys of which the last one fits. */
function large(): { readonly token: string; readonly keys: string } {
  const [own, other] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-521' }));
  const input = `${base64url({ alg: 'ES512' })}.${base64url({ iss: 'https://as.example', groups: 'x'.repeat(740_000) })}`;
  const made = sign('sha512', Buffer.from(input), { key: own?.privateKey as never, dsaEncoding: 'ieee-p1363' });
  const [right, wrong] = [own, other].map((pair) => pair?.publicKey.export({ format: 'jwk' }));
  return {
    token: `${input}.${made.toString('base64url')}`,
    keys: JSON.stringify({ keys: [...Array.from({ length: 999 }, () => wrong), right] }),
  };
}

const pem = (base64: string): string => `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`;

/** Private keys without their public half, as openssl writes the first (RFC 8410 §10.3). */
const HALF_KEYS = {
  Ed25519: 'MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC',
  'P-256': 'MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCAlSXrcuKqG8Au+s5bBRiWAmbWBGfZmgLqW3sc6l+IjAQ==',
};

/** What is read from the clipboard or typed is read, not kept, and not sent. */
export function tokenTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo();
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    // Everything that could be asked would be answered: what is not asked is not asked by choice.
    await extension.grantHosts('*://*/*');
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const paste = async (page: Tab, text: string): Promise<void> => {
    await page.fill('.token-field textarea', text);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur(), undefined);
    await until('what it is', () =>
      page.evaluate(() => document.querySelector('.token-verdict, .pasted-card') !== null || null, undefined),
    );
  };

  const clear = (page: Tab): Promise<void> =>
    page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.token-tools button')].at(-1)?.click(), undefined);

  /** Everything that the extension stores, as one text. */
  const stored = async (page: Tab): Promise<string> => JSON.stringify(await readStored(page));

  test('from the clipboard: asked at the first use; refused, empty and read are told apart', async () => {
    const page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-token');
    const allowed = () =>
      page.evaluate(() => chrome.permissions.contains({ permissions: ['clipboardRead'] }), undefined);
    const button = '.token-field .button';
    const notice = (wanted: string) =>
      until(wanted, () =>
        page.evaluate((one) => document.querySelector('[role=alert]')?.textContent === one || null, wanted),
      );
    await browser.setClipboard(page, PASTED[0] ?? '');
    assert.equal(await allowed(), false);

    await extension.pressAndAnswer(page, button, 'no');
    await notice('The browser did not let the clipboard be read. Paste with Ctrl V instead.');
    assert.equal(await allowed(), false);

    await extension.pressAndAnswer(page, button, 'yes');
    await until('the token', () =>
      page.evaluate(
        () =>
          document.querySelector('.token-verdict h1')?.textContent === 'ID token from as.example for web-portal' ||
          null,
        undefined,
      ),
    );
    assert.equal(await allowed(), true);

    await clear(page);
    await browser.setClipboard(page, '');
    await page.click(button);
    await notice('The clipboard holds no text.');
    await page.close();
  });

  for (const by of ['menu', 'shortcut'] as const) {
    test(`what is selected in a page is inspected, by ${by}, and is not stored`, async () => {
      const tab = await browser.newTab();
      await tab.goto(demo.url);
      await tab.evaluate((token) => {
        document.body.textContent = token;
        document.getSelection()?.selectAllChildren(document.body);
      }, PASTED[0] ?? '');
      const opened = browser.nextTab();
      await extension.inspectSelection(tab, by);
      const inspector = await opened;
      await until('the token in the inspector', () =>
        inspector.evaluate(
          () =>
            document.querySelector('.token-verdict h1')?.textContent === 'ID token from as.example for web-portal' ||
            null,
          undefined,
        ),
      );
      assert.ok(!(await stored(inspector)).includes(CANARY));
      assert.match(await inspector.evaluate(() => location.href, undefined), /inspector\.html\?selection=[\w-]{36}$/);

      await inspector.evaluate(() => location.reload(), undefined).catch(() => null);
      await until('the empty section', () =>
        inspector.evaluate(
          () => document.querySelector('.token-field textarea')?.textContent === '' || null,
          undefined,
        ),
      );
      await inspector.close();
      await tab.close();
    });
  }

  test('a megabyte of token and a thousand keys: the page answers, says how far it is, and stops', async () => {
    const page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-token');
    const { token, keys } = large();
    const set = (selector: string, value: string): Promise<void> =>
      page.evaluate(
        ([where, text]) => {
          const field = document.querySelector(where ?? '') as HTMLTextAreaElement;
          field.value = text ?? '';
          field.dispatchEvent(new Event('input', { bubbles: true }));
        },
        [selector, value],
      );
    const row = (): Promise<string> =>
      page.evaluate(() => document.querySelector('.token-row')?.textContent ?? '', undefined);
    await set('.token-field textarea', token);
    await until('the token', () =>
      page.evaluate(() => document.querySelector('.token-row .link, .token-row .token-or') !== null || null, undefined),
    );
    await page.click('.token-row .token-or');
    // Pressed by the page itself, the moment that the button is there: a quick machine is soon done.
    await page.evaluate(() => {
      const seen = { said: [] as string[], turns: 0 };
      Object.assign(globalThis, { seen });
      const turn = (): void => {
        seen.turns += 1;
        setTimeout(turn, 0);
      };
      turn();
      new MutationObserver(() => {
        const first = document.querySelector('.token-row')?.textContent ?? '';
        if (!first.startsWith('Trying') || seen.said.length > 0) return;
        seen.said.push(first);
        seen.turns = 0;
        document.querySelector<HTMLElement>('.token-row .button')?.click();
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    }, undefined);
    await set('.token-row textarea', keys);
    const stopped = await until('that it stopped', async () => {
      const text = await row();
      return text.includes('stopped after') ? text : null;
    });
    assert.match(stopped, /^Signature: stopped after \d+ of 1000 keys/);
    const seen = await page.evaluate(
      () => (globalThis as unknown as { seen: { said: string[]; turns: number } }).seen,
      undefined,
    );
    assert.match(seen.said[0] ?? '', /^Trying keys: \d+ of 1,000/);
    assert.ok(seen.turns > 0, 'others get their turn');

    await set('.token-row textarea', `${keys} `);
    await until('the last key', async () => ((await row()).startsWith('Signature valid: ES512') ? true : null));
    await page.close();
  });

  test('a private key without its public half is completed, or the error says what is missing', async () => {
    const page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-token');
    const token = `${base64url({ alg: 'ES256' })}.${base64url({ sub: 'a' })}.${'A'.repeat(86)}`;
    await paste(page, token);
    await page.click('.token-row .button');
    const says = (wanted: RegExp): Promise<unknown> =>
      until(String(wanted), async () =>
        wanted.test(await page.evaluate(() => document.querySelector('.token-row')?.textContent ?? '', undefined))
          ? true
          : null,
      );
    await page.fill('.token-row textarea', pem(HALF_KEYS.Ed25519));
    await says(/a key of type OKP cannot check ES256/);
    await page.fill('.token-row textarea', pem(HALF_KEYS['P-256']));
    // Firefox reads no private key of a NIST curve without it.
    await says(
      browser.name === 'firefox' ? /its public half is missing, and this browser does not/ : /does not match header/,
    );
    await page.close();
  });

  test('nothing pasted is stored or sent; a press that names the host asks that host', async () => {
    const page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-token');
    demo.log.clear();
    for (const text of PASTED) {
      await paste(page, text);
      assert.ok(!(await stored(page)).includes(CANARY), text);
      await clear(page);
    }
    await paste(page, PASTED[0] ?? '');
    await page.click('.token-row .link[aria-expanded]');
    for (const index of [1, 2, 3, 4, 5]) {
      await page.fill(`.token-compare .field:nth-of-type(${index}) input`, 'https://stats.example/canary?nonce=canary');
    }
    await page.click('.token-row .token-or');
    await page.fill(
      '.token-row textarea',
      '{"keys":[{"kty":"oct","k":"Y2FuYXJ5","x5u":"https://stats.example/canary"}]}',
    );
    await until('the comparison', () =>
      page.evaluate(() => document.querySelector('.token-row .shape.high') !== null || null, undefined),
    );
    assert.ok(!(await stored(page)).includes(CANARY));

    const foot = (index: number): Promise<void> =>
      page.evaluate((at) => document.querySelectorAll<HTMLElement>('.foot .button')[at]?.click(), index);
    await foot(1);
    await until('the key', () =>
      page.evaluate(() => document.querySelector('.make .made code') !== null || null, undefined),
    );
    await page.click('.make-sign');
    await until('the test token', () =>
      page.evaluate(() => document.querySelector('.make [role=status] code') !== null || null, undefined),
    );
    assert.ok(!(await stored(page)).includes(CANARY));
    await foot(0);
    await clear(page);

    await page.click('.foot .button');
    await page.fill('.form textarea', 'canary');
    await page.fill('.form.apart input', `canary-${'x'.repeat(43)}`);
    await until('the challenge', () =>
      page.evaluate(() => document.querySelector('.form.apart .made') !== null || null, undefined),
    );
    assert.ok(!(await stored(page)).includes(CANARY));
    assert.deepEqual(
      demo.log.exchanges.map(({ url }) => url.href),
      [],
    );

    await page.click('.foot .button');
    await paste(page, PASTED[0] ?? '');
    const press = '.token-row .button';
    assert.equal(
      await page.evaluate((one) => document.querySelector(one)?.textContent ?? '', press),
      'Check with the keys of as.example',
    );
    await page.click(press);
    await until('the verdict', async () =>
      (await page.evaluate(() => document.querySelector('.token-rows')?.textContent ?? '', undefined)).includes(
        'the key set has no key "canary"',
      )
        ? true
        : null,
    );
    const asked = demo.log.exchanges.filter(({ url }) => url.pathname !== '/favicon.ico').map(({ url }) => url.href);
    assert.deepEqual(asked, [`${demo.origins.as}/.well-known/openid-configuration`, `${demo.origins.as}/jwks`]);
    assert.ok(!(await stored(page)).includes(CANARY));
    await page.close();
  });
}
