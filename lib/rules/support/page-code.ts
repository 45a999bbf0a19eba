import { header } from '../../http/headers.ts';
import type { Flow } from '../../model/flow.ts';
import type { PageScan } from '../../model/observation.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { MappedPlace, Outcome, PageEvidence, RuleContext, Trace } from '../../model/rule.ts';
import { type CodeSecret, secretsInCode, secretsInScan } from '../../page/code-secrets.ts';
import { lineAndColumn } from '../../page/code-text.ts';
import { mappedPlace, mapSources } from '../../page/source-maps.ts';
import { basicCredentials } from '../../token/basic.ts';
import { clientSecrets } from './client-secret.ts';

/** A secret in what a page delivers. */
export interface FoundSecret extends CodeSecret {
  readonly scan: PageScan;
  /** Where it is in the sources that a source map holds; `null` for a secret in the code itself. */
  readonly inMap: MappedPlace | null;
}

interface Delivered {
  /** Texts, source maps apart. */
  readonly code: readonly PageScan[];
  readonly maps: readonly PageScan[];
  readonly secrets: readonly FoundSecret[];
}

/** What pages deliver, and every secret in it. Pass it to `once`. */
export function deliveredCode({ scans }: Trace): Delivered {
  const code: PageScan[] = [];
  const maps: PageScan[] = [];
  const secrets: FoundSecret[] = [];
  for (const scan of scans) {
    // Written or sent by the page, not delivered to it.
    if (scan.found === 'console' || scan.found === 'message') continue;
    const sources = mapSources(scan);
    (sources === null ? code : maps).push(scan);
    if (sources === null) {
      secrets.push(...secretsInScan(scan).map((secret) => ({ ...secret, scan, inMap: null })));
      continue;
    }
    for (const { file, text } of sources) {
      for (const secret of secretsInCode(text)) {
        // The same value in the JSON of the map.
        const offset = Math.max(0, scan.text.indexOf(secret.value));
        secrets.push({ ...secret, scan, offset, inMap: { file, ...lineAndColumn(text, secret.offset) } });
      }
    }
  }
  return { code, maps, secrets };
}

/** What makes one finding: the same host, the same name. */
export function byHostAndName(secrets: readonly FoundSecret[]): readonly (readonly [FoundSecret, ...FoundSecret[]])[] {
  const groups = new Map<string, [FoundSecret, ...FoundSecret[]]>();
  for (const secret of secrets) {
    const key = `${new URL(secret.scan.url).host}\n${secret.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [secret]);
    else group.push(secret);
  }
  return [...groups.values()];
}

/** Evidence for each place of a secret, with the place in its source where a map of the site leads there. */
export function inCode(
  [first, ...rest]: readonly [FoundSecret, ...FoundSecret[]],
  c: RuleContext,
): readonly [PageEvidence, ...PageEvidence[]] {
  const evidence = ({ scan, name, offset, value, inMap }: FoundSecret): PageEvidence => {
    const { line, column } = lineAndColumn(scan.text, offset);
    const mapped = inMap ?? mappedPlace(scan, line, column, c.scans);
    return c.inText(scan, { name, offset, ...(mapped === null ? {} : { mapped }) }, value);
  };
  return [evidence(first), ...rest.map(evidence)];
}

/** The address of its text, without the query. */
export function fileOf({ scan }: FoundSecret, c: RuleContext): Redacted {
  return c.plain(scan.url.replace(/[?#].*$/s, ''));
}

/** What a rule answers that found nothing in these texts. */
export function nothingIn(texts: readonly PageScan[], c: RuleContext): Outcome {
  return texts.length === 0 || texts.some(({ truncated }) => truncated) ? c.cannotTell('page code') : c.pass;
}

/** Secrets with which clients authenticated, and in which flow. Pass it to `once`. */
export function secretsSent({ flows }: Trace): ReadonlyMap<string, Flow> {
  const sent = new Map<string, Flow>();
  for (const flow of flows) {
    for (const message of flow.messages) {
      const basic = basicCredentials(header(message.exchange.request.headers, 'authorization'))?.password ?? '';
      for (const value of [...clientSecrets(message).map((param) => param.value), basic]) {
        if (value !== '' && !sent.has(value)) sent.set(value, flow);
      }
    }
  }
  return sent;
}
