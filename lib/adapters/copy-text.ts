/**
 * Copies inside of a press, where the asynchronous clipboard is refused: DevTools gives its panels no permission for it.
 *
 * @throws where the browser does not copy
 */
export function copyText(document: Document, text: string): void {
  const copied = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  };
  document.addEventListener('copy', copied, { once: true });
  try {
    if (!document.execCommand('copy')) throw new Error('the browser did not copy');
  } finally {
    document.removeEventListener('copy', copied);
  }
}
