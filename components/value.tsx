import type { CodeView, EvidenceView, ValueRef } from '../lib/view/findings.ts';
import { REVEAL_CAP } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { CopyButton } from './copy-button.tsx';
import { isCopyKey } from './keyboard.ts';
import { usePopup } from './popup-context.ts';
import { MaskedText, RevealTools } from './reveal-tools.tsx';
import { Rich } from './rich.tsx';
import { useReveal } from './use-reveal.ts';

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
  if (ref !== null) return <Held item={item} masked={value} valueRef={ref} />;
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

interface HeldProps {
  readonly item: EvidenceView;
  readonly masked: string;
  readonly valueRef: ValueRef;
}

function Held({ item, masked, valueRef }: HeldProps) {
  const { actions, announce } = usePopup();
  const { shown, toggle, around } = useReveal(() => {
    const raw = actions.reveal(valueRef);
    if (raw === null) announce(words.value.gone);
    return raw;
  });
  const copyMasked = async () => {
    await actions.copy(masked);
    announce(words.value.copiedMasked);
  };
  const { name } = item;
  return (
    <li
      class="value held"
      {...around}
      onKeyDown={(event) => {
        around.onKeyDown(event);
        if (event.defaultPrevented || !isCopyKey(event)) return;
        event.preventDefault();
        void copyMasked();
      }}
    >
      {/* A long value scrolls by itself, so the keys have to reach it. */}
      <code class="value-text" dir="ltr" {...(shown === null ? {} : { tabIndex: 0 })}>
        {name}=
        <MaskedText masked={masked} shown={shown} />
      </code>
      <RevealTools name={name} shown={shown} toggle={toggle}>
        <CopyButton
          label={shown === null ? words.value.copyMasked(name) : words.value.copyReal(name)}
          done={shown === null ? words.value.copiedMasked : words.value.copiedReal}
          text={() => shown ?? masked}
        />
      </RevealTools>
      {shown !== null && shown.length > REVEAL_CAP ? <span class="soft">{words.value.cut(shown.length)}</span> : null}
      <CodePlace code={item.code} />
      <Note item={item} />
    </li>
  );
}
