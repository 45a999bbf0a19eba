import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Takes the first of the files that are dropped anywhere on the page. @returns whether one is being dragged over it. */
export function useFileDrop(onFile: (file: File) => void): boolean {
  const over = useSignal(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  // With the render: a file dropped before the painting would be opened by the browser.
  useLayoutEffect(() => {
    const heard = new AbortController();
    const on = (name: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      document.addEventListener(name, act, { signal: heard.signal });
    on('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      over.value = true;
    });
    on('dragleave', ({ relatedTarget }) => {
      // Without another element below the pointer it left the page.
      if (relatedTarget === null) over.value = false;
    });
    on('drop', (event) => {
      over.value = false;
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      latest.current(file);
    });
    return () => heard.abort();
  }, [over]);
  return over.value;
}
