import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PieceView } from '../lib/view/token.ts';
import type { TokenActions, TokenModel } from '../lib/view/token-model.ts';
import { tokenWords } from '../lib/view/words-token.ts';
import { Icon } from './icons.tsx';
import { useReveal } from './use-reveal.ts';

export interface TokenBoxProps {
  readonly model: TokenModel;
  readonly actions: TokenActions;
}

/** Where the token is pasted: a field while it is written, then the token in its parts, masked. */
export function TokenBox({ model, actions }: TokenBoxProps) {
  const { editing, paste, view } = model;
  if (editing || paste === null) return <TokenField model={model} actions={actions} />;
  // A token that is all of the paste shows its parts.
  const { pieces, length } = view !== null && view.length === paste.length ? view : paste;
  return <TokenParts pieces={pieces} length={length} actions={actions} />;
}

function TokenField({ model, actions }: TokenBoxProps) {
  const w = tokenWords.paste;
  const field = useRef<HTMLTextAreaElement>(null);
  const pasted = useRef(false);
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), []);
  return (
    <div class="token-field">
      <textarea
        ref={field}
        aria-label={w.label}
        placeholder={w.placeholder}
        rows={model.paste === null ? 6 : 3}
        spellcheck={false}
        autocomplete="off"
        dir="ltr"
        value={model.text}
        onPaste={() => {
          pasted.current = true;
        }}
        onInput={(event) => {
          actions.setText(event.currentTarget.value, pasted.current);
          pasted.current = false;
        }}
        onBlur={() => {
          if (model.paste !== null) actions.setEditing(false);
        }}
      />
      {model.paste === null ? (
        <button type="button" class="button" data-row onClick={actions.fromClipboard}>
          <Icon name="paste" />
          <span>{w.clipboard}</span>
        </button>
      ) : null}
    </div>
  );
}

interface TokenPartsProps {
  readonly pieces: readonly PieceView[];
  readonly length: number;
  readonly actions: TokenActions;
}

function TokenParts({ pieces, length, actions }: TokenPartsProps) {
  const w = tokenWords.paste;
  const { shown, toggle, hide, around } = useReveal(actions.revealToken);
  const tool = (name: 'paste' | 'edit' | 'close', label: string, act: () => void) => (
    <button type="button" class="icon-button small" data-row aria-label={label} title={label} onClick={act}>
      <Icon name={name} />
    </button>
  );
  return (
    <section class="token-parts" aria-label={w.label} {...around}>
      <code class="token-text" dir="ltr" {...(shown === null ? {} : { tabIndex: 0 })}>
        {(shown ?? pieces).map((piece, index) => (
          <span key={index} class={piece.part === null ? undefined : `part-${Math.min(piece.part, 2)}`}>
            {piece.text}
          </span>
        ))}{' '}
        <span class="faint">({length.toLocaleString('en')})</span>
      </code>
      <span class="token-tools">
        <button
          type="button"
          class="icon-button small"
          data-row
          aria-pressed={shown !== null}
          aria-label={w.reveal}
          title={shown === null ? w.reveal : w.hide}
          onClick={toggle}
        >
          <Icon name={shown === null ? 'eye' : 'eyeOff'} />
        </button>
        {tool('paste', w.clipboard, actions.fromClipboard)}
        {tool('edit', w.edit, () => actions.setEditing(true))}
        {tool('close', w.clear, () => {
          hide();
          actions.clear();
        })}
      </span>
    </section>
  );
}
