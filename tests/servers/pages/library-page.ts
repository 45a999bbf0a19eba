/** What the pages of all client libraries do; a library is what differs. */
import type { LibraryClient } from '../case.ts';
import { callApi, element, type Facts, readCasePage, report, settle } from './case-page.ts';

/** Tokens that a library hands to the page, among other things. */
export type Tokens = Readonly<Partial<Record<(typeof TOKENS)[number], string | null | undefined>>>;
const TOKENS = ['access_token', 'id_token', 'refresh_token'] as const;

export interface Library {
  /** Leaves the page for the authorization server. */
  signIn(): Promise<unknown>;
  /** Takes the authorization response out of the address of the callback page. */
  finish(): Promise<Tokens>;
  /** Gets new tokens through the refresh token. */
  renew(): Promise<Tokens>;
}

/** A library that signs in in a window of its own. */
export interface WindowLibrary {
  /** Opens the window and waits for what comes of it. */
  signIn(): Promise<Tokens>;
  /** In the callback page, inside that window: hands the authorization response over. */
  relay(): Promise<unknown>;
  renew(): Promise<Tokens>;
}

export const page = readCasePage<LibraryClient>();

function tokenOf({ access_token }: Tokens): string {
  if (!access_token) throw new Error('the library has no access token');
  return access_token;
}

async function spend(library: Library | WindowLibrary, tokens: Tokens): Promise<Facts> {
  const token = tokenOf(tokens);
  const subject = await callApi(page.api, token);
  if (page.client.refreshes) {
    const renewed = tokenOf(await library.renew());
    if (renewed === token) throw new Error('the library did not renew the token');
    await callApi(page.api, renewed);
  }
  return { subject, tokens: TOKENS.filter((name) => tokens[name]).sort() };
}

function orFail(work: Promise<unknown>) {
  work.catch((error: unknown) => report('failed', { error: String(error) }));
}

function onPress(start: () => void) {
  element('form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    start();
  });
}

export function run(library: Library) {
  if (page.page === 'callback') settle(library.finish().then((tokens) => spend(library, tokens)));
  else onPress(() => orFail(library.signIn()));
}

export function runInWindow(library: WindowLibrary) {
  if (page.page === 'callback') orFail(library.relay());
  else onPress(() => settle(library.signIn().then((tokens) => spend(library, tokens))));
}
