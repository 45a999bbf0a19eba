import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { currentStep, NO_OPTIONS, type Run, type RunConfig, type TokenSet } from '../../../lib/runner/run.ts';
import { decodedEverything, leaksIn } from '../../unit/exports/canaries.ts';
import { visit } from '../../unit/runner/browser.ts';
import { EVERY_FLOW } from '../../unit/runner/every-flow.ts';
import { start } from '../../unit/runner/real-run.ts';
import { callSource, type LaunchOptions, type Tab, type TestBrowser, until } from '../harness/browser.ts';
import { ALL_CONSOLES, consoleLines, keepConsole, ONE_CONSOLE } from '../harness/console-lines.ts';
import { type RunStand, startRunStand } from '../harness/run-stand.ts';

declare const chrome: {
  readonly storage: { readonly session: { set(items: Readonly<Record<string, unknown>>): Promise<void> } };
};

/**
 * Runs in the background, before its own code. In a guided run the write after a step never returns, although it is
 * done: nothing comes after it until the background is stopped, and so it stops between two steps.
 */
function holdAfterEachStep(): void {
  const { session } = chrome.storage;
  const set = session.set.bind(session);
  let before: number | null = null;
  session.set = async (items) => {
    await set(items);
    const run = items['run:current'] as Run | undefined;
    if (run?.config.mode !== 'guided') return;
    const over = run.steps.filter(({ endedAt }) => endedAt !== null).length;
    if (before !== null && over > before) await new Promise(() => undefined);
    before = over;
  };
}

/** Texts of a value that are long enough to be found again, however deep; of a token its parts. */
function secretsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split('.').length === 3 ? value.split('.').slice(1) : [value];
  const members = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return members.flatMap(secretsIn).filter((text) => text.length >= 16);
}

/** Where each flow can be refused last, and what is refused there with everything that was sent. */
const REFUSED: Readonly<Partial<Record<RunConfig['flow'], string>>> = {
  resource: '/reg',
  introspection: '/token/introspection',
  revocation: '/token/revocation',
  userinfo: '/me',
  registration: '/reg',
  logout: '/session/end',
};

const endedSteps = ({ steps }: Run) => steps.filter(({ endedAt }) => endedAt !== null);

/**
 * Every flow in a real browser whose background is stopped: after every step, and while a request waits for its answer.
 * Then every flow is refused; of neither there is a secret on any console.
 */
