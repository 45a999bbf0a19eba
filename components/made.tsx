import { tokenWords } from '../lib/view/words-token.ts';
import { CopyButton } from './copy-button.tsx';

/** Characters that surely fit without scrolling. */
const SCROLLS = 200;

export interface MadeProps {
  readonly name: string;
  readonly shown: string;
  readonly value: string | null;
}

/** Something that was computed, to be copied; inside a `dl`. */
export function Made({ name, shown, value }: MadeProps) {
  return (
    <div class="made">
      <dt class="soft">{name}</dt>
      <dd>
        {value === null ? (
          <span class="soft">{shown}</span>
        ) : (
          // A long value scrolls by itself, so the keys have to reach it.
          <code dir="ltr" {...(shown.length > SCROLLS ? { tabIndex: 0 } : {})}>
            {shown}
          </code>
        )}
      </dd>
      <dd>
        {value === null ? null : (
          <CopyButton label={tokenWords.convert.copy(name)} done={tokenWords.copied} text={() => value} />
        )}
      </dd>
    </div>
  );
}
