import type { Exchange } from '../model/observation.ts';

/** Parameters whose value is the address of the other side of a sign-in: RFC 6749 §4.1.1, RFC 9207 §2, OIDC Core §3.1.2. */
const ADDRESSES = ['redirect_uri', 'iss', 'post_logout_redirect_uri', 'target_link_uri'];

/**
 * Origins that take part in the sign-ins of a tab as far as they are known: of its address, of the addresses that it
 * names, of what was watched and of where that redirected to. Those besides the tab's own are the candidates for
 * "watch the sign-in server, too". In the order of discovery, each once, http and https only.
 */
export function signInOrigins(address: string | null, observations: readonly Exchange[]): string[] {
  const addresses = address === null ? [] : [address];
  for (const { request, outcome } of observations) {
    addresses.push(request.url);
    if (outcome.is !== 'response' || !outcome.response.headers.seen) continue;
    for (const [name, value] of outcome.response.headers.value)
      if (name.toLowerCase() === 'location') addresses.push(value);
  }
  const origins = new Set<string>();
  for (const candidate of addresses.flatMap((url) => [url, ...namedIn(url)])) {
    const url = parse(candidate);
    if (url !== null && /^https?:$/.test(url.protocol)) origins.add(url.origin);
  }
  return [...origins];
}

function namedIn(address: string): string[] {
  const url = parse(address);
  if (url === null) return [];
  const parameters = [url.searchParams, new URLSearchParams(url.hash.slice(1))];
  return ADDRESSES.flatMap((name) => parameters.flatMap((pairs) => pairs.getAll(name)));
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
