import { parseArgs } from 'node:util';
import { isRecord, parseJson } from '../http/params.ts';
import { inspectToken, type TokenReport } from '../token/inspect.ts';
import { oneOf } from './audit-options.ts';
import type { Streams } from './streams.ts';
import { UsageError } from './usage.ts';

/** Decodes and verifies tokens: JSON Lines in, JSON Lines out, in the same order. @returns the exit code. */
export async function token(args: readonly string[], streams: Streams): Promise<number> {
  checkOptions(args);
  const text = new TextDecoder().decode(await streams.read('-'));
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    if (line.trim() !== '') streams.out(`${JSON.stringify(await inspectLine(line))}\n`);
  }
  return 0;
}

/** A line that cannot be read still gives its line of output, so that both stay in step. */
async function inspectLine(line: string): Promise<TokenReport & { readonly id?: unknown }> {
  const input = parseJson(line);
  const token = isRecord(input) ? tokenOf(input['token']) : null;
  if (!isRecord(input) || token === null) {
    const message = isRecord(input) ? 'the line has no "token" with a text' : 'the line is no JSON object';
    return {
      ...(isRecord(input) && 'id' in input ? { id: input['id'] } : {}),
      kind: 'unknown',
      signature: 'cannotTell',
      time: 'unknown',
      error: { part: 'structure', at: 0, message },
    };
  }
  const detached = input['payload'];
  const report = await inspectToken(token, {
    jwk: input['jwk'],
    jwks: input['jwks'],
    ...(typeof detached === 'string' ? { detached } : {}),
    now: secondsOf(input['now']) ?? Date.now() / 1000,
  });
  return 'id' in input ? { id: input['id'], ...report } : report;
}

/** A JSON serialization may stand in the line as it is. */
function tokenOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  return isRecord(token) ? JSON.stringify(token) : null;
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
