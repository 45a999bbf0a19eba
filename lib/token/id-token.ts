import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { leftHalfHash } from './hash.ts';

export interface IdTokenExpectations {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  /** The token that `at_hash` covers. */
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

export type IdTokenCheck =
  | { readonly is: 'valid'; readonly atHash: 'valid' | 'absent' }
  | { readonly is: 'signature-invalid' | 'nonce-mismatch' | 'at-hash-mismatch'; readonly detail: string }
  | { readonly is: 'claim-wrong'; readonly claim: string; readonly detail: string };

/** Clocks of honest servers differ by so much. */
const TOLERANCE_SECONDS = 30;

/** OIDC Core §3.1.3.7 and §3.1.3.6, with the server's own keys. */
export async function checkIdToken(token: string, jwks: unknown, expected: IdTokenExpectations): Promise<IdTokenCheck> {
  try {
    const keys = createLocalJWKSet(jwks as JSONWebKeySet);
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: expected.issuer,
      audience: expected.clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(expected.now * 1000),
    });
    if (payload['nonce'] !== expected.nonce) {
      return {
        is: 'nonce-mismatch',
        detail: payload['nonce'] === undefined ? 'there is no nonce' : 'it has another nonce',
      };
    }
    return await checkAtHash(payload['at_hash'], protectedHeader.alg, expected.accessToken);
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
      return { is: 'claim-wrong', claim: error.claim, detail: error.message };
    }
    return { is: 'signature-invalid', detail: error instanceof Error ? error.message : 'the key set cannot be used' };
  }
}

async function checkAtHash(atHash: unknown, alg: string, accessToken: string): Promise<IdTokenCheck> {
  const expected = await leftHalfHash(accessToken, alg);
  // EdDSA names no hash, and in the code flow the claim is optional.
  if (typeof atHash !== 'string' || expected === null) return { is: 'valid', atHash: 'absent' };
  return expected === atHash
    ? { is: 'valid', atHash: 'valid' }
    : { is: 'at-hash-mismatch', detail: 'at_hash is not the hash of this access token' };
}
