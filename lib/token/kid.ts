/** Names of keys that are a path, a command, a query or an address: a reader that uses them as such is attacked by them. */
const SUSPICIOUS = /\.\.\/|['";|<>]|\s(select|union)\s|^\/(etc|dev|proc|var|tmp|home|usr)\/|file:|https?:/i;

/** Whether a `kid` is no mere name (RFC 8725 §3.10). */
export function isSuspiciousKid(kid: string): boolean {
  return SUSPICIOUS.test(kid);
}
