import type { Demo } from '../../servers/start-demo.ts';
import { type Tab, until } from './browser.ts';

export interface SignIn {
  readonly outcome: 'done' | 'failed';
  /** What the client says of it: `subject`, `tokens`, or `error`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface SignInOptions {
  /** Awaited before each press: `start`, `login`, `consent`. */
  readonly onStep?: (step: string, tab: Tab) => Promise<void>;
  /** For a case that signs in in a window of its own: the next window that opens. */
  readonly nextTab?: () => Promise<Tab>;
}

type Screen =
  | { readonly is: 'step'; readonly step: string; readonly fields: readonly string[] }
  | { readonly is: 'outcome'; readonly outcome: string; readonly facts: string };

interface Pressed {
  demoPressed?: boolean;
}

/** What the page shows: a step that waits for the person, or the outcome; `null` while it is busy. */
function readScreen(): Screen | null {
  const outcome = document.querySelector<HTMLElement>('[data-outcome]');
  if (outcome) {
    const facts = document.querySelector('#facts') ?? outcome;
    return { is: 'outcome', outcome: outcome.dataset['outcome'] ?? '', facts: facts.textContent ?? '' };
  }
  const step = document.querySelector<HTMLElement>('[data-step]');
  if (!step || document.readyState !== 'complete' || (globalThis as Pressed).demoPressed) return null;
  const fields = [...step.querySelectorAll('input')].map(({ name }) => name);
  return { is: 'step', step: step.dataset['step'] ?? '', fields };
}

function parseFacts(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { error: text.trim() };
  }
}

/** Goes through one demo case as a person would: start, log in and consent where asked, until its page says how it ended. */
export async function signIn(tab: Tab, demo: Demo, id: string, options: SignInOptions = {}): Promise<SignIn> {
  const { onStep, nextTab } = options;
  await tab.goto(demo.caseUrl(id));
  let window: Tab | null = null;
  for (;;) {
    const { screen, shownIn } = await until(`the next step of ${id}`, async () => {
      const screen = await tab.evaluate(readScreen, undefined);
      if (screen !== null || window === null) return screen && { screen, shownIn: tab };
      const inWindow = await window.evaluate(readScreen, undefined);
      return inWindow && { screen: inWindow, shownIn: window };
    });
    if (screen.is === 'outcome') {
      return { outcome: screen.outcome === 'done' ? 'done' : 'failed', facts: parseFacts(screen.facts) };
    }
    await onStep?.(screen.step, shownIn);
    for (const field of screen.fields) {
      await shownIn.fill(`[name=${field}]`, field === 'login' ? 'alice' : 'not-a-secret');
    }
    await shownIn.evaluate(() => {
      (globalThis as Pressed).demoPressed = true;
    }, undefined);
    const opening: Promise<Tab> | undefined = window === null ? nextTab?.() : undefined;
    await shownIn.click('#go');
    if (opening) window = await opening;
  }
}
