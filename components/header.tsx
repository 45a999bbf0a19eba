import { findingMarkdown } from '../lib/view/findings.ts';
import type { PopupView } from '../lib/view/popup.ts';
import type { TabId } from '../lib/view/tabs.ts';
import { words } from '../lib/view/words.ts';
import { Icon, Logo } from './icons.tsx';
import { Menu, type MenuItem } from './menu.tsx';
import type { InspectorEntry } from './popup.tsx';
import { usePopup } from './popup-context.ts';
import { Shape } from './shape.tsx';
import { Tabs } from './tabs.tsx';

export interface HeaderProps {
  readonly tab: TabId;
  readonly onTab: (tab: TabId) => void;
  /** `null` on the other views, too. */
  readonly view: PopupView | null;
  readonly inspector: InspectorEntry;
  readonly onSearch: () => void;
  readonly onKeys: () => void;
}

/** The views of the popup, and what can be done in the one that is shown. */
export function Header({ tab, onTab, view, inspector, onSearch, onKeys }: HeaderProps) {
  return (
    <header class="bar">
      <Logo />
      <span class="spoken">{words.name}: </span>
      <Tabs chosen={tab} onChoose={onTab} />
      <span class="grow" />
      {view?.state === 'flow' && view.flows.length > 1 ? <FlowMenu view={view} /> : null}
      <button
        type="button"
        class="icon-button"
        aria-label={words.menu.inspector}
        title={words.menu.inspector}
        onClick={() => inspector.open(view?.state === 'flow' ? view.flow : null)}
      >
        <Icon name="expand" />
      </button>
      <MoreMenu view={view} inspector={inspector} onSearch={onSearch} onKeys={onKeys} />
    </header>
  );
}

type FlowState = Extract<PopupView, { readonly state: 'flow' }>;

function FlowMenu({ view }: { readonly view: FlowState }) {
  const { actions } = usePopup();
  return (
    <Menu
      label={words.flows.label}
      buttonClass="text-button"
      button={
        <>
          <span class="num">{words.flows.button(view.flows.length)}</span>
          <Icon name="down" />
        </>
      }
      items={view.flows.map((flow) => ({
        key: flow.key,
        chosen: flow.key === view.flow,
        act: () => actions.showFlow(flow.key),
        content: (
          <>
            <Shape mark={flow.mark} />
            <span class="grow">{flow.name}</span>
            <span class="faint num">{flow.time?.text ?? ''}</span>
          </>
        ),
      }))}
    />
  );
}

function MoreMenu({ view, inspector, onSearch, onKeys }: Omit<HeaderProps, 'tab' | 'onTab'>) {
  const { actions, announce } = usePopup();
  const w = words.menu;
  const items: MenuItem[] = [];
  const entry = (key: string, text: string, act: () => void, hint = ''): MenuItem => ({
    key,
    act,
    content: (
      <>
        <span class="grow">{text}</span>
        {hint === '' ? null : <kbd>{hint}</kbd>}
      </>
    ),
  });
  if (view !== null && 'report' in view) {
    const { findings } = view.report;
    items.push(entry('find', w.find, onSearch, '/'));
    if (findings.length > 0) {
      items.push(
        entry('copy', w.copyAll, async () => {
          await actions.copy(findings.map(findingMarkdown).join('\n'));
          announce(words.finding.copied);
        }),
      );
    }
  }
  items.push(entry('inspector', w.inspector, () => inspector.open(view?.state === 'flow' ? view.flow : null), 'I'));
  if (inspector.openBeside !== null) items.push(entry('beside', w.side, inspector.openBeside));
  items.push(entry('keys', w.keys, onKeys, '?'));
  const access: MenuItem[] = [];
  if (view !== null) {
    const { offer, watched, watching, clearable } = view;
    if (offer !== null) access.push(entry('watch', w.watchSite(offer.name), () => actions.watch(offer.origins)));
    if (watching !== 'all') access.push(entry('all', w.watchAll, () => actions.watch([])));
    if (watched !== null) access.push(entry('stop', w.stop(watched.name), () => actions.stop(watched.origins)));
    if (clearable) access.push(entry('clear', w.clear, actions.clear));
  }
  const [first, ...rest] = access;
  if (first !== undefined) items.push({ ...first, apart: true }, ...rest);
  return <Menu label={w.label} buttonClass="icon-button" button={<Icon name="more" />} items={items} />;
}
