/** Work that says where it may be interrupted. */
export type Work<T> = Generator<undefined, T>;

/** Asked at each of these places: `null` to go on at once, or what to wait for. */
export type Rest = () => Promise<void> | null;

/** Does all of it without a rest. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does all of it with the rests that the caller wants, so that a page can answer meanwhile. */
export async function finishResting<T>(work: Work<T>, rest: Rest): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    const pause = rest();
    if (pause !== null) await pause;
  }
}
