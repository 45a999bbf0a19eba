import { expect, it } from 'vitest';
import { audit } from '../../../lib/cli/audit.ts';
import { token } from '../../../lib/cli/token.ts';
import { captured } from './captured.ts';

const b64 = (data: string): string => Buffer.from(data).toString('base64url');
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
/** Deeper than the engine can write, though it can read it. */
const DEEP = deep(20_000);
/** What an object literal answers to although nobody put it there. */
const INHERITED = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];
/** Objects that `String` throws at. */
const NO_TEXT: readonly unknown[] = [{ toString: 1, valueOf: 1 }, { toString: 1 }, [{ toString: 1 }], [[[]]], {}];

async function answers(...lines: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { streams, result } = captured({ '-': lines.join('\n') });
  expect(await token([], streams)).toBe(0);
  const found = result().out.trimEnd().split('\n');
  expect(found).toHaveLength(lines.length);
  return found.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function audited(text: string) {
  const { streams, result } = captured({ x: text });
  const code = await audit(['--format', 'json', '--verdicts', 'x'], streams);
  const report = JSON.parse(result().out);
  return { code, report, broken: report.verdictList.filter(({ is }: { is: string }) => is === 'error') };
}

it('a line of a token that is nested too deep gets its line of output', async () => {
  const [label, serialization, key] = await answers(
    `{"id":${DEEP},"token":"a.b.c"}`,
    `{"id":2,"token":{"payload":${DEEP}}}`,
    `{"id":3,"token":"${b64('{"alg":"HS256"}')}.e30.AA","jwk":{"kty":"oct","k":${DEEP}}}`,
  );
  expect(label).not.toHaveProperty('id');
  expect(serialization).toMatchObject({ id: 2, kind: 'unknown', error: { part: 'structure' } });
  expect(key).toMatchObject({ id: 3, kind: 'jws' });
});

it('a key of a type that every object knows, or that is no text, fits nothing', async () => {
  const jws = (header: object): string => `${b64(JSON.stringify(header))}.e30.AA`;
  const jwe = `${b64('{"alg":"dir","enc":"A128GCM"}')}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA`;
  for (const kty of [...INHERITED, ...NO_TEXT]) {
    const keys = { jwks: { keys: [{ kty, crv: kty }] } };
    const found = await answers(
      JSON.stringify({ token: jws({ alg: 'HS256' }), ...keys }),
      JSON.stringify({ token: jwe, ...keys }),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['jws', 'jwe']);
    for (const one of found) expect(one['signature']).not.toBe('valid');
  }
});

it('a header of names that every object knows is one with an unknown algorithm', async () => {
  for (const name of [...INHERITED, ...NO_TEXT]) {
    const header = b64(JSON.stringify({ alg: name, enc: name, typ: name, crit: [name], cty: name, zip: name }));
    const found = await answers(
      JSON.stringify({ token: `${header}.e30.AA`, issuer: 'https://as.example' }),
      JSON.stringify({ token: `${header}..AA.AA.AA`, jwk: { kty: 'oct', k: 'AA' } }),
    );
    for (const one of found) expect(one['signature']).not.toBe('valid');
  }
});

const METADATA = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'grant_types_supported'];

it.each([
  ['nested too deep', DEEP],
  ...NO_TEXT.map((value): [string, string] => [JSON.stringify(value), JSON.stringify(value)]),
])('metadata with a member that is %s stops no rule', async (_, value) => {
  const members = (broken: string): string =>
    METADATA.map((name) => `"${name}":${name === broken ? value : '"https://as.example/x"'}`).join();
  for (const broken of METADATA) {
    const body = `{"resource":"https://api.example",${members(broken)},"code_challenge_methods_supported":${value}}`;
    const line = {
      url: 'https://as.example/.well-known/openid-configuration',
      response: { status: 200, headers: { 'content-type': 'application/json' }, body },
    };
    expect((await audited(JSON.stringify(line))).broken).toEqual([]);
  }
});

it('claims that have no text stop no rule', async () => {
  for (const value of [...INHERITED, ...NO_TEXT]) {
    const claims = { iss: value, aud: value, scope: value, client_id: value, exp: value, typ: value };
    const jwt = `${b64(JSON.stringify({ alg: 'RS256', typ: value, jku: value, kid: value }))}.${b64(JSON.stringify(claims))}.AA`;
    const lines = [
      {
        trace: 't',
        url: `https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=x&response=${jwt}#id_token=${jwt}&access_token=${jwt}&token_type=Bearer`,
      },
      { trace: 't', url: 'https://api.example/me', headers: { authorization: `Bearer ${jwt}`, dpop: jwt } },
    ];
    expect((await audited(lines.map((line) => JSON.stringify(line)).join('\n'))).broken).toEqual([]);
  }
});

it('areas, sorts of resources and grants that every object knows are none', async () => {
  for (const name of INHERITED) {
    const { report, broken } = await audited(
      [
        { storage: { origin: 'https://app.example', area: name, items: {} } },
        {
          url: 'https://as.example/token',
          method: 'POST',
          resourceType: name,
          body: `grant_type=${name}&client_id=c1&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https://app.example/cb`,
        },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    );
    expect(report.sources[0].errors[0]?.message).toContain('"storage.area" is a string');
    expect(report.flows.map(({ grant }: { grant: unknown }) => grant)).toEqual(['other']);
    expect(broken).toEqual([]);
  }
});

it('a baseline whose "schema" is nested too deep is refused by name', async () => {
  const { streams, result } = captured({ b: `{"schema":${DEEP},"findings":[]}`, x: '{"url":"https://a.example/"}' });
  expect(await audit(['--baseline', 'b', 'x'], streams)).toBe(2);
  expect(result().err).toBe('oauth-inspector: baseline b: "schema" is a list; this version reads 1\n');
});
