import type { Extension, Tab } from './harness/browser.ts';
import { until } from './harness/browser.ts';
import {
  CAPTURE_FROM,
  captures,
  exportOf,
  harOf,
  hostileTrace,
  kinds,
  lineageTrace,
  morning,
} from './inspector-captures.ts';
import { holdOnly } from './popup-states.ts';

/** One state of the inspector: the capture that is opened in it, what the person does, the heading that is then there. */
export interface InspectorState {
  /** Also the file name of its picture. */
  readonly name: string;
  readonly size: readonly [width: number, height: number];
  readonly heading: string | RegExp;
  /** `null`: nothing was watched and nothing is opened. */
  readonly har: { readonly trace: string; readonly from: number; readonly write?: typeof exportOf } | null;
  /** Ids of tabs and selectors that are pressed one after the other, each when it is there. */
  readonly press: readonly string[];
}

const PAGE = [1440, 900] as const;
const SIDE = [400, 900] as const;
const MORNING = { trace: morning(), from: CAPTURE_FROM.morning };
const SIGN_IN = { size: PAGE, heading: 'app.example signs in with as.example' } as const;
const arrow = (number: number): string => `.window-rows > li:nth-child(${number}) .arrow-row`;

/** A capture of one sign-in of `app.example`, with one of its arrows open. */
const oneSignIn = (name: string, trace: string, open: string): InspectorState => ({
  name,
  ...SIGN_IN,
  har: { trace, from: CAPTURE_FROM.problems },
  press: ['.flow-row', open],
});

export const INSPECTOR_STATES: readonly InspectorState[] = [
  { name: 'flows', ...SIGN_IN, har: MORNING, press: ['.arrow-row'] },
  oneSignIn('message', captures.clean, arrow(6)),
  {
    name: 'findings',
    size: PAGE,
    heading: /causes?, \d+ findings?/,
    har: MORNING,
    press: ['#section-findings', '.cause'],
  },
  {
    name: 'compare',
    size: PAGE,
    heading: /part/,
    har: { trace: captures.twoSignIns, from: CAPTURE_FROM.twoSignIns },
    press: ['#section-compare'],
  },
  {
    name: 'lineage',
    size: PAGE,
    heading: /^A\d* ?Access token/,
    har: { trace: lineageTrace(), from: CAPTURE_FROM.lineage, write: exportOf },
    press: ['#section-lineage', '.lineage-row:has(.mark-A)'],
  },
  oneSignIn('implicit', kinds.implicit, arrow(4)),
  oneSignIn('par-dpop', kinds.parDpop, arrow(7)),
  {
    name: 'device',
    size: PAGE,
    heading: 'Device sign-in with as.example',
    har: { trace: kinds.device, from: CAPTURE_FROM.problems },
    press: ['.flow-row', '.arrow-row'],
  },
  oneSignIn('refused', kinds.refused, arrow(4)),
  { name: 'empty', size: PAGE, heading: 'No sign-in seen yet', har: null, press: [] },
  {
    name: 'paused-empty',
    size: PAGE,
    heading: 'Paused, and nothing is shown yet',
    har: null,
    press: ['.inspector-tools > :first-child'],
  },
  { name: 'side-empty', size: SIDE, heading: 'No sign-in seen yet', har: null, press: [] },
  {
    name: 'hostile',
    size: PAGE,
    heading: /app\.example signs in with as\.example/,
    har: { trace: hostileTrace(), from: CAPTURE_FROM.problems },
    press: ['.flow-row', '.arrow-row'],
  },
  { name: 'side-list', size: SIDE, heading: 'Flows', har: MORNING, press: ['.pane-back.to-list'] },
  {
    name: 'side-flow',
    size: SIDE,
    heading: SIGN_IN.heading,
    har: MORNING,
    press: ['.pane-back.to-list', '.flow-row'],
  },
];

/** Runs in the inspector: imports a file as if it had been chosen. */
export function importFile({ name, text }: { readonly name: string; readonly text: string }): void {
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  if (input === null) throw new Error('there is no way to import');
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Runs in the inspector: presses what is there; `null` where it is not. */
function press(selector: string): true | null {
  const found = document.querySelector<HTMLElement>(selector);
  found?.click();
  return found === null ? null : true;
}

/** Brings a page of the inspector into the state; the page is open. */
export async function showInspector(state: InspectorState, tab: Tab): Promise<void> {
  const there = (selector: string) =>
    until(selector, () => tab.evaluate((wanted) => (document.querySelector(wanted) === null ? null : true), selector));
  // Before the log was read there is no heading.
  await there('.inspector-app .no-match h1');
  if (state.har !== null) {
    const { trace, from, write = harOf } = state.har;
    await tab.evaluate(importFile, { name: 'app.example.har', text: write(trace, from) });
    await there('.flow-row');
    await until('the notice to go', () => tab.evaluate(press, '.inspector-notice .text-button'));
  }
  for (const selector of state.press) {
    // A pane that is in front already needs no way back to it.
    if (selector.startsWith('.pane-back')) await tab.evaluate(press, selector);
    else await until(selector, () => tab.evaluate(press, selector));
  }
  await until('the layout at rest', () =>
    tab.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      return true;
    }, undefined),
  );
}

declare const chrome: { readonly storage: { readonly session: { clear(): Promise<void> } } };

/** Whatever was seen, run or looked at before is forgotten, and no site is watched. */
export async function openInspector(state: InspectorState, tab: Tab, extension: Extension): Promise<void> {
  await holdOnly(extension, []);
  await extension.background.evaluate(() => chrome.storage.session.clear(), undefined);
  await tab.setSize(...state.size);
  await tab.goto(`${extension.origin}/inspector.html?flow=none`);
  await showInspector(state, tab);
}
