import type { PopupView } from '../lib/view/popup.ts';
import { Rich } from './rich.tsx';

/** One sentence first: what happened and how many problems; then what passed, what could not be judged, when. */
export function Verdict({ view }: { readonly view: PopupView }) {
  const { verdict, notices } = view;
  return (
    <section class="verdict">
      <h1>{verdict.heading}</h1>
      <p class="soft num">
        {verdict.detail.map((sentence, index) => (
          <span key={index}>
            <Rich text={sentence} />{' '}
          </span>
        ))}
        {verdict.time === null ? null : <span title={verdict.time.exact}>{verdict.time.text}.</span>}
      </p>
      {notices.map((notice, index) => (
        <p class="notice" key={index}>
          <Rich text={notice} />
        </p>
      ))}
    </section>
  );
}
