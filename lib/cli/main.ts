#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { processStreams } from './streams.ts';
import { HELP, UsageError } from './usage.ts';

// Types are stripped at each start otherwise, file by file.
enableCompileCache();

const [command, ...args] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  const streams = processStreams();
  const asked = command === 'help' || [command, ...args].some((arg) => arg === '--help' || arg === '-h');
  if (asked) {
    streams.out(HELP);
    return 0;
  }
  try {
    switch (command) {
      case 'audit':
        return await (await import('./audit.ts')).audit(args, streams);
      case 'rules':
        return await (await import('./rules.ts')).rules(args, streams);
      case 'token':
        return await (await import('./token.ts')).token(args, streams);
      case undefined:
        throw new UsageError('a command is missing');
      default:
        throw new UsageError(`unknown command "${command}"`);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) {
      streams.err(internalError(error));
      return 2;
    }
    streams.err(`oauth-inspector: ${error.message}\n\n${HELP}`);
    return 2;
  }
}

/** Where the program broke. The message of an exception can quote captured data, so it stays out. */
function internalError(error: unknown): string {
  const [name, frames] =
    error instanceof Error
      ? [error.name, (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))]
      : ['an unknown error', []];
  return ['oauth-inspector: internal error, nothing was judged:', name, ...frames, ''].join('\n');
}
