import { audit } from '../../../lib/cli/audit.ts';
import type { FoundFinding } from '../../servers/expectations.ts';
import { nestFindings } from '../../servers/expectations.ts';
import type { LoggedExchange } from '../../servers/request-log.ts';
import { captured } from '../../unit/cli/captured.ts';
import type { Tab } from './browser.ts';

export interface Stored {
  readonly origin: string;
  readonly area: 'local' | 'session' | 'cookie';
  readonly items: readonly (readonly [key: string, value: string])[];
}

/** What scripts can read in the page of a tab. */
export function readStorage(tab: Tab): Promise<readonly Stored[]> {
  return tab.evaluate(async (): Promise<readonly Stored[]> => {
    const { origin } = location;
    const cookies = await cookieStore.getAll();
    return [
      { origin, area: 'local', items: Object.entries({ ...localStorage }) },
      { origin, area: 'session', items: Object.entries({ ...sessionStorage }) },
      { origin, area: 'cookie', items: cookies.map(({ name, value }) => [name ?? '', value ?? '']) },
    ];
  }, undefined);
}

/** Empties what scripts can write in the page of a tab, so that the next client of this origin finds nothing. */
export function clearStorage(tab: Tab): Promise<void> {
  return tab.evaluate(async () => {
    localStorage.clear();
    sessionStorage.clear();
    for (const { name } of await cookieStore.getAll()) await cookieStore.delete(name ?? '');
  }, undefined);
}

/**
 * JSON Lines for the command line, one trace: what crossed the wire by the servers' own log, the scripts among it, and
 * what is in storage now.
 */
export function recordedLines(exchanges: readonly LoggedExchange[], storage: readonly Stored[]): string {
  const lines: object[] = [];
  for (const { time, method, url, requestHeaders, requestBody, status, responseHeaders, responseBody } of exchanges) {
    const response = { status, headers: responseHeaders, body: responseBody };
    const body = requestBody === '' ? null : requestBody;
    lines.push({ time, method, url: url.href, headers: requestHeaders, body, response });
    if (url.pathname.endsWith('.js')) lines.push({ time, script: { url: url.href, text: responseBody } });
  }
  const time = Date.now();
  lines.push(...storage.map((one) => ({ time, storage: one })));
  return lines.map((line) => `${JSON.stringify({ trace: 'page', ...line })}\n`).join('');
}

/** What `audit` finds in an input. */
export async function auditFindings(input: string): Promise<readonly FoundFinding[]> {
  const { streams, result } = captured({ input });
  await audit(['--format', 'json', '--fail-on', 'never', 'input'], streams);
  const { out, err } = result();
  const { findings, sources } = JSON.parse(out) as {
    readonly findings: Parameters<typeof nestFindings>[0];
    readonly sources: readonly { readonly errors: readonly object[] }[];
  };
  const errors = sources.flatMap((source) => source.errors);
  if (errors.length > 0) throw new Error(`${err}${JSON.stringify(errors)}`);
  return nestFindings(findings);
}
