import type { CannotTellExample } from '../../model/example.ts';
import { ACCESS_TOKEN, CODE_CALLBACK, exampleJwt, openIdRequest } from './example-sign-in.ts';

type Json = Readonly<Record<string, unknown>>;

/** A public key, its SHA-256 thumbprint (RFC 7638), and another key. */
export const PROOF_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'eI_Yz3AF_rw8zZ33Axwe2b3OrJSrtZrEVP835n29HkA',
  y: '0X1lCuQnGuYMm3Jh6MxXSrxPCr3HYT89Uo5kzG119KU',
};
export const PROOF_THUMBPRINT = 'Q-Tjm9-oVo7X_2BVvxiw-a2uexVSIhq2gyetd87UbeM';
export const OTHER_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'UOCHT2Iu0j2jJRGiHjQLLTAerf5eEQbgG7CtjZ4TiVE',
  y: 'Q1WGszHGgs3zvzXJhKEFi5cUnnRXL3tjpw7bsJoj2Gs',
};

export const PROOF_HEADER = { typ: 'dpop+jwt', alg: 'ES256', jwk: PROOF_KEY };

/** Claims of the proof of a token request; 2026-01-01T00:00:00Z. */
export const TOKEN_PROOF = {
  jti: 'e1j3V_bKic8-LAEB_lccD0G',
  htm: 'POST',
  htu: 'https://as.example/token',
  iat: 1767225600,
};

/** Claims of the proof of a request to the API with the access token of the sign-ins. */
export const API_PROOF = {
  jti: 'f7Zq2_LmWc9-TbYe_KxRu3S',
  htm: 'GET',
  htu: 'https://api.example/me',
  iat: 1767225602,
  ath: 'bJYTDxMKsNbRWDl-JNK8wcml5zrggfbpg_HHtUXSSkw',
};

/** A proof whose signature nobody checks, unless it is given. */
export function exampleProof(
  claims: Json | string = TOKEN_PROOF,
  header: Json = PROOF_HEADER,
  signature?: string,
): string {
  const jwt = exampleJwt(claims, header);
  return signature === undefined ? jwt : jwt.replace(/[^.]*$/, signature);
}

/** What a server answers: status, headers and members of its body. */
export interface ExampleAnswer {
  readonly status: number;
  readonly headers?: readonly string[];
  readonly members?: Json;
}

export const TOKENS = { access_token: ACCESS_TOKEN, token_type: 'DPoP', expires_in: 300 };
export const GRANTED: ExampleAnswer = { status: 200, members: TOKENS };
export const DENIED: ExampleAnswer = { status: 400, members: { error: 'invalid_dpop_proof' } };

function answered(answer: ExampleAnswer | null): string {
  if (answer === null) return '';
  return `
${answer.status}
${['Content-Type: application/json', ...(answer.headers ?? [])].join('\n')}

${JSON.stringify(answer.members ?? {})}
`;
}

/** A code is redeemed under these header lines; `null` where the answer was not seen. */
export function tokenRequest(headers: readonly string[], answer: ExampleAnswer | null = GRANTED, before = ''): string {
  return `${before}
POST https://as.example/token
${['Content-Type: application/x-www-form-urlencoded', ...headers].join('\n')}

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb
${answered(answer)}`;
}

/** The access token of the sign-in is used under these header lines. */
export function apiRequest(
  headers: readonly string[],
  answer: ExampleAnswer | null = { status: 200 },
  url = 'https://api.example/me',
  before = '',
): string {
  return `${before}
GET ${url}
${headers.join('\n')}
${answered(answer)}`;
}

/** A sign-in by code that gets a token, and what follows. */
export function signInThen(next: string, answer: ExampleAnswer = GRANTED): string {
  return `
${openIdRequest()}

${CODE_CALLBACK}
${tokenRequest([`DPoP: ${exampleProof()}`], answer)}
${next}`;
}

/** Examples of every rule about what the calls of APIs show. */
export function callsNotSeen(): readonly CannotTellExample[] {
  return [
    {
      name: 'calls of APIs are not seen',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], GRANTED, '# capture watch'),
      missing: ['page'],
    },
    {
      name: 'which calls carry its token',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], GRANTED, '# capture record\n# hides response-body'),
      missing: ['response body'],
    },
  ];
}

/** Examples of every rule about proofs. A function, because a bundler keeps statements that call something. */
export function proofUnseen(): readonly CannotTellExample[] {
  return [
    {
      name: 'the headers of the request are hidden',
      trace: tokenRequest([], GRANTED, '# hides request-headers'),
      missing: ['request headers'],
    },
    {
      name: 'the request was cut',
      trace: tokenRequest([`DPoP: ${exampleProof().slice(0, 40)}`], GRANTED, '# truncated'),
      missing: ['request headers'],
    },
  ];
}
