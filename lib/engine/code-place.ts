import type { CodePlace, FindingEvidence } from '../model/analysis.ts';
import type { PageEvidence } from '../model/rule.ts';
import { lineAndColumn } from '../page/code-text.ts';
import type { Redactor } from './redact.ts';

/** Characters of context on each side of a value. */
const CONTEXT = 60;

/** Where in a text of a page a value stands; nothing for evidence that is in none. */
export function codePlace(evidence: PageEvidence, redactor: Redactor): Pick<FindingEvidence, 'code'> {
  const { observation, offset, value = '', mapped } = evidence;
  if (observation.is !== 'script' || offset === undefined) return {};
  const { text } = observation;
  const place = lineAndColumn(text, offset);
  const code: CodePlace = {
    ...place,
    offset,
    length: value.length,
    context: contextOf(text, offset, value, redactor),
    ...(mapped === undefined
      ? {}
      : { mapped: { file: redactor.plain(mapped.file), line: mapped.line, column: mapped.column } }),
  };
  return { code };
}

/** What stands on the same line around a value. Everything that could be a secret of its own is masked, too. */
function contextOf(text: string, offset: number, value: string, redactor: Redactor): CodePlace['context'] {
  const end = offset + value.length;
  const before = text.slice(Math.max(0, offset - CONTEXT), offset);
  const after = text.slice(end, end + CONTEXT);
  // A part of a value that the cut leaves would not be recognised as one: cut at a sign that no value contains.
  const head = offset > CONTEXT ? before.replace(/^[\w+/=.~-]+/, '') : before;
  const tail = end + CONTEXT < text.length ? after.replace(/[\w+/=.~-]+$/, '') : after;
  const left = head.slice(head.lastIndexOf('\n') + 1);
  const right = tail.split('\n', 1)[0] ?? '';
  return redactor.say`${redactor.readable(left)}${redactor.mask(value)}${redactor.readable(right)}`;
}
