import { parseArgs } from 'node:util';
import type { ClientType } from '../model/flow.ts';
import type { Severity } from '../model/rule.ts';
import { DEFAULT_PROFILE, PROFILES, type ProfileName } from '../rules/profiles.ts';
import { UsageError } from './usage.ts';

const FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;
const CLIENT_TYPES = ['public', 'confidential', 'unknown'] as const satisfies readonly ClientType[];
const THRESHOLDS = ['high', 'medium', 'low', 'never'] as const satisfies readonly (Severity | 'never')[];

export interface AuditOptions {
  readonly format: (typeof FORMATS)[number];
  readonly verdicts: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number | null;
  readonly profile: ProfileName;
  readonly clientType: ClientType;
  readonly failOn: (typeof THRESHOLDS)[number];
  /** File of the findings that do not count. */
  readonly baseline: string | null;
  /** Write that file instead of comparing with it. */
  readonly writeBaseline: boolean;
  /** `-` is standard input. */
  readonly files: readonly string[];
}

/** @throws UsageError */
export function auditOptions(args: readonly string[]): AuditOptions {
  const { values, positionals } = parse(args);
  if (values['write-baseline'] && values.baseline === undefined)
    throw new UsageError('--write-baseline needs --baseline FILE, which names the file to write');
  if (positionals.length === 0) throw new UsageError('audit needs a file, or - for standard input');
  return {
    format: oneOf('--format', values.format, FORMATS),
    verdicts: values.verdicts,
    now: timeOption(values.now),
    profile: oneOf('--profile', values.profile, PROFILES),
    clientType: oneOf('--client-type', values['client-type'], CLIENT_TYPES),
    failOn: oneOf('--fail-on', values['fail-on'], THRESHOLDS),
    baseline: values.baseline ?? null,
    writeBaseline: values['write-baseline'],
    files: positionals,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        verdicts: { type: 'boolean', default: false },
        now: { type: 'string' },
        profile: { type: 'string', default: DEFAULT_PROFILE },
        'client-type': { type: 'string', default: 'unknown' },
        'fail-on': { type: 'string', default: 'low' },
        baseline: { type: 'string' },
        'write-baseline': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${name} is ${allowed.join(', ')}; found "${value}"`);
  return found;
}

function timeOption(value: string | undefined): number | null {
  if (value === undefined) return null;
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`--now is an ISO 8601 time such as 2026-01-31T12:00:00Z; found "${value}"`);
  return time;
}
