import type { FindingView } from '../../lib/view/findings.ts';
import { FindingBody } from '../finding-body.tsx';
import { Rich } from '../rich.tsx';
import { Shape } from '../shape.tsx';
import { MuteHere } from './mute-form.tsx';

/** A finding in full, beside what proves it; can be muted there. */
export function OpenFinding({ finding }: { readonly finding: FindingView }) {
  return (
    <article class="open-finding">
      <h2>
        <Shape mark={finding.severity} />
        <span>
          <Rich text={finding.title} />
        </span>
      </h2>
      <div class="fold-body">
        <FindingBody finding={finding}>
          <MuteHere mutes={finding.mutes} />
        </FindingBody>
      </div>
    </article>
  );
}
