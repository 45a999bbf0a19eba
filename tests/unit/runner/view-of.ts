import { createRedactor, mask } from '../../../lib/engine/redact.ts';
import { retryStep } from '../../../lib/runner/advance.ts';
import type { Run } from '../../../lib/runner/run.ts';
import { type RunView, runView } from '../../../lib/view/run.ts';

/** What the page would show of a run. `secrets`: values that it knows to be secret. */
export const viewOf = (
  run: Run,
  granted: readonly string[] = [],
  now = Date.now(),
  secrets: readonly string[] = [],
): RunView =>
  runView({
    run,
    now,
    mask,
    show: createRedactor(new Map(secrets.map((secret) => [secret, 'other']))).value,
    origin: 'chrome-extension://abcdefgh',
    granted: new Set(granted),
    retryFrom: retryStep(run),
  });
