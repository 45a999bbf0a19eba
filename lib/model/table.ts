/**
 * A table that is looked up by names of the input. An object literal also answers to `constructor` and `toString`, with
 * functions; this has its own entries only.
 */
export function table<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, entries);
}
