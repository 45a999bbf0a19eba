import type { Browser } from 'webextension-polyfill';

/** Chrome's side panel, which the polyfill's types do not know. */
interface SidePanel {
  open(options: { readonly windowId: number }): Promise<void>;
}

/**
 * The ways to the inspector. `done` is called when it is open, to close the popup. To be called while the popup opens:
 * a side panel can only be opened from inside a click, before the first await.
 */
export function inspectorEntry(browser: Browser, done: () => void) {
  let windowId: number | undefined;
  void browser.windows.getCurrent().then(({ id }) => {
    windowId = id;
  });
  const sidePanel = (browser as unknown as { readonly sidePanel?: SidePanel }).sidePanel;
  const openSidebar = (): Promise<void> => browser.sidebarAction.open();
  const openSidePanel =
    sidePanel === undefined
      ? null
      : (): Promise<void> => (windowId === undefined ? Promise.resolve() : sidePanel.open({ windowId }));
  // In Chromium the polyfill has no `sidebarAction`.
  const beside = openSidePanel ?? (browser.sidebarAction === undefined ? null : openSidebar);
  return {
    open: (flow: string | null): void => {
      const query = flow === null ? '' : `?${new URLSearchParams({ flow })}`;
      void browser.tabs.create({ url: browser.runtime.getURL(`inspector.html${query}`) }).then(done);
    },
    openBeside: beside === null ? null : (): void => void beside().then(done),
  };
}
