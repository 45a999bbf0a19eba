import type { FindingView } from '../../lib/view/findings.ts';
import { findingsWords } from '../../lib/view/words-findings.ts';
import { FindingBody } from '../finding-body.tsx';
import { Icon } from '../icons.tsx';
import { Rich } from '../rich.tsx';
import { Shape } from '../shape.tsx';

export interface OpenFindingProps {
  readonly finding: FindingView;
  /** Leads to where it can be muted. */
  readonly onMute?: () => void;
}

/** A finding in full, beside what proves it. */
export function OpenFinding({ finding, onMute }: OpenFindingProps) {
  return (
    <article class="open-finding">
      <h2>
        <Shape mark={finding.severity} />
        <span>
          <Rich text={finding.title} />
        </span>
      </h2>
      <div class="fold-body">
        <FindingBody finding={finding} />
        {onMute === undefined ? null : (
          <button type="button" class="text-button open-finding-mute" onClick={onMute}>
            <Icon name="mute" />
            <span>{findingsWords.mute.way}</span>
          </button>
        )}
      </div>
    </article>
  );
}
