import type { ReferenceView } from '../lib/view/findings.ts';

/** A section of a specification, opened in a new tab; the address is the program's own, never the capture's. */
export function Reference({ reference }: { readonly reference: ReferenceView }) {
  if (reference.url === null) return <span class="reference">{reference.label}</span>;
  return (
    <a class="reference" href={reference.url} target="_blank" rel="noreferrer" title={reference.hint} data-row>
      {reference.label}
    </a>
  );
}
