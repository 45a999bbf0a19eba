declare const redacted: unique symbol;

/**
 * Text that holds no secret of the capture. Only `lib/engine/redact.ts` makes it;
 * evidence, exports, views and logs take nothing else.
 */
export type Redacted = string & { readonly [redacted]: true };
