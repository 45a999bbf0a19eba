import { useMemo } from 'preact/hooks';
import type { PageCheckView } from '../lib/view/page-check.ts';
import { pageWords } from '../lib/view/words-page.ts';
import { FindingCard } from './finding-card.tsx';
import { Icon } from './icons.tsx';
import { PopupProvider, usePopup } from './popup-context.ts';
import { Rich } from './rich.tsx';

export interface PageCheckProps {
  readonly view: PageCheckView;
  readonly open: ReadonlySet<string>;
}

/** What the page itself stores and delivers, with the press that looks. */
export function PageCheckSection({ view, open }: PageCheckProps) {
  const tools = usePopup();
  const { actions } = tools;
  const ofPage = useMemo(() => ({ ...tools, actions: { ...actions, reveal: actions.revealOfPage } }), [tools, actions]);
  const { heading, detail, time, notices, progress, button, findings, at } = view;
  return (
    <section class="page-check" data-at={at} aria-label={pageWords.label}>
      <div class="page-check-head">
        <Icon name="search" />
        <div class="grow">
          <h2>{heading}</h2>
          <p class="soft num" role={progress === null ? undefined : 'status'}>
            {detail.map((sentence, index) => (
              <span key={index}>
                <Rich text={sentence} />{' '}
              </span>
            ))}
            {time === null ? null : <span title={time.exact}>{time.text}.</span>}
          </p>
          {notices.map((notice, index) => (
            <p class="notice" key={index}>
              <Rich text={notice} />
            </p>
          ))}
          {progress === null ? null : <progress aria-label={heading} max={1} value={progress} />}
        </div>
        {button === null ? (
          <button type="button" class="button" data-row onClick={actions.cancelCheck}>
            {pageWords.running.cancel}
          </button>
        ) : (
          <button type="button" class="button" data-row onClick={actions.checkPage}>
            {button}
          </button>
        )}
      </div>
      {findings.length === 0 ? null : (
        <PopupProvider value={ofPage}>
          <div class="findings">
            {findings.map((finding) => (
              <FindingCard key={finding.key} finding={finding} open={open.has(finding.key)} />
            ))}
          </div>
        </PopupProvider>
      )}
    </section>
  );
}
