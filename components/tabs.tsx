import { useRef } from 'preact/hooks';
import { TABS, type TabId } from '../lib/view/tabs.ts';
import { words } from '../lib/view/words.ts';

/** Id of the panel that the tabs control, and of the tab that names it. */
export const PANEL = 'view';
export const tabElementId = (tab: TabId): string => `tab-${tab}`;

export interface TabsProps {
  readonly chosen: TabId;
  readonly onChoose: (tab: TabId) => void;
}

/** The views of the popup: Tab reaches the chosen one, arrows go round, Home and End to the first and last. */
export function Tabs({ chosen, onChoose }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const choose = (tab: TabId) => {
    onChoose(tab);
    list.current?.querySelector<HTMLElement>(`#${tabElementId(tab)}`)?.focus();
  };
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={words.tabs.label}
      ref={list}
      onKeyDown={(event) => {
        const at = TABS.indexOf(chosen);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
        const next = to === undefined ? undefined : TABS.at(to % TABS.length);
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        choose(next);
      }}
    >
      {TABS.map((tab) => (
        <button
          type="button"
          key={tab}
          id={tabElementId(tab)}
          class="tab"
          role="tab"
          aria-selected={tab === chosen}
          aria-controls={PANEL}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {words.tabs[tab]}
        </button>
      ))}
    </div>
  );
}
