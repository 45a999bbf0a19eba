import { parseArgs } from 'node:util';
import { analyseToken } from '../analyse-token.ts';
import { isRecord, parseJson, textOf } from '../http/params.ts';
import { decodeToken } from '../token/decode.ts';
import { isSymmetric, readKeys } from '../token/given-keys.ts';
import { inspectToken, type TokenReport } from '../token/inspect.ts';
import { type Known, NOTHING_KNOWN, type TokenCheck } from '../token/judge.ts';
import type { Keys } from '../token/keys.ts';
import { oneOf } from './audit-options.ts';
import { readText, type Streams } from './streams.ts';
import { UsageError } from './usage.ts';

/** Decodes and verifies tokens: JSON Lines in, JSON Lines out, in the same order. @returns the exit code. */
export async function token(args: readonly string[], streams: Streams): Promise<number> {
  checkOptions(args);
  const text = await readText('-', streams);
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    if (line.trim() !== '') streams.out(`${JSON.stringify(await inspectLine(line))}\n`);
  }
  return 0;
}

type Answer = TokenReport & { readonly id?: unknown; readonly checks?: readonly TokenCheck[] };

/** A line that cannot be read still gives its line of output, so that both stay in step. */
async function inspectLine(line: string): Promise<Answer> {
  const input = parseJson(line);
  const token = isRecord(input) ? tokenOf(input['token']) : null;
  if (!isRecord(input) || token === null) {
    const message = isRecord(input) ? 'the line has no "token" with a text' : 'the line is no JSON object';
    return {
      ...labelOf(input),
      kind: 'unknown',
      signature: 'cannotTell',
      time: 'unknown',
      error: { part: 'structure', at: 0, message },
    };
  }
  const detached = input['payload'];
  const now = secondsOf(input['now']) ?? Date.now() / 1000;
  const given = await givenKey(input['key'], token);
  const report = await inspectToken(token, {
    jwk: input['jwk'] ?? given.jwk,
    jwks: input['jwks'] ?? given.jwks,
    ...(typeof detached === 'string' ? { detached } : {}),
    now,
  });
  const known = knownOf(input);
  return {
    ...labelOf(input),
    ...report,
    ...(given.problem === undefined ? {} : { reason: given.problem }),
    ...(known === null ? {} : { checks: await analyseToken(token, report, known, now) }),
  };
}

/** A key in any form that people have it in: JWK, key set, PEM, certificate or shared secret. */
async function givenKey(key: unknown, token: string): Promise<Keys & { readonly problem?: string }> {
  if (typeof key !== 'string') return {};
  const found = await readKeys(key, isSymmetric(decodeToken(token).header?.['alg']));
  if ('keys' in found) return found.keys;
  return { problem: `the key cannot be read: ${found.error.message}, at character ${found.error.at + 1}` };
}

/** What the line says of the request and the answer; `null` where it says nothing. */
function knownOf(input: Readonly<Record<string, unknown>>): Known | null {
  const names = Object.keys(NOTHING_KNOWN).filter((name) => typeof input[name] === 'string');
  if (names.length === 0) return null;
  return { ...NOTHING_KNOWN, ...Object.fromEntries(names.map((name) => [name, input[name]])) };
}

/** A JSON serialization may stand in the line as it is; one that is nested too deep to be written is empty. */
function tokenOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  return isRecord(token) ? textOf(token) : null;
}

/** The label of a line goes back as it came, unless it is nested deeper than the engine can write. */
function labelOf(input: unknown): { readonly id?: unknown } {
  if (!isRecord(input) || !('id' in input)) return {};
  const { id } = input;
  return typeof id === 'object' && id !== null && textOf(id) === '' ? {} : { id };
}

/** Seconds since the epoch, or ISO 8601. */
function secondsOf(now: unknown): number | null {
  if (typeof now === 'number' && Number.isFinite(now)) return now;
  const parsed = typeof now === 'string' ? Date.parse(now) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed / 1000;
}

function checkOptions(args: readonly string[]): void {
  try {
    const { values } = parseArgs({ args: [...args], options: { format: { type: 'string', default: 'json' } } });
    oneOf('--format', values.format, ['json']);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}
