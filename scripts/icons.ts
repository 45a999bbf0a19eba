/** Draws the toolbar icons in `public/icon` from `assets/icon`: `npm run icons`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { ensureBrowsers } from './browsers.ts';

/** Below this size the drawing without its fine ring is the clearer one. */
const SMALL = 20;
const SIZES = [16, 32, 48, 96, 128] as const;
const FOLDER = new URL('../public/icon/', import.meta.url);

const { chromium: executablePath } = await ensureBrowsers(['chromium']);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage();
await mkdir(FOLDER, { recursive: true });
for (const size of SIZES) {
  const drawing = await readFile(
    new URL(`../assets/icon/${size <= SMALL ? 'icon-small' : 'icon'}.svg`, import.meta.url),
    'utf8',
  );
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html,body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
  );
  await writeFile(new URL(`${size}.png`, FOLDER), await page.screenshot({ omitBackground: true }));
}
await browser.close();
process.stdout.write(`${SIZES.length} icons in public/icon\n`);
