import { SEVERITIES, type Severity } from '../../../lib/model/rule.ts';
import { RULES } from '../../../lib/rules/index.ts';
import type { FoundFinding } from '../../servers/expectations.ts';
import type { ExtensionView } from './browser.ts';

/** What the popup says about one sign-in of its tab. */
export interface PopupReading {
  readonly heading: string;
  readonly findings: readonly FoundFinding[];
}

interface Shown {
  readonly title: string;
  readonly severity: string;
  readonly children: readonly Shown[];
}

interface ShownFlow {
  readonly heading: string;
  readonly findings: readonly Shown[];
}

/** Where in the popup cards stand. */
type Part = 'sign-ins' | 'page';

/** Runs in the popup: opens every card of every sign-in, or those of the page itself, and reads what a person reads. */
async function readPopup(part: Part): Promise<readonly ShownFlow[]> {
  async function until<T>(what: string, probe: () => T | null): Promise<T> {
    for (let tries = 0; tries < 500; tries += 1) {
      const found = probe();
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`the popup did not show ${what}`);
  }
  const all = (selector: string, within: ParentNode = document) => [...within.querySelectorAll<HTMLElement>(selector)];
  const text = (node: Element | null) => (node?.textContent ?? '').trim();
  const severity = (within: ParentNode) =>
    within.querySelector('.shape')?.getAttribute('class')?.replace('shape', '').trim() ?? '';
  const child = (item: HTMLElement): Shown => ({
    title: text(item.querySelector(':scope > .effect > span')),
    severity: severity(item),
    children: all(':scope > .effects > ul > li', item).map(child),
  });

  async function readFlow(): Promise<ShownFlow> {
    const heading = await until('a heading', () => document.querySelector('main[aria-busy=false] h1'));
    for (const row of all('.fold .row[aria-expanded=false]')) row.click();
    await until('all cards open', () => (document.querySelector('.fold .row[aria-expanded=false]') ? null : true));
    return {
      heading: text(heading),
      findings: all('.fold')
        .filter((card) => (card.closest('.page-check') === null) === (part === 'sign-ins'))
        .map((card) => ({
          title: text(card.querySelector('.row-title')),
          severity: severity(card.querySelector('.row') ?? card),
          children: all(':scope > .fold-body > .effects > ul > li', card).map(child),
        })),
    };
  }

  await until('anything', () => document.querySelector('main[aria-busy=false] h1'));
  const flowMenu = () => document.querySelector<HTMLElement>('.menu > button.text-button');
  const choices = () => all('[role=menuitemradio]');
  const open = flowMenu();
  // What the page itself gives stands below every sign-in.
  if (!open || part === 'page') return [await readFlow()];
  open.click();
  await until('the sign-ins of this tab', () => (choices().length > 0 ? true : null));
  const flows: ShownFlow[] = [];
  for (const [at] of choices().entries()) {
    if (choices().length === 0) flowMenu()?.click();
    const choice = await until('the sign-ins of this tab', () => choices()[at] ?? null);
    choice.click();
    flowMenu()?.click();
    await until('the chosen sign-in', () => (choices()[at]?.getAttribute('aria-checked') === 'true' ? true : null));
    flowMenu()?.click();
    flows.push(await readFlow());
  }
  return flows;
}

const isSeverity = (word: string): word is Severity => SEVERITIES.some((severity) => severity === word);

/** The popup shows titles; their rules are looked up in the rules themselves. */
const ruleByTitle = new Map(RULES.map(({ id, title }) => [title.replaceAll('`', ''), id]));

function foundFindings(shown: readonly Shown[]): readonly FoundFinding[] {
  // Folds that hold checks rather than a finding carry no severity.
  return shown.flatMap(({ title, severity, children }) =>
    isSeverity(severity)
      ? [{ rule: ruleByTitle.get(title) ?? title, severity, children: foundFindings(children) }]
      : [],
  );
}

/** Findings of all sign-ins that the popup holds for its tab; `popup` is the real popup or its page in a tab. */
export async function readFindings(popup: ExtensionView): Promise<readonly PopupReading[]> {
  const flows = await popup.evaluate<Part, readonly ShownFlow[]>(readPopup, 'sign-ins');
  return flows.map(({ heading, findings }) => ({ heading, findings: foundFindings(findings) }));
}

/** Findings of "Check this page" that are of no sign-in. */
export async function readPageFindings(popup: ExtensionView): Promise<readonly FoundFinding[]> {
  const shown = await popup.evaluate<Part, readonly ShownFlow[]>(readPopup, 'page');
  return shown.flatMap(({ findings }) => foundFindings(findings));
}
