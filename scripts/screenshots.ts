/**
 * Pictures of every state of the popup and the inspector, light and dark, from the built extension in Chromium into `docs/screenshots`:
 * `npm run screenshots`, or `npm run screenshots -- findings clean` for some.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { ChromiumTab, launchChromium } from '../tests/e2e/harness/chromium.ts';
import { INSPECTOR_STATES, openInspector } from '../tests/e2e/inspector-states.ts';
import { PANEL_STATES, showPanel } from '../tests/e2e/panel-states.ts';
import { breakStorage, POPUP_STATES, showState } from '../tests/e2e/popup-states.ts';
import { startDemo } from '../tests/servers/start-demo.ts';

const FOLDER = new URL('../docs/screenshots/', import.meta.url);

/** The clock of the pictures, so that they change only when the popup does. */
const NOW = new Date(2026, 10, 23, 10, 45);
const FROM = new Date(2026, 10, 23, 10, 42, 7).getTime();
const WIDTH = 400;
const HEIGHT = 600;
/** Pixels of the picture for each CSS pixel. */
const SCALE = 2;

/** Playwright's own screenshots have one pixel for each CSS pixel of a page that was not opened at another scale. */
async function picture(
  { page }: ChromiumTab,
  [width, height] = [WIDTH, HEIGHT] as readonly [number, number],
): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const clip = { x: 0, y: 0, width, height, scale: SCALE };
  const { data } = await session.send('Page.captureScreenshot', { format: 'png', clip });
  return Buffer.from(data, 'base64');
}

const wanted = process.argv.slice(2);
const states = POPUP_STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const demo = await startDemo();
const browser = await launchChromium({ demo, extension: true });
const { extension } = browser;
if (extension === null) throw new Error('the extension is not loaded');
await mkdir(FOLDER, { recursive: true });

for (const state of states) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { popup, close } = await showState(state, {
      browser,
      extension,
      demo,
      from: FROM,
      openPopup: async (path, { broken, offline }) => {
        const tab = await browser.newTab();
        if (!(tab instanceof ChromiumTab)) throw new Error('pictures are taken in Chromium');
        await tab.setSize(WIDTH, HEIGHT);
        await tab.page.clock.setFixedTime(NOW);
        await tab.page.emulateMedia({ colorScheme });
        if (offline === true) await tab.page.context().setOffline(true);
        if (broken === true) await tab.page.addInitScript(breakStorage);
        await tab.goto(`${extension.origin}/${path}`);
        return tab;
      },
    });
    if (!(popup instanceof ChromiumTab)) throw new Error('pictures are taken in Chromium');
    await popup.page.context().setOffline(false);
    await writeFile(new URL(`popup-${state.name}-${colorScheme}.png`, FOLDER), await picture(popup));
    await close();
  }
  process.stdout.write(`${state.name}\n`);
}

for (const state of PANEL_STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const now = state.live === true ? new Date() : NOW;
  for (const colorScheme of ['light', 'dark'] as const) {
    const popup = await showPanel(state, {
      extension,
      demo,
      from: now.getTime() - 24_000,
      openPopup: async (path) => {
        const tab = await browser.newTab();
        if (!(tab instanceof ChromiumTab)) throw new Error('pictures are taken in Chromium');
        await tab.setSize(WIDTH, HEIGHT);
        await tab.page.clock.setFixedTime(now);
        await tab.page.emulateMedia({ colorScheme });
        await tab.goto(`${extension.origin}/${path}`);
        return tab;
      },
    });
    if (!(popup instanceof ChromiumTab)) throw new Error('pictures are taken in Chromium');
    await writeFile(new URL(`popup-${state.name}-${colorScheme}.png`, FOLDER), await picture(popup));
    await popup.close();
  }
  process.stdout.write(`${state.name}\n`);
}

for (const state of INSPECTOR_STATES.filter(
  ({ name }) => wanted.length === 0 || wanted.includes(`inspector-${name}`),
)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const tab = await browser.newTab();
    if (!(tab instanceof ChromiumTab)) throw new Error('pictures are taken in Chromium');
    await tab.page.clock.setFixedTime(NOW);
    await tab.page.emulateMedia({ colorScheme });
    await openInspector(state, tab, extension);
    await writeFile(new URL(`inspector-${state.name}-${colorScheme}.png`, FOLDER), await picture(tab, state.size));
    await tab.close();
  }
  process.stdout.write(`inspector-${state.name}\n`);
}

await browser.close();
await demo.stop();
