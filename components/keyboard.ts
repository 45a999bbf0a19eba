/** Ctrl+C or Cmd+C while no text is selected: then it means the row. */
export function isCopyKey(event: KeyboardEvent): boolean {
  if (event.key.toLowerCase() !== 'c' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) {
    return false;
  }
  return window.getSelection()?.isCollapsed ?? true;
}

/** Whether keys belong to the field that has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'radio' && target.type !== 'checkbox';
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Moves the focus among the elements marked `data-row`, in their order on the page. */
export function moveAmongRows(root: HTMLElement, step: 'next' | 'previous' | 'first' | 'last'): void {
  const rows = [...root.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.offsetParent !== null);
  const current = document.activeElement?.closest<HTMLElement>('[data-row]') ?? null;
  const at = current === null ? -1 : rows.indexOf(current);
  const to =
    step === 'first'
      ? 0
      : step === 'last'
        ? rows.length - 1
        : step === 'next'
          ? Math.min(at + 1, rows.length - 1)
          : Math.max(at - 1, 0);
  rows[to]?.focus();
  rows[to]?.scrollIntoView({ block: 'nearest' });
}

/** What arrows and their kin mean in a list. */
export const STEP_KEYS = { ArrowDown: 'next', ArrowUp: 'previous', Home: 'first', End: 'last' } as const;

export const isStepKey = (key: string): key is keyof typeof STEP_KEYS => key in STEP_KEYS;

/** Arrows choose within a group of radio buttons. */
export function isChoice(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'radio';
}

/** Moves the focus to the pane on the left or right: to the row that is selected there, else to the first. */
export function moveBetweenPanes(root: HTMLElement, step: 1 | -1): void {
  const panes = [...root.querySelectorAll<HTMLElement>('.pane')].filter((pane) => pane.offsetParent !== null);
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const rows = panes[at < 0 ? 0 : at + step]?.querySelectorAll<HTMLElement>('[data-row]') ?? [];
  ([...rows].find((row) => row.ariaCurrent === 'true' || row.ariaPressed === 'true') ?? rows[0])?.focus();
}
