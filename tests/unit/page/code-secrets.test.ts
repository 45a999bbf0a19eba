import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { looksSecret, secretsInCode, secretsInScan } from '../../../lib/page/code-secrets.ts';
import { seeded } from '../har/seeded.ts';

const SECRET = 'Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y';
const found = (text: string) => secretsInCode(text).map(({ name, value }) => [name, value]);

describe('a client secret is found by its name', () => {
  test.each([
    ['in an object', `{clientId:"web1",clientSecret:"${SECRET}"}`, 'clientSecret'],
    ['in JSON', `{"client_secret": "${SECRET}"}`, 'client_secret'],
    ['in JSON under the name of a variable', `{"REACT_APP_CLIENT_SECRET":"${SECRET}"}`, 'REACT_APP_CLIENT_SECRET'],
    ['in a constant', `const CLIENT_SECRET = '${SECRET}';`, 'CLIENT_SECRET'],
    ['behind a variable of the environment', `clientSecret: process.env.SECRET || "${SECRET}"`, 'clientSecret'],
    ['set on an object', `config["client_secret"]=\`${SECRET}\``, 'client_secret'],
    ['in a call', `body.append("client_secret", "${SECRET}")`, 'client_secret'],
    ['in the text of a body', `"grant_type=client_credentials&client_secret=${SECRET}&scope=a"`, 'client_secret'],
    ['in an address', `fetch("https://as.example/token?client_secret=${SECRET}")`, 'client_secret'],
    ['in an attribute', `<div data-client-secret="${SECRET}">`, 'data-client-secret'],
    ['in a field of a form', `<input name="client_secret" type="hidden" value="${SECRET}">`, 'client_secret'],
    ['as the secret of an application', `appSecret:"${SECRET}"`, 'appSecret'],
    ['as a consumer secret', `consumer_secret = "${SECRET}"`, 'consumer_secret'],
  ])('%s', (_, text, name) => {
    expect(found(text)).toEqual([[name, SECRET]]);
    const [secret] = secretsInCode(text);
    expect(text.slice(secret?.offset).startsWith(SECRET)).toBe(true);
  });
});

describe('a client secret is found by its format', () => {
  const google = `GOCSPX-${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4'}`;
  const entra = `abc8Q~${'dEfGhIjKlM7nOpQrStUv3WxYz01c9k5q2'.slice(0, 33)}`;
  test.each([
    ['Google', `const s="${google}"`, google],
    ['Microsoft Entra', `{a:'${entra}'}`, entra],
    [
      'GitHub',
      `{id:"Iv1.0123456789abcdef",s:"0123456789abcdef0123456789abcdef01234567"}`,
      '0123456789abcdef0123456789abcdef01234567',
    ],
  ])('of %s', (vendor, text, value) => {
    expect(secretsInCode(text)).toMatchObject([{ vendor, value, by: 'format' }]);
  });

  test('but no commit beside the id of an application', () => {
    const text = '{id:"Ov23ligHwq3mvCgRaBcD",COMMIT_SHA:"0123456789abcdef0123456789abcdef01234567"}';
    expect(found(text)).toEqual([]);
    expect(found('{s:"0123456789abcdef0123456789abcdef01234567"}')).toEqual([]);
  });
});

