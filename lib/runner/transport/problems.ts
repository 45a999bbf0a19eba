import * as oauth from 'oauth4webapi';
import type { Exchange } from '../../model/observation.ts';
import { table } from '../../model/table.ts';
import { type CallName, problem } from '../calls.ts';
import type { Problem, ProblemCode } from '../run.ts';

type Found = Omit<Problem, 'step'>;

/** Said by the adapter's `fetch`: the server answers, but not to the origin of this extension. */
export class OriginRefusedError extends Error {
  override readonly name = 'OriginRefusedError';
}

/** The private key that the client is to sign with is none. */
export class KeyUnusableError extends Error {
  override readonly name = 'KeyUnusableError';
}

/** The key that tokens are bound to is no longer in the browser. */
export class KeyGoneError extends Error {
  override readonly name = 'KeyGoneError';
}

const BY_NAME = table<ProblemCode>({
  OriginRefusedError: 'origin-refused',
  KeyUnusableError: 'key-unusable',
  KeyGoneError: 'key-gone',
  TooLargeError: 'too-large',
  TooSlowError: 'too-slow',
  CutOffError: 'cut-off',
  RedirectedError: 'redirected',
});

/** What went wrong, from what the library threw and what was received last. */
export function problemOf(
  error: unknown,
  name: CallName,
  host: string,
  exchanges: readonly Exchange[],
): Promise<Found> | Found {
  const message = error instanceof Error ? error.message : null;
  if (error instanceof oauth.ResponseBodyError)
    return refusal(name, error.error, error.error_description ?? null, host);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return challenged(error, name, host);
  const known = error instanceof Error ? BY_NAME[error.name] : undefined;
  if (known !== undefined) return problem(known, message, host);
  if (name === 'signedResponse' && !isFetch(error)) return problem('response-invalid', message, host);
  if (error instanceof oauth.OperationProcessingError) return processingProblem(error, name, host, exchanges);
  if (error instanceof oauth.UnsupportedOperationError) {
    return problem(/token_type/.test(error.message) ? 'token-type-wrong' : 'malformed-response', message, host);
  }
  if (error instanceof SyntaxError) return problem('not-json', null, host);
  // fetch() says no more than this, whether the name, the connection, the certificate or CORS failed.
  if (isFetch(error)) return problem('server-unreachable', message, host);
  return problem('unexpected', message, host);
}

const isFetch = (error: unknown): boolean => error instanceof TypeError && !('code' in error);

/** RFC 6749 §5.2: a server that answers 401 with a challenge says why in the body all the same. */
async function challenged(error: oauth.WWWAuthenticateChallengeError, name: CallName, host: string): Promise<Found> {
  const body: unknown = await error.response
    .clone()
    .json()
    .catch(() => null);
  const parameters = (typeof body === 'object' && body !== null ? body : (error.cause[0]?.parameters ?? {})) as Record<
    string,
    unknown
  >;
  const text = (field: string): string | null => (typeof parameters[field] === 'string' ? parameters[field] : null);
  const said = text('error');
  if (said !== null && said !== 'invalid_token') return refusal(name, said, text('error_description'), host);
  if (name === 'userinfo' || name === 'resource') {
    const detail = [said, text('error_description')].filter((part) => part !== null).join(': ');
    return problem('token-refused', detail === '' ? `HTTP ${error.status}` : detail, host);
  }
  return problem('client-refused', `HTTP ${error.status}`, host);
}

const BY_ERROR = table<ProblemCode>({
  invalid_client: 'client-refused',
  unauthorized_client: 'client-not-allowed',
  unsupported_grant_type: 'grant-unsupported',
  invalid_scope: 'scope-refused',
  invalid_target: 'target-refused',
  invalid_dpop_proof: 'dpop-refused',
  use_dpop_nonce: 'dpop-refused',
  expired_token: 'device-expired',
  access_denied: 'device-denied',
  insufficient_scope: 'scope-missing',
  invalid_token: 'token-refused',
});

