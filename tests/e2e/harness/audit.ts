import { execFile } from 'node:child_process';
import type { Severity } from '../../../lib/model/rule.ts';

export interface Report {
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: Severity;
    readonly confidence: string;
    readonly key: string;
    readonly parent: string | null;
  }[];
}

/** What the command line says of a file. */
export function audit(file: string): Promise<Report> {
  return new Promise((resolve, reject) => {
    const args = ['lib/cli/main.ts', 'audit', '--format', 'json', '--fail-on', 'never', file];
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout));
    });
  });
}