describe('no client secret', () => {
  test.each([
    ['a placeholder', 'clientSecret:"YOUR_CLIENT_SECRET_1234"'],
    ['a variable', 'clientSecret:process.env.CLIENT_SECRET'],
    ['a template', 'clientSecret:`$'.concat('{secret}0123456789abcdef`')],
    ['the name of a method', '{token_endpoint_auth_method:"client_secret_basic"}'],
    ['a list of methods', '["client_secret","private_key_jwt","client_secret_post"]'],
    ['a label', '{"clientSecret":"The secret of your application"}'],
    ['a name', 'clientSecret:"applicationSettings2"'],
    ['nothing', 'clientSecret:""'],
    ['a short value', 'clientSecret:"abc123"'],
    ['one character again and again', 'clientSecret:"11111111111111a11111111"'],
    [
      "Stripe's secret of one payment",
      `{"client_secret":"pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH"}`,
    ],
    ["Stripe's secret of a set-up", '{clientSecret:"seti_1Mm8s8LkdIwHu7ix0OXBfTRG_secret_NXDICkPqPeiBTAFqWmkbff09"}'],
    ['a key of one session', '{"client_secret":{"value":"ek_68af296e8e408191a1120ab6383263c2"}}'],
    ['a publishable key', `appSecret:"pk_live_51H${SECRET}"`],
    [
      'a key of Google Maps or Firebase',
      `{apiKey:"AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",appSecret:"AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"}`,
    ],
    ["Mapbox's token", 'mapboxgl.accessToken="pk.eyJ1IjoiZXhhbXBsZSIsImEiOiJjazl6In0.wX1y2Z3a4B"'],
    ['the address of Sentry', 'Sentry.init({dsn:"https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1"})'],
    ['the key of a captcha', 'data-sitekey="6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI"'],
    ['an id of analytics', 'gtag("config","G-1A2B3C4D5E",{client_secret_hint:"none"})'],
    ['a key of Supabase for everybody', `supabaseKey:"eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.${SECRET}"`],
    ['another name that ends alike', `notAClientSecretName:"${SECRET}"`],
    ['a parameter that code assigns', `a.client_secret=${SECRET}`],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test('in what a page shows to people', () => {
    const guide = `<p>Set client_secret="${SECRET}" and</p><pre><code>clientSecret: "${SECRET}"</code></pre>`;
    expect(secretsInScan({ found: 'markup', text: guide } as never)).toEqual([]);
    const own = `${guide}<script>var c={clientSecret:"${SECRET}"}</script>`;
    expect(secretsInScan({ found: 'markup', text: own } as never)).toMatchObject([{ offset: own.lastIndexOf(SECRET) }]);
  });
});

describe('a private key', () => {
  const pem = (type: 'rsa' | 'ec' | 'ed25519', format: 'pkcs8' | 'pkcs1' | 'sec1') => {
    const options = { modulusLength: 2048, namedCurve: 'P-256' };
    const { privateKey } = generateKeyPairSync(type as 'rsa', options);
    return String(privateKey.export({ type: format as 'pkcs8', format: 'pem' }));
  };

  test.each([
    ['RSA, PKCS #8', pem('rsa', 'pkcs8')],
    ['RSA, PKCS #1', pem('rsa', 'pkcs1')],
    ['EC, PKCS #8', pem('ec', 'pkcs8')],
    ['EC, SEC 1', pem('ec', 'sec1')],
    ['Ed25519', pem('ed25519', 'pkcs8')],
  ])('in PEM is found as it is and in a string: %s', (_, text) => {
    const line = text.split('\n')[1];
    const said = [['PRIVATE KEY', line]];
    expect(found(text)).toEqual(said);
    expect(found(JSON.stringify({ private_key: text }))).toEqual(said);
    expect(
      found(
        text
          .trim()
          .split('\n')
          .map((part) => `"${part}\\n"`)
          .join(' +\n'),
      ),
    ).toEqual(said);
    expect(found(text.replace(/\n.{10}/, '\n'))).toEqual([]);
  });

  test('as a JSON Web Key is found where it is whole', () => {
    for (const [type, options] of [
      ['rsa', { modulusLength: 2048 }],
      ['ec', { namedCurve: 'P-256' }],
      ['ed25519', {}],
    ] as const) {
      const jwk = generateKeyPairSync(type as 'rsa', options as { modulusLength: number }).privateKey.export({
        format: 'jwk',
      });
      expect(found(JSON.stringify(jwk))).toEqual([['d', jwk.d]]);
      expect(found(JSON.stringify({ ...jwk, x: undefined, n: undefined }))).toEqual([]);
      expect(found(JSON.stringify({ ...jwk, kty: undefined }))).toEqual([]);
      expect(found(JSON.stringify({ ...jwk, d: undefined }))).toEqual([]);
    }
  });

  test.each([
    ['the words of a library', '"-----BEGIN PRIVATE KEY-----\\n"+a+"\\n-----END PRIVATE KEY-----"'],
    ['a public one', '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----'],
    ['a long property of that name', `{d:"${'M'.repeat(60)}"}`],
  ])('is not %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});

test('random values look secret, however they are written', () => {
  const alphabets = ['0123456789abcdef', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  fc.assert(
    fc.property(
      fc.constantFrom(...alphabets),
      fc.noBias(fc.array(fc.nat(1e6), { minLength: 40, maxLength: 40 })),
      (alphabet, picks) => {
        const value = picks.map((n) => alphabet.charAt(n % alphabet.length)).join('');
        // A word of a template can come up by chance; so can letters alone, and one sign again and again.
        fc.pre(/\d/.test(value) && /[a-z]/i.test(value) && new Set(value).size > 9 && !/(.)\1{3}/.test(value));
        expect(looksSecret(value) || /your|dummy|xxxx|sample|12345678|^[/.]|^(ek|pi|cs|pm)_|G-/i.test(value)).toBe(
          true,
        );
      },
    ),
    seeded(500),
  );
});
