import type { HasParams } from '../../http/params.ts';
import type { Param } from '../../model/message.ts';

/** `client_secret` and the names that providers give it. */
const NAMES: ReadonlySet<string> = new Set(['client_secret', 'secret', 'app_secret', 'appsecret']);

/** Payment providers call a value for one payment in the browser a client secret; it is no OAuth credential. */
const PAYMENT = /^(pi|seti|cs)_/;

/** Every client secret among the parameters, empty ones included. */
export function clientSecrets(of: HasParams): readonly Param[] {
  return of.params.filter((p) => NAMES.has(p.as ?? p.name) && !PAYMENT.test(p.value));
}
