import { compareRequestWords } from '../lib/view/words-run-compare.ts';
import { Icon } from './icons.tsx';
import { usePopup } from './popup-context.ts';

/** From a captured authorization request to a run of it, filled in. `request`: index into `Analysis.messages`. */
export function RunProperly({ request }: { readonly request: number }) {
  const { actions } = usePopup();
  const { runProperly } = actions;
  const w = compareRequestWords;
  return runProperly === null ? null : (
    <button
      type="button"
      class="button small run-properly"
      data-row
      title={w.actionMeans}
      onClick={() => runProperly(request)}
    >
      <Icon name="play" />
      <span>{w.action}</span>
    </button>
  );
}
