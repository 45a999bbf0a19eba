import { compare, print } from '../bench/compare.ts';
import { ordinaryHar } from '../bench/ordinary.ts';
import { analyse } from '../lib/analyse.ts';
import { decodeSource, readSource } from '../lib/har/read.ts';
import { jsonReport } from '../lib/report/json.ts';
import { makeReport } from '../lib/report/report.ts';

/**
 * Audit of a 20 MB HAR of ordinary traffic, from its bytes to the report, against `JSON.parse` of those bytes: as DevTools
 * saves it with content, and with hardly any, where the same bytes are three times as many requests.
 */
export async function benchAudit(): Promise<void> {
  for (const [title, bodies] of [
    ['with content', 6],
    ['with little content', 1],
  ] as const) {
    const bytes = new TextEncoder().encode(ordinaryHar(20_000_000, bodies));
    const results = await compare(
      { name: 'decode and JSON.parse', run: () => JSON.parse(new TextDecoder().decode(bytes)) },
      [
        { name: 'read', run: () => readSource(decodeSource(bytes), 0) },
        { name: 'audit', run: () => audit(bytes) },
      ],
      15,
    );
    print(`Audit of an ordinary HAR ${title}, ${(bytes.length / 1e6).toFixed(1)} MB`, results, { audit: 1.5 });
  }
}

async function audit(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { entries, errors, observations } = readSource(decodeSource(bytes), 0);
  const source = { file: 'bench.har', entries, errors };
  return jsonReport(makeReport({ name: 'bench', version: '0' }, [source], await analyse(observations)), {
    verdicts: false,
  });
}
