import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
import type { Demo } from '../../servers/start-demo.ts';
import { ChromiumTab, demoArguments, startChromium } from './chromium.ts';
import { signIn } from './drive.ts';

export interface Har {
  readonly log: {
    readonly pages: readonly { readonly id: string }[];
    readonly entries: readonly { readonly pageref: string; readonly request: { readonly url: string } }[];
  };
}

/** The part of a recording that belongs to the tab in which this address was opened. */
export function ofTab(har: Har, url: string): Har {
  const page = har.log.entries.find(({ request }) => request.url === url)?.pageref;
  return {
    log: {
      ...har.log,
      pages: har.log.pages.filter(({ id }) => id === page),
      entries: har.log.entries.filter(({ pageref }) => pageref === page),
    },
  };
}

/**
 * Records with Chromium, without any extension, what it sees of these sign-ins, bodies embedded.
 *
 * @returns HAR 1.2 texts by case id
 */
export async function recordHars(demo: Demo, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { chromium: executablePath } = await ensureBrowsers(['chromium']);
  const folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-har-'));
  const file = join(folder, 'all.har');
  const args = demoArguments(demo);
  const { context, close } = await startChromium({ executablePath, headless: true, args, extension: null, har: file });
  try {
    for (const id of ids) {
      const { outcome, facts } = await signIn(new ChromiumTab(await context.newPage()), demo, id);
      if (outcome !== 'done') throw new Error(`${id} did not end well: ${JSON.stringify(facts)}`);
    }
  } finally {
    // The file is written when the browser closes.
    await close();
  }
  const har = JSON.parse(await readFile(file, 'utf8')) as Har;
  await rm(folder, { recursive: true });
  return new Map(ids.map((id) => [id, JSON.stringify(ofTab(har, demo.caseUrl(id)), null, 2)]));
}
