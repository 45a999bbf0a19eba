import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compare, print, processorTime, quantile, sink } from '../bench/compare.ts';
import { ordinaryUrls } from '../bench/ordinary.ts';
import { decodeSource, readSource } from '../lib/har/read.ts';
import { mayBeOAuth } from '../lib/oauth/recognise.ts';

/** The recogniser's first look at an address against `new URL` of it: all together, and address by address. */
export async function benchRecogniser(folder: string | undefined): Promise<void> {
  const urls = folder === undefined ? ordinaryUrls(3000) : await urlsBelow(folder);
  const repeat = Math.max(1, Math.round(30_000 / urls.length));
  const count = (test: (url: string) => boolean) => (): number => {
    let yes = 0;
    for (let n = 0; n < repeat; n++) for (const url of urls) if (test(url)) yes += 1;
    return yes;
  };
  const results = await compare(
    { name: 'new URL', run: count(parses) },
    [{ name: 'mayBeOAuth', run: count(mayBeOAuth) }],
    31,
  );
  const passed = urls.filter(mayBeOAuth).length;
  const of = folder === undefined ? 'made-up addresses' : 'distinct addresses of recordings';
  print(`Recogniser, ${urls.length} ${of}, ${passed} worth parsing`, results);
  const ratios = urls.map(ratioOf);
  const median = quantile(ratios, 0.5);
  process.stdout.write(
    `  median over the addresses: ${median.toFixed(3)} × new URL, at most 0.5: ${median <= 0.5 ? 'holds' : 'MISSED'}` +
      ` (90 % of them at most ${quantile(ratios, 0.9).toFixed(2)})\n`,
  );
}

function parses(url: string): boolean {
  try {
    return new URL(url) !== null;
  } catch {
    return false;
  }
}

/** Median over interleaved rounds of both for one address. */
function ratioOf(url: string): number {
  const ratios: number[] = [];
  for (let round = 0; round < 5; round++) {
    const ours = timeOf(mayBeOAuth, url);
    ratios.push(ours / timeOf(parses, url));
  }
  return quantile(ratios, 0.5);
}

function timeOf(test: (url: string) => boolean, url: string): number {
  const start = processorTime();
  let yes = 0;
  for (let n = 0; n < 300; n++) if (test(url)) yes += 1;
  sink.value = yes;
  return processorTime() - start;
}

async function urlsBelow(folder: string): Promise<string[]> {
  const urls = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:har|jsonl)$/.test(entry.name)) continue;
    const { observations } = readSource(decodeSource(await readFile(join(entry.parentPath, entry.name))), 0);
    for (const observation of observations) if (observation.is === 'exchange') urls.add(observation.request.url);
  }
  return [...urls];
}
