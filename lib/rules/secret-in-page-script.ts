import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { CODE_UNSEEN, PAGE_SECRET, sentByPage, text } from './support/example-pages.ts';
import {
  byHostAndName,
  deliveredCode,
  type FoundSecret,
  fileOf,
  inCode,
  nothingIn,
  secretsSent,
} from './support/page-code.ts';

export const rule: Rule = {
  id: 'secret-in-page-script',
  title: 'Client secret in what the page delivers',
  subject: 'Client secrets in scripts, markup and configuration',
  group: 'H',
  severity: 'high',
  confidence: 'firm',
  needs: ['page code'],
  references: [
    { spec: 'RFC 6749', section: '2.1', level: 'none' },
    { spec: 'RFC 6819', section: '4.1.1', level: 'none' },
    { spec: 'RFC 6819', section: '5.3.1', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
  ],
  asvs: ['13.3.1'],
  why: 'Everybody who opens the page has the secret and can act as the client; a minifier hides nothing.',
  fix: 'Take the secret out, replace it by a new one at the server, and use PKCE without a secret or a backend.',
  parents: ['client-secret-in-browser', 'client-secret-basic-in-browser', 'client-secret-in-url'],

  judges: 'trace',
  check(_, c) {
    const { code, secrets } = c.once(deliveredCode);
    const found = secrets.filter(({ is, inMap }) => is === 'client secret' && inMap === null);
    const [first, ...rest] = byHostAndName(found).map((group) => toFail(group, c));
    return first === undefined ? nothingIn(code, c) : c.fail(first, ...rest);
  },
};

function toFail(secrets: readonly [FoundSecret, ...FoundSecret[]], c: RuleContext): Fail {
  const [first] = secrets;
  const flow = secrets.map(({ value }) => c.once(secretsSent).get(value)).find((of) => of !== undefined);
  const vendor = first.vendor === null ? c.say`` : c.say` of ${c.plain(first.vendor)}`;
  return {
    evidence: inCode(secrets, c),
    ...(flow === undefined ? {} : { flow }),
    severity: severityOf(secrets),
    confidence: flow !== undefined || secrets.some(({ by }) => by === 'format') ? 'certain' : 'firm',
    summary: c.say`${fileOf(first, c)} holds the client secret${vendor} ${c.plain(first.name)}.`,
  };
}

/** Google's clients for installed applications get a secret that Google itself calls none. */
function severityOf(secrets: readonly FoundSecret[]): Severity {
  const isInstalled = ({ scan, offset }: FoundSecret): boolean =>
    /["']?installed["']?\s*:\s*\{[^{}]*$/.test(scan.text.slice(Math.max(0, offset - 600), offset));
  return secrets.every(isInstalled) ? 'medium' : 'high';
}

const GOOGLE = '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';
const BUNDLE = `!function(){var c={clientId:"web1",clientSecret:"${PAGE_SECRET}"};start(c)}();`;

export const examples: Examples = {
  violation: [
    { name: 'in a bundle', trace: text('SCRIPT', BUNDLE), severity: 'high' },
    { name: 'in an inline script', trace: text('INLINE', BUNDLE), severity: 'high' },
    {
      name: 'in the markup',
      trace: text('MARKUP', `<main><div id="app" data-client-secret="${PAGE_SECRET}"></div></main>`),
      severity: 'high',
    },
    {
      name: 'in JSON configuration',
      trace: text(
        'SCRIPT',
        { oauth: { client_id: 'web1', client_secret: PAGE_SECRET } },
        'https://app.example/config.json',
      ),
      severity: 'high',
    },
    {
      name: 'in what hangs on the window',
      trace: text('GLOBAL', { __CONFIG__: { CLIENT_SECRET: PAGE_SECRET } }),
      severity: 'high',
    },
    { name: "in Google's format", trace: text('SCRIPT', `const k=["${GOOGLE}"]`), severity: 'high' },
    {
      name: "of Google's installed applications",
      trace: text('SCRIPT', { installed: { client_id: '1-a.apps.googleusercontent.com', client_secret: GOOGLE } }),
      severity: 'medium',
    },
    {
      name: 'that is sent, too',
      trace: text('SCRIPT', BUNDLE) + sentByPage(),
      severity: 'high',
    },
    {
      name: 'that is sent as HTTP Basic, too',
      trace:
        text('SCRIPT', BUNDLE) + sentByPage('', `\nAuthorization: Basic ${'d2ViMTpadDdXcTJMeDlLYzRWYjhObTFQcjVZ'}`),
      severity: 'high',
    },
    {
      name: 'two in one file',
      trace: text('SCRIPT', `a={clientSecret:"${PAGE_SECRET}"};b={appSecret:"Qm3Xz8Rt5Yv1Bn6Kp2Ws9L"}`),
      severity: 'high',
    },
  ],
  clean: [
    { name: 'no secret', trace: text('SCRIPT', '!function(){var c={clientId:"web1"};start(c)}();') },
    { name: 'no secret in several places', trace: text('SCRIPT', 'start()') + text('MARKUP', '<main></main>') },
  ],
  lookAlike: [
    {
      name: 'the name of a method',
      trace: text('SCRIPT', '{token_endpoint_auth_method:"client_secret_basic_or_post_1"}'),
      verdict: 'pass',
    },
    { name: 'a placeholder', trace: text('SCRIPT', 'clientSecret:"YOUR_CLIENT_SECRET_1234"'), verdict: 'pass' },
    {
      name: "a guide's example",
      trace: text('SCRIPT', 'const md="client_secret=7Fjfp0ZBr1KtDRbnfVdmIw"'),
      verdict: 'pass',
    },
    {
      name: "Stripe's secret of one payment",
      trace: text('SCRIPT', { client_secret: 'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH' }),
      verdict: 'pass',
    },
    {
      name: 'keys that are meant for everybody',
      trace: text(
        'SCRIPT',
        'Stripe("pk_live_51HZt7Wq2Lx9Kc4Vb8");mapboxgl.accessToken="pk.eyJ1IjoiZXhhbXBsZSJ9.wX1y2Z3a4B";firebase({apiKey:"AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"})',
      ),
      verdict: 'pass',
    },
    {
      name: 'what a page shows to people',
      trace: text('MARKUP', `<pre>clientSecret: "${PAGE_SECRET}"</pre>`),
      verdict: 'pass',
    },
    {
      name: 'a source map is another finding',
      trace:
        text('SCRIPT', 'start()') +
        text(
          'SCRIPT',
          { version: 3, sources: ['a.ts'], sourcesContent: [BUNDLE], mappings: '' },
          'https://app.example/app.js.map',
        ),
      verdict: 'pass',
    },
    {
      name: 'what the page wrote to the console',
      trace: text('SCRIPT', 'start()') + text('CONSOLE', BUNDLE),
      verdict: 'pass',
    },
  ],
  cannotTell: CODE_UNSEEN,
};
