import type { Rest } from '../model/work.ts';

/** Milliseconds of work between two rests: a page that answers within 50 ms feels immediate. */
const STRETCH = 8;

/** Lets the page draw and answer whenever it was kept busy for a while. */
export function createRest(): Rest {
  let since = performance.now();
  return () => {
    if (performance.now() - since < STRETCH) return null;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      // Timers would wait for 4 ms each time.
      port1.onmessage = () => {
        port1.close();
        since = performance.now();
        resolve();
      };
      port2.postMessage(null);
    });
  };
}
