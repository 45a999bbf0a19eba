import { createRedactor, mask, type Redactor } from '../engine/redact.ts';
import { collectSecrets } from '../engine/secrets.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { ShowValue } from '../view/address.ts';

/** Opaque values under names that nobody knows: long, of one piece, with letters and digits. */
const OPAQUE = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{20,}$/;

/** How values of these messages are shown: secrets by name, by value, and what looks like one, masked. Nothing is done before the first. */
export function showValue(messages: readonly OAuthMessage[]): ShowValue {
  let redactor: Redactor | null = null;
  return (name, value) => {
    redactor ??= createRedactor(collectSecrets(messages));
    const shown = redactor.value(name, value);
    return shown === value && OPAQUE.test(value) ? mask(value) : shown;
  };
}
