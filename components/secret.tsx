import { words } from '../lib/view/words.ts';
import { CopyButton } from './copy-button.tsx';
import { MaskedText, RevealTools } from './reveal-tools.tsx';
import { useReveal } from './use-reveal.ts';

export interface SecretProps {
  readonly name: string;
  readonly masked: string;
  readonly reveal: () => string | null;
  /** Copies the real value without showing it: for values that the person is meant to carry elsewhere. */
  readonly copyable?: boolean;
}

/** A masked value with an eye; once it is shown it can be copied. */
export function Secret({ name, masked, reveal, copyable = false }: SecretProps) {
  const { shown, toggle, around } = useReveal(reveal);
  return (
    <span class="secret" {...around}>
      {/* A long value scrolls by itself, so the keys have to reach it. */}
      <code class="secret-text" dir="ltr" {...(shown === null ? {} : { tabIndex: 0 })}>
        <MaskedText masked={masked} shown={shown} />
      </code>
      <RevealTools name={name} shown={shown} toggle={toggle}>
        {shown === null && !copyable ? null : (
          <CopyButton label={words.value.copyReal(name)} done={words.value.copiedReal} text={() => shown ?? reveal()} />
        )}
      </RevealTools>
    </span>
  );
}
