import { type FindingView, findingMarkdown } from '../lib/view/findings.ts';
import { plainText } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { FindingBody } from './finding-body.tsx';
import { Fold } from './fold.tsx';
import { isCopyKey } from './keyboard.ts';
import { usePopup } from './popup-context.ts';
import { Rich } from './rich.tsx';
import { Shape } from './shape.tsx';

export interface FindingCardProps {
  readonly finding: FindingView;
  readonly open: boolean;
}

/** A finding: one line when closed; seen, why, fix, the parameters to copy and the section when open. */
export function FindingCard({ finding, open }: FindingCardProps) {
  const { actions, announce } = usePopup();
  const copyAll = async () => {
    await actions.copy(findingMarkdown(finding));
    announce(words.finding.copied);
  };
  return (
    <Fold
      id={finding.key}
      open={open}
      title={plainText(finding.title)}
      head={
        <>
          <Shape mark={finding.severity} />
          <span class="row-title strong">
            <Rich text={finding.title} />
          </span>
        </>
      }
      onRowKeyDown={(event) => {
        if (!isCopyKey(event)) return;
        event.preventDefault();
        void copyAll();
      }}
    >
      <FindingBody finding={finding} />
    </Fold>
  );
}
