import { getDomain } from 'tldts';
import type { Endpoint } from '../model/message.ts';

/** Splits an absolute URL; `null` where it is none. Works for custom schemes (`com.app:/cb`), too. */
export function endpointOf(url: string): Endpoint | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const host = parsed.hostname.toLowerCase();
  const scheme = parsed.protocol.slice(0, -1);
  const origin = parsed.origin === 'null' ? `${parsed.protocol}//${parsed.host}` : parsed.origin;
  return {
    url: origin + parsed.pathname,
    origin,
    scheme,
    host,
    path: parsed.pathname,
    site: siteOf(host),
    loopback: isLoopback(host),
    dev: isDevHost(host),
  };
}

const sites = new Map<string, string>();

/** Registrable domain by the public suffix list, private suffixes included; the host itself where there is none. */
export function siteOf(host: string): string {
  const known = sites.get(host);
  if (known !== undefined) return known;
  const site = getDomain(host, { allowPrivateDomains: true, validateHostname: false }) ?? host;
  // A cache that a hostile page could grow without end would be a leak.
  if (sites.size > 2000) sites.clear();
  sites.set(host, site);
  return site;
}

/** RFC 8252 §7.3 and §8.3, RFC 6761 §6.3. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Private addresses and names that no public registry serves. */
export function isDevHost(host: string): boolean {
  return (
    isLoopback(host) ||
    /\.(local|test|internal|home\.arpa|lan)$/.test(host) ||
    /^(0\.0\.0\.0|10(\.\d{1,3}){3}|192\.168(\.\d{1,3}){2}|172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}|169\.254(\.\d{1,3}){2})$/.test(
      host,
    ) ||
    /^\[f[cd][0-9a-f]{2}:/.test(host)
  );
}
