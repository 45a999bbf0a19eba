import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  advance,
  approve,
  begin,
  cancel,
  resume,
  retry,
  retryStep,
  runThrough,
  sending,
} from '../../../lib/runner/advance.ts';
import { newRun, withLaterStep } from '../../../lib/runner/flows.ts';
import { currentStep, type ProblemCode, type Run, type StepId, type TokenSet } from '../../../lib/runner/run.ts';
import { type FullServer, startFullServer } from '../../servers/full-server.ts';
import { visit } from './browser.ts';
import { EVERY_FLOW } from './every-flow.ts';
import { BASE, drive, REDIRECT_URI, realIo, start } from './real-run.ts';

/** Not there yet while the tests are listed. */
let server: FullServer;
beforeAll(async () => {
  server = await startFullServer(REDIRECT_URI);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

/** As it is in storage: what is no plain data does not survive. */
const stored = (run: Run): Run => JSON.parse(JSON.stringify(run)) as Run;

async function tokens(): Promise<TokenSet> {
  const run = await start({ issuer: server.issuer });
  if (run.secrets.tokens === null) throw new Error('no tokens');
  return run.secrets.tokens;
}

/** What must be sent once: codes, and refresh tokens. A proof that was refused for its nonce spent nothing. */
function spentTwice(): string[] {
  const redeemed = server.received
    .filter(({ path, headers }) => path === '/token' && headers['dpop'] === undefined)
    .map(({ fields }) => Object.fromEntries(fields))
    .flatMap((sent) => [sent['code'], sent['refresh_token']])
    .filter((value) => value !== undefined);
  return redeemed.filter((value, index) => redeemed.indexOf(value) !== index);
}

async function agreeOnDevice(run: Run): Promise<void> {
  if (run.device !== null && currentStep(run)?.id === 'poll') {
    await visit(run.device.verificationUriComplete ?? '', REDIRECT_URI).catch(() => undefined);
  }
}

const LOST: Readonly<Partial<Record<StepId, ProblemCode>>> = { poll: 'device-spent', refresh: 'refresh-refused' };

describe.each(EVERY_FLOW)('$name: the worker dies', ({ config, given }) => {
  /** Dies once, in the middle of the step with this number: before its request, or after it and before the write. */
  async function dieAt(at: number, sent: boolean): Promise<{ run: Run; said: boolean }> {
    let run = newRun(
      'r',
      { ...BASE, issuer: server.issuer, ...config(server) },
      await given(server, tokens),
      Date.now(),
    );
    server.received.length = 0;
    let died = false;
    let said = false;
    for (let turn = 0; turn < 60; turn++) {
      if (run.is === 'failed' && run.problem?.code === 'interrupted') {
        said = true;
        expect(retryStep(run)).not.toBeNull();
        run = stored(retry(run));
      }
      const step = currentStep(run);
      if (run.is !== 'running' || step === null) break;
      run = stored(begin(run, Date.now()));
      await agreeOnDevice(run);
      // The first turn of polling only waits.
      const asks = step.id !== 'poll' || step.proved.length > 0;
      if (!died && asks && run.steps.findIndex(({ key }) => key === step.key) === at) {
        died = true;
        // The answer is lost with the worker; the next one finds what was written before.
        let written = run;
        const leaving = (): Promise<void> => {
          written = sending(run, Date.now());
          return Promise.resolve();
        };
        if (sent) await advance(run, realIo(run, { sending: leaving }));
        run = stored(resume(written, Date.now()));
        continue;
      }
      run = stored(await advance(run, realIo(run)));
    }
    return { run, said };
  }

  const steps = newRun('r', { ...BASE, ...config(null) }, {}, 0).steps.map(({ id }) => id);

  test.each(steps.map((id, at) => [id, at] as const))('in %s', async (id, at) => {
    for (const sent of [false, true]) {
      const { run, said } = await dieAt(at, sent);
      // What a dead worker redeemed is gone: the run says so.
      const lost = sent ? (LOST[id] ?? null) : null;
      expect(run.problem?.code ?? null).toBe(lost);
      expect(run.is).toBe(lost === null ? 'done' : 'failed');
      // What had not left goes on by itself; so does what can be sent again.
      const once = ['signIn', 'token', 'refresh', 'registration', 'client', 'logout'].includes(id) && isOnce(run, id);
      expect(said).toBe(sent && once);
      // The one way to find out about a refresh token whose answer is lost: the person chose it, and there is no second.
      expect(spentTwice()).toEqual(id === 'refresh' && sent ? [expect.any(String)] : []);
      if (lost === 'refresh-refused') expect(retryStep(run)).toBeNull();
      if (lost === 'device-spent') expect(retryStep(run)?.id).toBe('device');
    }
  });

  const isOnce = (run: Run, id: string): boolean =>
    id !== 'token' || (run.config.flow !== 'clientCredentials' && run.config.flow !== 'tokenExchange');
});

describe('what the person does meanwhile', () => {
  const guided = (): Run => newRun('r', { ...BASE, issuer: server.issuer, mode: 'guided' }, {}, 0);

  async function toReady(from: Run): Promise<Run> {
    let run = from;
    while (run.is === 'running' && currentStep(run)?.is !== 'ready') run = await advance(begin(run, 1), realIo(run));
    return run;
  }

  test('a request that waits survives, and nothing was sent', async () => {
    const run = stored(await toReady(guided()));
    expect(resume(run, 2)).toEqual(run);
    expect(server.received.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
  });

  test('only the step that waits can be let go', async () => {
    const run = await toReady(guided());
    expect(approve(run, 'token', [])).toBe(run);
    expect(currentStep(approve(run, 'request', [['a', 'b']]))).toMatchObject({ is: 'running', approved: [['a', 'b']] });
  });

  test('run through: nothing waits any more', async () => {
    const done = await drive(runThrough(await toReady(guided())), {
      approve: () => {
        throw new Error('it waited');
      },
    });
    expect(done.is).toBe('done');
  });

  test('cancelled: what is under way is marked, and it can be taken up again', async () => {
    const run = cancel(await toReady(guided()), 5);
    expect(run.is).toBe('cancelled');
    expect(run.steps.find(({ id }) => id === 'request')).toMatchObject({ is: 'failed', endedAt: 5 });
    expect(retryStep(run)?.id).toBe('request');
    expect((await drive(retry(run))).is).toBe('done');
    expect(cancel(run, 9)).toBe(run);
  });

  test('a step that is added does not bring back what was not reached', async () => {
    const failed = await start(
      { issuer: server.issuer },
      {},
      { callback: (url) => url.searchParams.set('state', 'x') },
    );
    const more = withLaterStep(failed, 'introspection', null);
    expect(more.steps.filter(({ is }) => is === 'waiting').map(({ key }) => key)).toEqual(['introspection']);
    expect(withLaterStep(more, 'userinfo', null)).toBe(more);
  });

  test('what failed last is tried again, and no refresh request that failed before it', async () => {
    const done = await start({ issuer: server.issuer });
    const refresh = sending(begin(withLaterStep(done, 'refresh', null), 1), 2);
    const stopped = resume(refresh, 3);
    expect(retryStep(stopped)?.key).toBe('refresh');
    const called = await drive(withLaterStep(stopped, 'resourceCall', { token: null, url: server.resource }));
    expect(called.problem?.code).toBe('token-refused');
    expect(retryStep(called)?.key).toBe('resourceCall');
    server.received.length = 0;
    await drive(retry(called));
    expect(server.received.map(({ path }) => path)).toEqual(['/api']);
  });
});
