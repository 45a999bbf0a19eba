/** What every page of a case shares: its data, how it calls the API and how it says that it ended. */
import type { CasePage } from '../client-site.ts';

export function element<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

export function readCasePage<Client>(): CasePage<Client> {
  return JSON.parse(element('#case', HTMLScriptElement).text) as CasePage<Client>;
}

/** What the client knows at the end. */
export type Facts = Readonly<Record<string, unknown>>;

/** Ends the case: the marker that tests and people wait for. */
export function report(outcome: 'done' | 'failed', facts: Facts) {
  element('#facts', HTMLPreElement).textContent = JSON.stringify(facts, null, 2);
  element('#outcome', HTMLElement).textContent = outcome === 'done' ? 'Signed in.' : 'The sign-in failed.';
  document.body.dataset['outcome'] = outcome;
}

export function settle(result: Promise<Facts>) {
  result.then(
    (facts) => report('done', facts),
    (error: unknown) => report('failed', { error: String(error) }),
  );
}

/**
 * Calls the API with an access token.
 *
 * @param proof - for a token that is bound to a key, the header that proves that the client has it (RFC 9449 §7.1)
 * @returns whom the token is for
 */
export async function callApi(url: string, accessToken: string, proof?: { readonly dpop: string }): Promise<string> {
  const scheme = proof === undefined ? 'Bearer' : 'DPoP';
  const answer = await fetch(url, { headers: { authorization: `${scheme} ${accessToken}`, ...proof } });
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
  return ((await answer.json()) as { sub: string }).sub;
}
