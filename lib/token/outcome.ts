import { errors, type JWK } from 'jose';
import type { KeyChoice, KeyFit } from './keys.ts';

export type Judgement = 'valid' | 'invalid' | 'cannotTell';

export interface Outcome {
  readonly is: Judgement;
  /** Why it is not valid, in one sentence. */
  readonly reason?: string;
}

/** Keys that are tried at the same time: WebCrypto works beside the page, on more than one core where there are some. */
const TOGETHER = 8;

/**
 * Tries the keys that fit, the likeliest first. A key that fits and says no outweighs one that cannot be used, and that
 * one outweighs a key that must not be used.
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
  const fitting: JWK[] = [];
  for (const key of keys) {
    const found = look(key);
    if (found.is === 'fits') fitting.push(key);
    else if (found.is === 'misfit') misfit ??= { is: 'invalid', reason: found.reason };
    else unusable ??= { is: 'cannotTell', reason: found.reason };
  }
  const total = fitting.length;
  for (let at = 0; at < total; at += TOGETHER) {
    if (pace?.stopped() === true) return { is: 'cannotTell', reason: `stopped after ${at} of ${total} keys` };
    await pace?.tried(at, total);
    const outcomes = await Promise.all(fitting.slice(at, at + TOGETHER).map(attempt));
    const valid = outcomes.find(({ is }) => is === 'valid');
    if (valid !== undefined) return valid;
    refused ??= outcomes.find(({ is }) => is === 'invalid') ?? null;
    unusable ??= outcomes.find(({ is }) => is === 'cannotTell') ?? null;
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

/** Why a library refused a key whose members are of the right form. */
export function brokenKey(error: unknown, key: JWK): Outcome {
  const outcome = outcomeOf(error, '');
  if (outcome.is === 'cannotTell') return outcome;
  const reason =
    key.kty === 'EC'
      ? `its point is not on the curve ${key.crv} (RFC 7518 §6.2.1)`
      : (outcome.reason ?? sentence(error));
  return { is: 'invalid', reason: `the key is broken: ${reason}` };
}

export function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message.slice(0, 200) : '';
  return message === '' ? 'the key or the token cannot be used' : message;
}
