import { errors, type JWK } from 'jose';
import type { KeyChoice, KeyFit } from './keys.ts';

export type Judgement = 'valid' | 'invalid' | 'cannotTell';

export interface Outcome {
  readonly is: Judgement;
  /** Why it is not valid, in one sentence. */
  readonly reason?: string;
}

/**
 * Tries one key after the other. A key that fits and says no outweighs one that cannot be used, and that one outweighs
 * a key that must not be used.
 */
export async function tryKeys<O extends Outcome>(
  { keys, kidMissing, pace }: KeyChoice,
  look: (key: JWK) => KeyFit,
  attempt: (key: JWK) => Promise<O>,
): Promise<O | Outcome> {
  if (keys.length === 0) return { is: 'cannotTell', reason: 'the key set given holds no key' };
  let refused: Outcome | null = null;
  let unusable: Outcome | null = null;
  let misfit: Outcome | null = null;
  for (const [index, key] of keys.entries()) {
    if (pace?.stopped() === true) return { is: 'cannotTell', reason: `stopped after ${index} of ${keys.length} keys` };
    await pace?.tried(index, keys.length);
    const found = look(key);
    if (found.is === 'misfit') misfit ??= { is: 'invalid', reason: found.reason };
    else if (found.is !== 'fits') unusable ??= { is: 'cannotTell', reason: found.reason };
    else {
      const outcome = await attempt(key);
      if (outcome.is === 'valid') return outcome;
      if (outcome.is === 'invalid') refused ??= outcome;
      else unusable ??= outcome;
    }
  }
  if (kidMissing !== null) {
    return {
      is: 'cannotTell',
      reason: `the key set has no key "${kidMissing.slice(0, 60)}", and none of its others fits`,
    };
  }
  return refused ?? unusable ?? misfit ?? { is: 'cannotTell', reason: 'no key was given' };
}

/** What an exception of jose or WebCrypto says about the outcome. */
export function outcomeOf(error: unknown, mismatch: string): Outcome {
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWEDecryptionFailed) {
    return { is: 'invalid', reason: mismatch };
  }
  if (error instanceof errors.JOSENotSupported || nameOf(error) === 'NotSupportedError') {
    return { is: 'cannotTell', reason: `WebCrypto cannot do this here: ${sentence(error)}` };
  }
  return { is: 'invalid', reason: sentence(error) };
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : null;
}

export function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message.slice(0, 200) : '';
  return message === '' ? 'the key or the token cannot be used' : message;
}
