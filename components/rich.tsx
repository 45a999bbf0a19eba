import type { Text } from '../lib/view/text.ts';

/** Text with its `code` runs. Captured text arrives as text nodes and stays text. */
export function Rich({ text }: { readonly text: Text }) {
  return (
    <>
      {text.map((part, index) =>
        part.code ? <code key={index}>{part.text}</code> : <span key={index}>{part.text}</span>,
      )}
    </>
  );
}
