import type { RunActions } from '../lib/view/run-model.ts';
import type { RunDevice } from '../lib/view/run-steps.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';

export interface RunDeviceCardProps {
  readonly device: RunDevice;
  readonly actions: RunActions;
}

/** What a television would show: the code, where to type it, and both as a picture. */
export function RunDeviceCard({ device, actions }: RunDeviceCardProps) {
  const w = runWords.device;
  const { qr } = device;
  return (
    <section class="run-device" aria-label={w.label}>
      {qr === null ? null : (
        <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={w.qr} shape-rendering="crispEdges">
          <path d={qr.path} />
        </svg>
      )}
      <div class="grow">
        <p class="run-code">
          <code dir="ltr">{device.userCode}</code>
          <CopyButton label={w.copyCode} done={words.finding.copied} text={() => device.userCode} />
        </p>
        <p class="soft">
          {w.at} <code dir="ltr">{device.address}</code>
        </p>
        <p class="soft num">
          {device.polls}, {w.left(device.left)}
        </p>
        {device.host === '' ? null : (
          <button type="button" class="button primary small" data-row onClick={actions.openVerification}>
            <Icon name="window" />
            <span>{w.open(device.host)}</span>
          </button>
        )}
      </div>
    </section>
  );
}
