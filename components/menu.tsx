import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useKeys } from './use-keys.ts';

export interface MenuItem {
  readonly key: string;
  readonly content: ComponentChildren;
  readonly act: () => void;
  /** One of several that exclude each other; `true` for the one that holds. */
  readonly chosen?: boolean;
  /** Stands apart from what is above it. */
  readonly apart?: boolean;
}

export interface MenuProps {
  readonly label: string;
  readonly button: ComponentChildren;
  readonly buttonClass: string;
  readonly items: readonly MenuItem[];
}

/** A button with a menu: arrows move, Enter chooses, Esc closes and goes back to the button. */
export function Menu({ label, button, buttonClass, items }: MenuProps) {
  const open = useSignal(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    open.value = false;
    opener.current?.focus();
  };
  const leave = () => {
    open.value = false;
  };
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        ref={opener}
        class={buttonClass}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-controls={open.value ? id : undefined}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <span class="spoken">{label}</span>
        {button}
      </button>
      {open.value ? <MenuList id={id} label={label} items={items} menu={root} close={close} leave={leave} /> : null}
    </div>
  );
}

interface MenuListProps {
  readonly id: string;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly menu: RefObject<HTMLElement | null>;
  /** Closes and gives the focus back. */
  readonly close: () => void;
  /** Closes and leaves the focus where it goes. */
  readonly leave: () => void;
}

function MenuList({ id, label, items, menu, close, leave }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const left = useRef(leave);
  left.current = leave;

  useLayoutEffect(() => {
    const place = () => placeBelow(list.current, menu.current);
    // Above everything: panes and narrow windows would cut it off.
    list.current?.showPopover();
    place();
    const entries = entriesOf(list.current);
    (entries.find((entry) => entry.ariaChecked === 'true') ?? entries[0])?.focus();
    const outside = ({ target }: Event) => {
      if (!(target instanceof Node && menu.current?.contains(target))) left.current();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('scroll', place, true);
      window.removeEventListener('resize', place);
    };
  }, [menu]);

  useKeys((event) => {
    // The keys of the page below must not see what was meant for the menu.
    event.stopPropagation();
    const entries = entriesOf(list.current);
    const at = entries.findIndex((entry) => entry.contains(document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Tab') leave();
    if (event.key === 'Escape') close();
    else if (to !== undefined) entries.at(to % entries.length)?.focus();
    else return;
    event.preventDefault();
  }, menu);

  return (
    <div class="menu-list" popover="manual" role="menu" id={id} aria-label={label} ref={list}>
      {items.map(({ key, content, act, chosen, apart }) => (
        <button
          type="button"
          key={key}
          tabIndex={-1}
          class={apart === true ? 'menu-item apart' : 'menu-item'}
          {...(chosen === undefined
            ? { role: 'menuitem' as const }
            : { role: 'menuitemradio' as const, 'aria-checked': chosen })}
          onClick={() => {
            close();
            act();
          }}
        >
          {content}
        </button>
      ))}
    </div>
  );
}

/** Pixels between a menu and its button, and between a menu and the edges of the window. */
const GAP = 4;
const MARGIN = 8;
/** Three entries, however low the window is. */
const LEAST = 104;

/** Puts the list under its button, on the side that has room, and inside of the window. */
function placeBelow(list: HTMLElement | null, menu: HTMLElement | null): void {
  if (list === null || menu === null) return;
  const { left, right, bottom } = menu.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const width = list.offsetWidth;
  const wanted = left + right < clientWidth ? left : right - width;
  list.style.left = `${Math.max(MARGIN, Math.min(wanted, clientWidth - width - MARGIN))}px`;
  list.style.top = `${bottom + GAP}px`;
  list.style.maxHeight = `${Math.max(LEAST, Math.min(440, clientHeight - bottom - GAP - MARGIN))}px`;
}

function entriesOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('.menu-item') ?? [])];
}
