import { createRedactor, mask } from '../../../lib/engine/redact.ts';
import { retryStep } from '../../../lib/runner/advance.ts';
import type { Run } from '../../../lib/runner/run.ts';
import { type RunView, runView } from '../../../lib/view/run.ts';

/** What the page would show of a run. */
export const viewOf = (run: Run, granted: readonly string[] = [], now = Date.now()): RunView =>
  runView({
    run,
    now,
    mask,
    show: createRedactor(new Map()).value,
    origin: 'chrome-extension://abcdefgh',
    granted: new Set(granted),
    retryFrom: retryStep(run),
  });