/** RFC 6749 §5.2 and its relatives, with what servers say in their descriptions. */
function refusal(name: CallName, error: string, description: string | null, host: string): Found {
  const said = [error, description].filter((part) => part !== null && part !== '').join(': ');
  const about = description ?? '';
  const found = (code: ProblemCode): Found => problem(code, said, host);
  if (/\borigin\b/i.test(about)) return found('origin-refused');
  if (name === 'registration') return found('registration-refused');
  if (error === 'invalid_client' && /expired|not (?:yet )?(?:valid|active)|\b(?:iat|exp|nbf)\b|clock/i.test(about)) {
    return found('assertion-clock');
  }
  if (error === 'invalid_grant') {
    if (name === 'refresh') return found('refresh-refused');
    if (name === 'poll') return found('device-spent');
    if (/pkce|verifier|challenge/i.test(about)) return found('pkce-refused');
    return found(/redirect/i.test(about) ? 'redirect-uri-differs' : 'code-refused');
  }
  if ((name === 'par' || name === 'code') && /redirect_uri/i.test(about)) return found('redirect-uri-refused');
  if (/pkce|code_verifier|code_challenge/i.test(about)) return found('pkce-refused');
  return found(BY_ERROR[error] ?? 'server-said-no');
}

function processingProblem(
  error: oauth.OperationProcessingError,
  name: CallName,
  host: string,
  exchanges: readonly Exchange[],
): Found {
  switch (error.code) {
    case oauth.RESPONSE_IS_NOT_JSON:
    case oauth.PARSE_ERROR:
      return notJson(exchanges, host);
    case oauth.JSON_ATTRIBUTE_COMPARISON:
      return problem(name === 'resourceMetadata' ? 'resource-mismatch' : 'issuer-mismatch', named(error.cause), host);
    case oauth.RESPONSE_IS_NOT_CONFORM: {
      const status = error.cause instanceof Response ? error.cause.status : 0;
      const absent = status === 404 && (name === 'discovery' || name === 'resourceMetadata');
      if (absent) return problem(name === 'discovery' ? 'no-metadata' : 'no-resource-metadata', 'HTTP 404', host);
      const said = saidInBody(exchanges);
      if (said !== null) return refusal(name, said.error, said.description, host);
      return problem('http-error', `HTTP ${status}`, host);
    }
    default:
      return problem('malformed-response', error.message, host);
  }
}

/** What the document says instead of what was asked for. */
function named(cause: unknown): string | null {
  const { body, attribute } = (cause ?? {}) as { body?: Record<string, unknown>; attribute?: string };
  const value = attribute === undefined ? undefined : body?.[attribute];
  return typeof value === 'string' ? value : null;
}

/** What the last answer calls its content; `null` where there is none. */
function contentType(exchanges: readonly Exchange[]): string | null {
  const outcome = exchanges.at(-1)?.outcome;
  if (outcome?.is !== 'response' || !outcome.response.headers.seen) return null;
  return outcome.response.headers.value.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}

/** The content type of the last answer where it is not that of JSON. */
export function otherType(exchanges: readonly Exchange[]): string | null {
  const type = contentType(exchanges);
  if (exchanges.length === 0 || /^application\/(?:[\w.+-]+\+)?json\b/i.test(type ?? '')) return null;
  return type ?? 'no Content-Type';
}

/** An error that stands only in the body: RFC 6750 §3 wants it in a header, and many servers have it there alone. */
function saidInBody(exchanges: readonly Exchange[]): { error: string; description: string | null } | null {
  const text = lastText(exchanges);
  if (!isJson(text)) return null;
  const body = JSON.parse(text) as { error?: unknown; error_description?: unknown } | null;
  if (typeof body?.error !== 'string') return null;
  return { error: body.error, description: typeof body.error_description === 'string' ? body.error_description : null };
}

/** Text of the last answer; empty where there is none. */
function lastText(exchanges: readonly Exchange[]): string {
  const outcome = exchanges.at(-1)?.outcome;
  if (outcome?.is !== 'response') return '';
  const { body } = outcome.response;
  return body.seen && body.value?.is === 'text' ? body.value.text : '';
}

function notJson(exchanges: readonly Exchange[], host: string): Found {
  const text = lastText(exchanges);
  const type = contentType(exchanges);
  if (/html/i.test(type ?? '') || /^\s*<(?:!doctype|html)/i.test(text)) return problem('html', type, host);
  return problem(isJson(text) ? 'content-type' : 'not-json', type, host);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