export function runSurvivalTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let stand: RunStand;
  let inspector: Tab;
  /** What must be on no console. */
  const secrets = new Set<string>();
  before(async () => {
    const first = [callSource(keepConsole, ONE_CONSOLE), callSource(holdAfterEachStep, undefined)];
    stand = await startRunStand(launch, first.join(';\n'));
    inspector = await stand.extension.openPage('inspector.html');
    await inspector.evaluate(keepConsole, ONE_CONSOLE);
    await stand.page.evaluate(keepConsole, ALL_CONSOLES);
    await stand.page.bringToFront();
  });
  after(() => stand?.stop());

  /** Stops the background, and starts it again as a page of the extension does. */
  const restart = async (): Promise<void> => {
    await stand.extension.stopBackground();
    await stand.ask({ do: 'run.wake' });
  };

  /** Tokens of a run without the browser. */
  const otherTokens = async (): Promise<TokenSet> => {
    const { issuer } = stand.server;
    const { tokens } = (await start({ issuer, redirectUri: stand.base.redirectUri })).secrets;
    assert.ok(tokens);
    return tokens;
  };

  const remember = (run: Run): void => {
    const { redirect_uri: _uri, ...callback } = Object.fromEntries(run.secrets.callback ?? []);
    const { callbackUrl: _url, callback: _pairs, ...others } = run.secrets;
    for (const secret of secretsIn([others, callback, run.device?.verificationUriComplete, stand.issued]))
      secrets.add(secret);
  };

  /** Presses of the person in the window that the flow opens, if it does. */
  const presses = (flow: RunConfig['flow']): Promise<void> => {
    const steps = flow === 'logout' ? ['logout'] : ['login', 'consent'];
    return ['code', 'resource', 'logout'].includes(flow)
      ? stand.browser.nextTab().then((window) => stand.press(window, steps))
      : Promise.resolve();
  };

  const agree = ({ device }: Run): Promise<unknown> =>
    visit(device?.verificationUriComplete ?? '', stand.base.redirectUri);

  /** By the log of the server: a code or refresh token came once, and what it gave out is what the run holds. */
  const assertNothingLost = (run: Run): void => {
    const { server, issued } = stand;
    const spent = server.received
      // A proof is made anew with the nonce that the refusal of the first one gave: that spent nothing (RFC 9449 §8).
      .filter(({ path, headers }) => path === '/token' && !('dpop' in headers))
      .flatMap(({ fields }) => fields.filter(([name]) => name === 'code' || name === 'refresh_token'));
    assert.equal(new Set(spent.map(([, value]) => value)).size, spent.length, 'nothing was sent twice');
    const { tokens } = run.secrets;
    assert.deepEqual(
      issued.map((one) => [one['access_token'], one['refresh_token'] ?? null, one['id_token'] ?? null]),
      tokens === null ? [] : [[tokens.accessToken, tokens.refreshToken, tokens.idToken]],
    );
  };

  for (const { name, config, given } of EVERY_FLOW) {
    test(`${name}: the background stops after every step`, async () => {
      const { server, base } = stand;
      const flow: RunConfig = { ...base, ...config(server), mode: 'guided' };
      const secret = await given(server, otherTokens);
      const pressed = presses(flow.flow);
      await stand.begin(flow, secret);
      const stops: string[] = [];
      let agreed = false;
      for (let ended = 0, is = 'running'; is === 'running'; ) {
        const now = await until(`what comes after ${stops.at(-1)}`, async () => {
          const run = await stand.run();
          if (run === null) return null;
          if (currentStep(run)?.is === 'ready' || endedSteps(run).length > ended) return run;
          if (run.device !== null && !agreed) {
            agreed = true;
            await agree(run);
          }
          return null;
        });
        await restart();
        if (endedSteps(now).length > ended) {
          ({ is } = now);
          ended = endedSteps(now).length;
          stops.push(endedSteps(now).at(-1)?.key ?? '');
        } else {
          const step = currentStep(now);
          await until('the request to wait as before', async () => {
            assert.deepEqual(await stand.run(), now);
            return true;
          });
          await stand.ask({ do: 'run.approve', step: step?.key, fields: step?.draft?.fields });
        }
      }
      await pressed;
      const run = await stand.ends(/: done$/);
      assert.deepEqual(
        stops,
        run.steps.map(({ key }) => key),
      );
      assertNothingLost(run);
      remember(run);
    });
  }

  /** Stops the background while a request to each of these paths waits for its answer, once and in this order. */
  const stopAtRequests = async (paths: readonly string[], first: () => Promise<void>): Promise<readonly string[]> => {
    const { server, page, run, ask } = stand;
    const left = [...paths];
    const repeated: string[] = [];
    let held = false;
    server.answer = (path, _response, request) => {
      if (held || path !== left[0]) return false;
      left.shift();
      held = true;
      // Read to its end, so that what was sent is in the log.
      request.resume();
      return true;
    };
    await first();
    for (;;) {
      const now = await until('what comes next', async () => {
        const found = await run();
        return held || found?.is !== 'running' ? found : null;
      });
      if (held) {
        await stand.extension.stopBackground();
        held = false;
        await ask({ do: 'run.wake' });
      } else if (now.is === 'failed') {
        assert.equal(now.problem?.code, 'interrupted');
        repeated.push(now.problem.step);
        await until('the step to repeat', () =>
          page.evaluate(() => document.querySelector('.run-retry') !== null || null, undefined),
        );
        await page.click('.run-retry');
        await until('the run', async () => ((await run())?.is === 'failed' ? null : true));
      } else break;
    }
    server.answer = null;
    assert.deepEqual(left, [], 'every request was held once');
    const done = await run();
    assert.equal(done?.is, 'done');
    return repeated;
  };

  test('the background stops at each request, from a resource to its token, userinfo and introspection', async () => {
    const { browser, server } = stand;
    const resource = ['/api', '/.well-known/oauth-protected-resource/api', '/.well-known/oauth-authorization-server'];
    // The code may have been sent: the run goes back to the PKCE pair, and opens the window once more.
    const signedIn = (async () => {
      for (let windows = 0; windows < 2; windows += 1) await stand.press(await browser.nextTab(), ['login', 'consent']);
    })();
    const options = { ...NO_OPTIONS, par: true };
    const given = { flow: 'resource', issuer: null, resourceUrl: server.resource, clientId: '', scope: '' } as const;
    const repeated = await stopAtRequests([...resource, '/reg', '/request', '/token', '/api'], () =>
      stand.begin({ ...given, options }),
    );
    await signedIn;
    assert.deepEqual(repeated, ['client', 'token']);
    const input = { token: 'accessToken', url: null };
    const ask = () => stand.ask({ do: 'run.later', step: 'introspection', input });
    assert.deepEqual(await stopAtRequests(['/token/introspection'], ask), []);
    const run = await stand.run();
    assert.ok(run);
    assertNothingLost(run);
  });

  test('every flow is refused: the message repeats no secret', async () => {
    const { server, base, page } = stand;
    for (const { config, given } of EVERY_FLOW) {
      const flow: RunConfig = { ...base, ...config(server) };
      const secret = await given(server, otherTokens);
      const refusedAt = REFUSED[flow.flow] ?? (flow.options.par ? '/request' : '/token');
      const opens = refusedAt === '/token' || flow.flow === 'logout';
      server.answer = (path, response, request) => {
        if (path !== refusedAt) return false;
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const sent = `${decodeURIComponent(Buffer.concat(chunks).toString())} ${request.headers.authorization}`;
          if (flow.flow === 'logout') response.writeHead(302, { location: `${base.redirectUri}?state=x` }).end();
          else {
            const refusal = { error: 'invalid_request', error_description: `this is refused: ${sent}` };
            response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
          }
        });
        request.resume();
        return true;
      };
      // The sign-out does not come to its page.
      const pressed = opens && flow.flow !== 'logout' ? presses(flow.flow) : null;
      await stand.begin(flow, secret);
      let agreed = false;
      const failed = await until('the refusal', async () => {
        const run = await stand.run();
        if (run !== null && run.device !== null && !agreed) {
          agreed = true;
          await agree(run);
        }
        return run?.is === 'failed' ? run : null;
      });
      await pressed;
      server.answer = null;
      const shown = await until('the message', () =>
        page.evaluate(() => document.querySelector('.run-problem')?.textContent ?? null, undefined),
      );
      if (flow.flow !== 'logout') assert.match(shown, /this is refused/);
      remember(failed);
      for (const one of secretsIn(failed.secrets)) assert.ok(!shown.includes(one), `${flow.flow}: ${one}`);
    }
  });

  test('canary: no console has a secret of these runs', async () => {
    const { page, extension } = stand;
    const found = async (): Promise<readonly string[]> => {
      const lines = decodedEverything((await page.evaluate(consoleLines, undefined)).join('\n'));
      return [...secrets].filter((value) => leaksIn(lines, { name: '', value }).length > 0);
    };
    assert.ok(secrets.size > 40, `${secrets.size} secrets`);
    assert.deepEqual(await found(), []);
    // What is written there would be seen: encoded, inside of an object, by each of the three.
    const planted = [...secrets].slice(0, 3);
    for (const [index, document] of [extension.background, page, inspector].entries()) {
      // biome-ignore lint/suspicious/noConsole: this is what must be seen.
      await document.evaluate((secret) => console.debug({ secret }), btoa(planted[index] ?? ''));
    }
    await until('what was planted', async () => ((await found()).length === planted.length ? true : null));
    assert.deepEqual(await found(), planted);
  });
}
