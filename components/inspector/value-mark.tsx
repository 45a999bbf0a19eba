import { letterOf } from '../../lib/view/diagram.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';

/** The mark of a secret value; the same mark is the same value. */
export function ValueMark({ mark }: { readonly mark: `${ReturnType<typeof letterOf>}${number}` }) {
  const letter = letterOf(mark);
  const means = diagramWords.secretMeans(diagramWords.secrets[letter]);
  return (
    <span class={`value-mark mark-${letter}`} title={means}>
      {mark}
    </span>
  );
}
