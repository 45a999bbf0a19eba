import { readFileSync } from 'node:fs';
import { isRecord } from '../http/params.ts';
import type { Tool } from '../report/report.ts';

/** Name and version of the package. */
export function tool(): Tool {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { name, version } = isRecord(manifest) ? manifest : {};
  return { name: String(name), version: String(version) };
}
