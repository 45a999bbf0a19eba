import { tokenWords } from '../lib/view/words-token.ts';
import { CopyButton } from './copy-button.tsx';

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
      <dd>{value === null ? <span class="soft">{shown}</span> : <code dir="ltr">{shown}</code>}</dd>
      <dd>
        {value === null ? null : (
          <CopyButton label={tokenWords.convert.copy(name)} done={tokenWords.copied} text={() => value} />
        )}
      </dd>
    </div>
  );
}
