import type { CapturedRequest, CompareRow } from '../lib/view/proper-run.ts';
import { richText } from '../lib/view/text.ts';
import { compareRequestWords } from '../lib/view/words-run-compare.ts';
import { Rich } from './rich.tsx';

export interface RunCompareProps {
  readonly captured: CapturedRequest;
  readonly rows: readonly CompareRow[];
}

const w = compareRequestWords;

/** The captured request beside the one of the run: what changes and why, then what stays. */
export function RunCompare({ captured, rows }: RunCompareProps) {
  const changed = rows.filter(({ is }) => is !== 'same');
  const same = rows.filter(({ is }) => is === 'same');
  return (
    <>
      <p class="soft run-captured">
        <Rich text={richText(w.from(captured.line))} />
      </p>
      <table class="run-compare">
        <thead>
          <tr class="faint">
            <th scope="col">{w.parameter}</th>
            <th scope="col">{w.captured}</th>
            <th scope="col">{w.proper}</th>
          </tr>
        </thead>
        {changed.map((row) => (
          <tbody key={row.name} class={row.is}>
            <tr>
              <th scope="row">
                <code dir="ltr">{row.name}</code>
              </th>
              <td>
                <Side value={row.captured} />
              </td>
              <td>{row.fresh ? <span>{row.proper}</span> : <Side value={row.proper} />}</td>
            </tr>
            {row.why === null ? null : (
              <tr>
                <td colSpan={3} class="soft">
                  <Rich text={row.why} />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      {same.length === 0 ? null : (
        <p class="soft run-same">
          {w.same(same.length)}{' '}
          {same.map(({ name }, index) => (
            <span key={name}>
              {index === 0 ? null : ', '}
              <code dir="ltr">{name}</code>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function Side({ value }: { readonly value: string | null }) {
  return value === null ? <span class="faint">{w.notSent}</span> : <code dir="ltr">{value}</code>;
}
