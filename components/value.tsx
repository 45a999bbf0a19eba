import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CodeView, EvidenceView, ValueRef } from '../lib/view/findings.ts';
import { REVEAL_CAP, visible } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { isCopyKey } from './keyboard.ts';
import { usePopup } from './popup-context.ts';
import { Rich } from './rich.tsx';

/** One parameter that a finding points at: not sent, in clear, or masked with an eye to reveal it. */
export function Value({ item }: { readonly item: EvidenceView }) {
  const { value, ref } = item;
  if (value === null) {
    return (
      <li class="value">
        <code class="missing">{words.finding.notSent(item.name)}</code>
        <Note item={item} />
      </li>
    );
  }
  if (ref !== null) return <Secret item={item} masked={value} valueRef={ref} />;
  return (
    <li class="value held">
      <code class="value-text" dir="ltr">
        {item.name}={value}
      </code>
      <CodePlace code={item.code} />
      <Note item={item} />
    </li>
  );
}

function Note({ item }: { readonly item: EvidenceView }) {
  return item.note.length === 0 ? null : (
    <span class="soft">
      <Rich text={item.note} />
    </span>
  );
}

/** What stands around a value in a text of a page, and where that is. */
function CodePlace({ code }: { readonly code: CodeView | null }) {
  if (code === null) return null;
  return (
    <span class="code-place">
      <code class="code-context" dir="ltr">
        {code.context}
      </code>
      <span class="soft num">{code.mapped === null ? code.place : `${code.place} (${code.mapped})`}</span>
    </span>
  );
}

interface SecretProps {
  readonly item: EvidenceView;
  readonly masked: string;
  readonly valueRef: ValueRef;
}

/** The raw value is here only while it is shown: leaving the row, the window or Esc forgets it. */
function Secret({ item, masked, valueRef }: SecretProps) {
  const { actions, announce } = usePopup();
  const raw = useSignal<string | null>(null);
  const hide = () => {
    raw.value = null;
  };
  useEffect(() => {
    const forget = () => {
      raw.value = null;
    };
    window.addEventListener('blur', forget);
    return () => window.removeEventListener('blur', forget);
  }, [raw]);
  const toggle = () => {
    if (raw.value !== null) return hide();
    raw.value = actions.reveal(valueRef);
    if (raw.value === null) announce(words.value.gone);
  };
  const copyMasked = async () => {
    await actions.copy(masked);
    announce(words.value.copiedMasked);
  };
  const { name } = item;
  const shown = raw.value;
  return (
    <li
      class="value held"
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) hide();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && raw.value !== null) {
          event.stopPropagation();
          event.preventDefault();
          hide();
        } else if (isCopyKey(event)) {
          event.preventDefault();
          void copyMasked();
        }
      }}
    >
      {/* A long value scrolls by itself, so the keys have to reach it. */}
      <code class="value-text" dir="ltr" {...(shown === null ? {} : { tabIndex: 0 })}>
        {name}=
        <span class={shown === null ? 'masked' : 'revealed'}>
          {shown === null ? masked : visible(shown, REVEAL_CAP)}
        </span>
      </code>
      <span class="value-tools">
        <button
          type="button"
          class="icon-button small"
          data-row
          aria-pressed={shown !== null}
          aria-label={words.value.reveal(name)}
          title={shown === null ? words.value.reveal(name) : words.value.hide(name)}
          onClick={toggle}
        >
          <Icon name={shown === null ? 'eye' : 'eyeOff'} />
        </button>
        <CopyButton
          label={shown === null ? words.value.copyMasked(name) : words.value.copyReal(name)}
          done={shown === null ? words.value.copiedMasked : words.value.copiedReal}
          text={() => raw.value ?? masked}
        />
      </span>
      {shown !== null && shown.length > REVEAL_CAP ? <span class="soft">{words.value.cut(shown.length)}</span> : null}
      <CodePlace code={item.code} />
      <Note item={item} />
    </li>
  );
}
