import type { WebRequest } from 'webextension-polyfill';

/** The words of an enumeration that this browser knows; it throws when a filter names another. */
export function offered<Word extends string>(api: object, enumeration: string, words: readonly Word[]): Word[] {
  const known: unknown = Reflect.get(api, enumeration);
  const values = typeof known === 'object' && known !== null ? Object.values(known) : [];
  return words.filter((word) => values.includes(word));
}

/** A listener that can be taken away again. */
export interface Registration {
  add(): void;
  remove(): void;
}

interface WebRequestEvent<Details, Option> {
  addListener(act: (details: Details) => undefined, filter: WebRequest.RequestFilter, options?: Option[]): void;
  removeListener(act: (details: Details) => undefined): void;
}

/** `options`: `null` for an event that takes none. */
export function listener<Details, Option>(
  event: WebRequestEvent<Details, Option>,
  filter: WebRequest.RequestFilter,
  options: readonly NoInfer<Option>[] | null,
  act: (details: NoInfer<Details>) => void,
): Registration {
  const heard = (details: Details): undefined => {
    act(details);
  };
  return {
    add: () => (options === null ? event.addListener(heard, filter) : event.addListener(heard, filter, [...options])),
    remove: () => event.removeListener(heard),
  };
}
