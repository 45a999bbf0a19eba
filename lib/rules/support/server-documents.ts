import { isRecord, textOf } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { MetadataMessage } from '../../model/message.ts';
import type { Evidence, Outcome, RuleContext } from '../../model/rule.ts';

export type Document = Readonly<Record<string, unknown>>;

/** What a rule about server metadata answers (RFC 8414, OpenID Connect Discovery); those of resources are another matter. */
export function judgeMetadata(
  flow: Flow,
  c: RuleContext,
  judge: (document: Document, message: MetadataMessage<'metadata'>) => Outcome,
): Outcome {
  const [message] = messagesOf(flow, 'metadata');
  if (message === undefined || message.endpoint.path.includes('/oauth-protected-resource')) return c.notApplicable;
  return message.document === null ? c.cannotTell('response body') : judge(message.document, message);
}

/** What a rule about the keys of a server answers, key by key (RFC 7517 §5). */
export function judgeKeys(
  flow: Flow,
  c: RuleContext,
  judge: (keys: readonly Document[], message: MetadataMessage<'jwks'>) => Outcome,
): Outcome {
  const [message] = messagesOf(flow, 'jwks');
  if (message === undefined) return c.notApplicable;
  const keys = message.document?.['keys'];
  return Array.isArray(keys) ? judge(keys.filter(isRecord), message) : c.cannotTell('response body');
}

/** A member of the document as evidence. */
export function memberOf(message: MetadataMessage, document: Document, name: string): Evidence {
  const value = document[name];
  return {
    message,
    where: 'body',
    name,
    ...(value === undefined ? {} : { value: textOf(value) }),
  };
}

/** The texts of a list member; `null` where it is absent or no list. */
export function listOf(document: Document, name: string): readonly string[] | null {
  const value = document[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
}

/** Address of the metadata and its answer, for the examples. */
export function metadataTrace(
  members: Readonly<Record<string, unknown>>,
  path = '/.well-known/openid-configuration',
): string {
  return `
    GET https://as.example${path}

    200
    Content-Type: application/json

    ${JSON.stringify(members)}
  `;
}

/** A document without a fault, for the examples. */
export const SOUND = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  jwks_uri: 'https://as.example/jwks',
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  request_uri_parameter_supported: false,
};

/** The metadata was asked for and its answer was not seen, for the examples. */
export const METADATA_UNSEEN = 'GET https://as.example/.well-known/openid-configuration';

/** Keys and their answer, for the examples. */
export function keysTrace(keys: readonly object[]): string {
  return `
    GET https://as.example/jwks

    200
    Content-Type: application/json

    ${JSON.stringify({ keys })}
  `;
}

/** A public RSA key of 2048 bits, for the examples. */
export const RSA_2048 = {
  kty: 'RSA',
  kid: 'k1',
  use: 'sig',
  alg: 'RS256',
  e: 'AQAB',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
};
