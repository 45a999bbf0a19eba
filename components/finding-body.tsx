import type { ComponentChildren } from 'preact';
import { type FindingView, findingMarkdown } from '../lib/view/findings.ts';
import { words } from '../lib/view/words.ts';
import { CopyButton } from './copy-button.tsx';
import { Reference } from './reference.tsx';
import { Rich } from './rich.tsx';
import { RunProperly } from './run-properly.tsx';
import { Shape } from './shape.tsx';
import { Tip } from './tip.tsx';
import { Value } from './value.tsx';

export interface FindingBodyProps {
  readonly finding: FindingView;
  /** What else can be done with it, at the end. */
  readonly children?: ComponentChildren;
}

/** Seen, why, fix, the parameters to copy, the effects and the section. */
export function FindingBody({ finding, children }: FindingBodyProps) {
  const copy = (
    <CopyButton
      label={words.finding.copy}
      done={words.finding.copied}
      text={() => findingMarkdown(finding)}
      caption={words.finding.copyShort}
    />
  );
  return (
    <>
      <dl class="facts">
        <dt>{words.finding.seen}</dt>
        <dd>
          <p>
            <Rich text={finding.summary} />
          </p>
          <Seen finding={finding} />
        </dd>
        <dt>{words.finding.why}</dt>
        <dd>
          <Rich text={finding.why} />
        </dd>
        <dt>{words.finding.fix}</dt>
        <dd>
          <Rich text={finding.fix} />
        </dd>
      </dl>
      <Correction text={finding.copy} />
      {finding.request === null ? null : <RunProperly request={finding.request} />}
      <Effects findings={finding.children} />
      <div class="meta">
        {finding.references.map((reference) => (
          <Reference key={reference.label} reference={reference} />
        ))}
        <Tip word={finding.confidence.word} means={finding.confidence.means} />
        {children === undefined ? copy : null}
      </div>
      {children === undefined ? null : (
        <div class="finding-tools">
          {copy}
          {children}
        </div>
      )}
    </>
  );
}

function Seen({ finding }: { readonly finding: FindingView }) {
  return (
    <>
      {finding.seen.map((seen, index) => (
        <div class="seen" key={index}>
          <code class="seen-message" dir="ltr">
            {seen.message}
          </code>
          {seen.times === 1 ? null : <span class="soft num seen-times">{words.finding.times(seen.times)}</span>}
          <ul class="values">
            {seen.items.map((item, place) => (
              <Value key={place} item={item} />
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Correction({ text }: { readonly text: string | null }) {
  return text === null ? null : (
    <div class="correction">
      <code dir="ltr">{text}</code>
      <CopyButton label={words.finding.copyParameters} done={words.finding.copied} text={() => text} />
    </div>
  );
}

/** What this finding explains: it goes away with it, so it is told here and counted nowhere. */
function Effects({ findings }: { readonly findings: readonly FindingView[] }) {
  return findings.length === 0 ? null : (
    <div class="effects">
      <p class="soft">{words.finding.effects(findings.length)}</p>
      <ul>
        {findings.map((finding) => (
          <li key={finding.key}>
            <div class="effect">
              <Shape mark={finding.severity} />
              <span>
                <Rich text={finding.title} />
              </span>
            </div>
            <Seen finding={finding} />
            <Effects findings={finding.children} />
          </li>
        ))}
      </ul>
    </div>
  );
}
