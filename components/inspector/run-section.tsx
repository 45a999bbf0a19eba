import { RunFooter, RunPage } from '../run-view.tsx';
import { useInspector } from './context.ts';

/** The popup's view "Run", in a column of its own. */
export function RunSection() {
  const { run } = useInspector();
  if (run === null) return null;
  return (
    <div class="column-page">
      <div class="column-scroll">
        <RunPage model={run.model.value} actions={run.actions} />
      </div>
      <RunFooter model={run.model.value} actions={run.actions} />
    </div>
  );
}
