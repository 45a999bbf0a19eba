import { ensureBrowsers } from '../../../scripts/browsers.ts';
import type { Demo } from '../../servers/start-demo.ts';
import { ChromiumTab, demoArguments, startChromium } from './chromium.ts';
import { signIn } from './drive.ts';

/** Records what Chromium saw of one sign-in, bodies embedded, as a HAR file. No extension is involved. */
export async function recordHar(demo: Demo, id: string, file: string): Promise<void> {
  const { chromium: executablePath } = await ensureBrowsers(['chromium']);
  const { context, close } = await startChromium({
    executablePath,
    headless: true,
    args: demoArguments(demo),
    extension: null,
    har: file,
  });
  try {
    const { outcome, facts } = await signIn(new ChromiumTab(await context.newPage()), demo, id);
    if (outcome !== 'done') throw new Error(`${id} did not end well: ${JSON.stringify(facts)}`);
  } finally {
    // The file is written when the context closes.
    await close();
  }
}
