import { useId } from 'preact/hooks';

/** A word with its meaning one hover or focus away. */
export function Tip({ word, means }: { readonly word: string; readonly means: string }) {
  const id = useId();
  return (
    <span class="tip">
      <button type="button" class="tip-word" aria-describedby={id}>
        {word}
      </button>
      <span id={id} role="tooltip" class="tip-text">
        {means}
      </span>
    </span>
  );
}
