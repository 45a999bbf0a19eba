import type { ComponentChildren } from 'preact';
import type { Status } from '../lib/view/model.ts';
import type { PopupView } from '../lib/view/popup.ts';
import { words } from '../lib/view/words.ts';
import { Icon, type IconName } from './icons.tsx';
import { usePopup } from './popup-context.ts';

export interface FooterProps {
  readonly view: PopupView | null;
  readonly status: Status | null;
}

/** What is being watched, and the one thing to do about it. Its height never changes. */
export function Footer({ view, status }: FooterProps) {
  const { actions } = usePopup();
  const w = words.footer;
  if (status?.is === 'cleared') {
    return (
      <FootBar text={w.cleared}>
        <FootButton icon="undo" text={w.undo} act={actions.undo} />
      </FootBar>
    );
  }
  if (status !== null) return <FootBar text={status.is === 'denied' ? w.denied : w.failed(status.message)} />;
  if (view === null) return <FootBar text="" />;
  if (view.state === 'flow' && view.newer !== null) {
    const { name, key } = view.newer;
    return (
      <FootBar dot="on" text={w.newFlow(name)}>
        <FootButton text={w.show} act={() => actions.showFlow(key)} />
      </FootBar>
    );
  }
  const { offer } = view;
  return (
    <FootBar dot={view.watching === 'none' ? 'off' : 'on'} text={view.online ? view.footer : words.notice.offline}>
      {offer !== null && isBelow(view) ? (
        <FootButton icon="eye" text={w.watch} act={() => actions.watch(offer.origins)} />
      ) : view.clearable ? (
        <FootButton icon="clear" text={w.clear} act={actions.clear} />
      ) : null}
    </FootBar>
  );
}

/** The offer is not on the page, or is below what has to be read first. */
function isBelow(view: PopupView): boolean {
  return view.state === 'flow' || (view.state === 'address' && view.report.findings.length > 0);
}

export interface FootBarProps {
  readonly text: string;
  readonly dot?: 'on' | 'off';
  readonly children?: ComponentChildren;
}

export function FootBar({ text, dot, children }: FootBarProps) {
  return (
    <footer class="foot">
      {dot === undefined ? null : <span class={`dot ${dot}`} aria-hidden="true" />}
      <span class="foot-text soft" role="status" title={text}>
        {text}
      </span>
      {children}
    </footer>
  );
}

export interface FootButtonProps {
  readonly text: string;
  readonly act: () => void;
  readonly icon?: IconName;
}

export function FootButton({ text, act, icon }: FootButtonProps) {
  return (
    <button type="button" class="button small" onClick={act}>
      {icon === undefined ? null : <Icon name={icon} />}
      <span>{text}</span>
    </button>
  );
}
