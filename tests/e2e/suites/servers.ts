import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DemoCase, expectationText, type MessageFacts } from '../../servers/case.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { cases } from '../../servers/cases/index.ts';
import { caseUrls } from '../../servers/demo-site.ts';
import { formOf, header, type LoggedExchange } from '../../servers/request-log.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';

function assertFacts(what: string, params: URLSearchParams, { has, lacks }: MessageFacts) {
  for (const one of has) {
    const [name = '', ...value] = one.split('=');
    assert.ok(params.get(name), `${what} has no ${name}: ${params}`);
    if (value.length > 0) assert.equal(params.get(name), value.join('='), `${what}: ${name}`);
  }
  for (const name of lacks) assert.ok(!params.has(name), `${what} has ${name}`);
}

/** The claims of a request or response object (RFC 9101, JARM) beside the parameters that it came with. */
function withClaims(params: URLSearchParams): URLSearchParams {
  const jwt = params.get('request') ?? params.get('response');
  if (jwt === null) return params;
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  return new URLSearchParams([...params, ...Object.entries(claims).map(([name, value]) => [name, String(value)])]);
}

interface ResponseOnTheWire {
  readonly channel: 'query' | 'fragment' | 'form_post';
  readonly params: URLSearchParams;
}

function authorizationResponses(demo: Demo, { id }: DemoCase): readonly ResponseOnTheWire[] {
  const { callback, renewed } = caseUrls(demo.origins, id);
  return demo.log.exchanges.flatMap((exchange): readonly ResponseOnTheWire[] => {
    const { origin, pathname } = exchange.url;
    if (exchange.method === 'POST' && origin + pathname === callback) {
      return [{ channel: 'form_post', params: formOf(exchange) }];
    }
    const target = URL.parse(header(exchange.responseHeaders, 'location') ?? '');
    const forClient = target !== null && [callback, renewed].includes(target.origin + target.pathname);
    if (origin !== demo.origins.as || !forClient) return [];
    return target.hash === ''
      ? [{ channel: 'query', params: withClaims(target.searchParams) }]
      : [{ channel: 'fragment', params: new URLSearchParams(target.hash.slice(1)) }];
  });
}

/** Compares the log of the servers with what the case says of itself. */
function assertWire(demo: Demo, demoCase: DemoCase) {
  const { wire } = demoCase;
  const { as, app } = demo.origins;
  const at = (method: string, path: string) =>
    demo.log.exchanges.filter(({ method: used, url }) => used === method && url.origin === as && url.pathname === path);

  const requests = at('GET', '/auth');
  assert.equal(requests.length, wire.authorizationRequests ?? 1, 'authorization requests');
  for (const { url } of requests) {
    assert.ok(wire.authorizationRequest);
    assertFacts('authorization request', withClaims(url.searchParams), wire.authorizationRequest);
  }
  const isRefresh = (form: URLSearchParams) => form.get('grant_type') === 'refresh_token';
  // Servers send no Origin; a form of a page with `no-referrer` sends `null` (Fetch §3.2).
  const sender = (exchange: LoggedExchange) =>
    ['null', app].includes(header(exchange.requestHeaders, 'origin') ?? '') ? 'page' : 'server';
  for (const { path, sentBy, ...facts } of wire.others ?? []) {
    const sent = at('POST', path).filter((one) => path !== '/token' || isRefresh(formOf(one)));
    assert.equal(sent.length, 1, path);
    for (const exchange of sent) {
      assert.ok(exchange.status < 400, exchange.responseBody);
      assertFacts(path, formOf(exchange), facts);
      assert.equal(sender(exchange), sentBy, path);
    }
  }

  const responses = authorizationResponses(demo, demoCase);
  assert.equal(responses.length, wire.authorizationResponse ? requests.length : 0, 'authorization responses');
  for (const { channel, params } of responses) {
    assert.ok(wire.authorizationResponse);
    assert.equal(channel, wire.authorizationResponse.channel);
    assertFacts('authorization response', params, wire.authorizationResponse);
    const pushed = at('POST', '/par').map((one) => formOf(one).get('state'));
    const sent = [...pushed, ...requests.map(({ url }) => withClaims(url.searchParams).get('state'))];
    if (!demoCase.server?.replaces?.state) assert.ok(sent.includes(params.get('state')), 'state comes back');
    if (!demoCase.server?.replaces?.iss && params.has('iss')) assert.equal(params.get('iss'), as);
  }

  const redemptions = at('POST', '/token').filter((one) => !isRefresh(formOf(one)));
  assert.equal(redemptions.length, wire.tokenRequest ? Math.max(requests.length, 1) : 0, 'token requests');
  for (const exchange of redemptions) {
    assert.ok(wire.tokenRequest);
    assert.equal(exchange.status, 200, exchange.responseBody);
    assertFacts('token request', formOf(exchange), wire.tokenRequest);
    assert.equal(sender(exchange), wire.tokenRequest.sentBy);
  }
}

const attacked = (id: string, replaces: { state?: string; iss?: string }): DemoCase => ({
  ...codePkcePublic,
  id,
  server: { replaces },
});

/** The sound client under the attacks that the broken ones do not notice. */
const attacks = [
  { attack: attacked('foreign-state', { state: 'of-another-flow' }), problem: 'wrong state' },
  { attack: attacked('foreign-iss', { iss: 'https://other-as.example' }), problem: 'wrong issuer' },
] as const;

/** The demo's servers and clients do what the cases say, in a real browser and without the extension. */
export function serverTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let tab: Tab;

  before(async () => {
    demo = await startDemo({ cases: [...cases, ...attacks.map(({ attack }) => attack)] });
    browser = await launch({ demo, extension: false });
    tab = await browser.newTab();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  describe('each demo client', () => {
    for (const demoCase of cases) {
      test(`${demoCase.id}: ${demoCase.title}`, async () => {
        demo.log.clear();
        const { outcome, facts } = await signIn(tab, demo, demoCase.id);
        assert.equal(outcome, 'done', JSON.stringify(facts));
        assert.equal(facts['subject'], 'alice');
        assert.deepEqual(facts['tokens'], demoCase.wire.tokens);
        assertWire(demo, demoCase);
        const { search, hash } = new URL(tab.url());
        assert.equal(search + hash, '', 'the callback cleans its address');
      });
    }
  });

  describe('a sound client', () => {
    for (const { attack, problem } of attacks) {
      test(`refuses an answer with a ${problem} and redeems nothing`, async () => {
        demo.log.clear();
        const { outcome, facts } = await signIn(tab, demo, attack.id);
        assert.equal(outcome, 'failed');
        assert.match(String(facts['error']), new RegExp(problem));
        assert.ok(demo.log.exchanges.every(({ url }) => url.pathname !== '/token'));
      });
    }
  });

  test('the index page lists every client with what must be found', async () => {
    await tab.goto(demo.url);
    const rows = await tab.evaluate(
      () => [...document.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent)),
      undefined,
    );
    assert.deepEqual(
      rows,
      demo.cases.map(({ id, title, expected }) => [id, title, expectationText(expected)]),
    );
  });
}
