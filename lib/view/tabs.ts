/** The views of the popup, in the order of their tabs. */
export const TABS = ['page', 'token', 'run'] as const;
export type TabId = (typeof TABS)[number];

export function isTabId(value: unknown): value is TabId {
  return TABS.some((tab) => tab === value);
}
