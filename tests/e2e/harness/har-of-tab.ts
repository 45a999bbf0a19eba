/** The part of HAR 1.2 that tells tabs apart. */
export interface Har {
  readonly log: {
    readonly pages: readonly { readonly id: string }[];
    readonly entries: readonly { readonly pageref: string; readonly request: { readonly url: string } }[];
  };
}

/** The part of a recording that belongs to the tab in which this address was opened. */
export function harOfTab(har: Har, url: string): Har {
  const page = har.log.entries.find(({ request }) => request.url === url)?.pageref;
  return {
    log: {
      ...har.log,
      pages: har.log.pages.filter(({ id }) => id === page),
      entries: har.log.entries.filter(({ pageref }) => pageref === page),
    },
  };
}
