import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseSync } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRun } from '../../../lib/runner/flows.ts';
import { FLOWS, NO_OPTIONS, type RunConfig, type ServerMetadata } from '../../../lib/runner/run.ts';
import { CODE_KINDS, type CodeKind, runCode } from '../../../lib/view/run-code.ts';
import { FULL_SECRET, type FullServer, startFullServer } from '../../servers/full-server.ts';
import { visit } from './browser.ts';
import { BASE, REDIRECT_URI } from './real-run.ts';

let server: FullServer;
let metadata: ServerMetadata;
beforeAll(async () => {
  server = await startFullServer(REDIRECT_URI);
  metadata = (await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()) as ServerMetadata;
});
afterAll(() => server.stop());

const codeOf = (kind: CodeKind, config: Partial<RunConfig>): string =>
  runCode(kind, { config: { ...BASE, issuer: server.issuer, ...config }, server: metadata, registeredId: null });

/** Runs a program; where it shows an address to open, a person signs in and gives what it asks for. */
function execute(kind: CodeKind, code: string, env: Record<string, string>): Promise<string> {
  const [command, args] =
    kind === 'curl'
      ? (['bash', ['--norc', '-eu', '-o', 'pipefail', '-c', code]] as const)
      : ([process.execPath, ['--input-type=module', '--no-warnings', '-e', code]] as const);
  const child = spawn(command, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let said = '';
  let errors = '';
  // A program that asks for more than it is given ends.
  if (!/ CODE$|readline/m.test(code)) child.stdin.end('given\n');
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  createInterface({ input: child.stdout }).on('line', async (line) => {
    if (!/^http:\S+[?&]client_id=/.test(line)) return;
    const callback = await visit(line, REDIRECT_URI);
    child.stdin.end(`${kind === 'curl' ? new URL(callback).searchParams.get('code') : callback}\n`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(said) : reject(new Error(`${status}: ${errors}\n${said}`))));
  });
}

/** A program that cannot be read is an error of its parser. */
async function assertReadable(kind: CodeKind, code: string): Promise<void> {
  if (kind === 'curl') {
    const child = spawn('bash', ['-n'], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(code);
    expect(await new Promise((done) => child.on('close', done))).toBe(0);
  } else {
    expect(parseSync('run.mjs', code).errors).toEqual([]);
  }
}

describe.each(CODE_KINDS)('%s', (kind) => {
  test('authorization code with PKCE: the program signs in', async () => {
    expect(await execute(kind, codeOf(kind, {}), {})).toContain('id_token');
  });

  test('a secret comes from the environment', async () => {
    const config = {
      flow: 'clientCredentials',
      clientId: 'service',
      authentication: 'client_secret_basic',
      scope: '',
    } as const;
    const code = codeOf(kind, config);
    expect(code).not.toContain(FULL_SECRET);
    expect(await execute(kind, code, { CLIENT_SECRET: FULL_SECRET })).toContain('access_token');
    // Without it the program fails, so it is not somewhere else.
    await expect(
      execute(kind, code, { CLIENT_SECRET: 'wrong-but-long-enough-for-a-secret' }).then((said) => {
        if (/invalid_client/.test(said)) throw new Error(said);
      }),
    ).rejects.toThrow();
  });

  test('every flow, with and without options, can be read by its language', async () => {
    const all = { ...NO_OPTIONS, par: true, jar: true, jarm: true, dpop: true, resources: ['https://api.example'] };
    for (const flow of FLOWS) {
      for (const [options, authentication] of [
        [NO_OPTIONS, 'client_secret_post'],
        [all, 'private_key_jwt'],
      ] as const) {
        const exchange = { subjectTokenType: 'urn:a', requestedTokenType: '', audience: 'x' };
        const resourceUrl = flow === 'resource' ? 'https://api.example/mcp' : null;
        const code = codeOf(kind, {
          flow,
          options,
          authentication,
          exchange,
          resourceUrl,
          tokenTypeHint: 'access_token',
        });
        await assertReadable(kind, code);
      }
    }
  });

  test('hostile values stay values', async () => {
    const hostile = `a'b"c\`d$(touch /tmp/pwned)\${process.exit(9)}\u2028e\\`;
    const code = codeOf(kind, {
      clientId: hostile,
      scope: hostile,
      flow: 'device',
      authentication: 'client_secret_post',
    });
    await assertReadable(kind, code);
    if (kind !== 'curl') return;
    const shown = await execute('curl', `curl() { printf '%s\\0' "$@"; }\n${code}`, { CLIENT_SECRET: 'x' });
    expect(shown.split('\0')).toContain(`client_id=${hostile}`);
  });
});

describe('the libraries with the whole stack', () => {
  test.each(['oauth4webapi', 'openid-client'] as const)('%s: private_key_jwt, PAR, JAR, JARM, DPoP', async (kind) => {
    const options = { ...NO_OPTIONS, par: true, jar: true, jarm: true, dpop: true };
    const code = codeOf(kind, { clientId: 'key', authentication: 'private_key_jwt', options });
    expect(await execute(kind, code, { CLIENT_KEY: server.clientKey })).toMatch(/token_type: 'dpop'/i);
  });
});

test('canary: no secret of a run can be in its code', () => {
  const canary = 'canary-4f1b2c3d5e6f7a8b9c0d1e2f';
  const given = { clientSecret: canary, clientKey: canary, token: canary, initialAccessToken: canary };
  const leaks = (config: RunConfig): readonly CodeKind[] => {
    const run = newRun('r', config, given, 0);
    const secrets = { ...run.secrets, state: canary, nonce: canary, codeVerifier: canary, callbackUrl: canary };
    const tokens = {
      accessToken: canary,
      refreshToken: canary,
      idToken: canary,
      tokenType: 'bearer',
      scope: null,
      expiresAt: null,
    };
    const held = { ...run, secrets: { ...secrets, tokens }, authorizationUrl: canary };
    return CODE_KINDS.filter((kind) => runCode(kind, held).includes(canary));
  };
  for (const flow of FLOWS) {
    for (const authentication of ['none', 'client_secret_basic', 'private_key_jwt'] as const) {
      expect(leaks({ ...BASE, flow, authentication, issuer: 'https://as.example' })).toEqual([]);
    }
  }
  // It would be seen: planted where the code does come from.
  const options = { ...NO_OPTIONS, extra: [['hint', canary]] as const };
  expect(leaks({ ...BASE, options, issuer: 'https://as.example' })).toEqual([...CODE_KINDS]);
});
