import { problem, type ResourceAnswer } from '../calls.ts';
import { isDocumentAddress } from '../flows.ts';
import type { Pair, ProblemCode, Resource, Run } from '../run.ts';
import { callStep, contextOf, type StepDefinition, type StepResult, scopeOf } from './step.ts';

/** RFC 6750 §3, RFC 9728 §5.1: a call without a token, to learn from the refusal. */
export const probe = callStep<'probe'>({
  repeats: 'safe',
  call: (run) => ({ name: 'probe', input: { url: run.config.resourceUrl ?? '' } }),
  judge: ({ status, challenges }, run) => {
    const url = run.config.resourceUrl ?? '';
    const { host } = new URL(url);
    if (status < 400) return { problem: problem('resource-open', `HTTP ${status}`, host) };
    if (status !== 401) return { problem: problem('http-error', `HTTP ${status}`, host) };
    const [challenge] = challenges.filter(({ scheme }) => /^(?:bearer|dpop)$/i.test(scheme));
    if (challenge === undefined) return { problem: problem('no-challenge', null, host) };
    const { resource_metadata: metadataUrl, scope } = challenge.parameters;
    const resource: Resource = { url, metadataUrl: metadataUrl ?? null, scope: scope ?? null, metadata: null };
    return { resource, proved: [metadataUrl === undefined ? 'challenge-without-metadata' : 'challenge-found'] };
  },
});

/** RFC 9728 §3. */
export const resourceMetadata = callStep<'resourceMetadata'>({
  repeats: 'safe',
  call: ({ resource, config }) => ({
    name: 'resourceMetadata',
    input: { resource: resource?.url ?? config.resourceUrl ?? '', url: resource?.metadataUrl ?? null },
  }),
  judge: (metadata, { resource }) => {
    const servers = metadata.authorization_servers ?? [];
    if (servers.length === 0) return { problem: problem('no-authorization-server', null, metadata.resource) };
    return resource === null ? {} : { resource: { ...resource, metadata }, proved: ['resource-matches'] };
  },
});

/** What the run would be registered as (RFC 7591 §2). */
function clientMetadata(run: Run): readonly Pair[] {
  const { redirectUri, authentication } = run.config;
  const scope = scopeOf(run);
  return [
    ['client_name', 'OAuth Inspector'],
    ['redirect_uris', JSON.stringify([redirectUri])],
    ['grant_types', JSON.stringify(['authorization_code', 'refresh_token'])],
    ['response_types', JSON.stringify(['code'])],
    ['token_endpoint_auth_method', authentication],
    ...(scope === '' ? [] : [['scope', scope] as const]),
  ];
}

/** RFC 7591 §3. Once: a second request would make a second client. */
export const registration = callStep<'registration'>({
  repeats: 'once',
  call: (run) => {
    if (typeof run.server?.registration_endpoint !== 'string') {
      return { problem: problem('no-registration', null, run.server?.issuer ?? null) };
    }
    const { initialAccessToken } = run.secrets;
    return { name: 'registration', input: { metadata: clientMetadata(run), initialAccessToken } };
  },
  judge: (client, run) => ({
    registeredId: client.client_id,
    secrets: { clientSecret: client.client_secret ?? run.secrets.clientSecret },
    proved: ['client-registered'],
  }),
});

/**
 * The client that was given: by its id, or by the address of a document that describes it
 * (draft-ietf-oauth-client-id-metadata-document §3, §4).
 */
export const givenClient: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  draft: null,
  async act(run, _step, io) {
    const { clientId, authentication, redirectUri } = run.config;
    if (!isDocumentAddress(clientId)) return { proved: ['client-given'], skipped: true };
    if (run.server?.client_id_metadata_document_supported !== true) {
      const registers = typeof run.server?.registration_endpoint === 'string';
      const code = registers ? 'client-document-unsupported' : 'client-document-and-registration-unsupported';
      return { problem: problem(code, null, run.server?.issuer ?? null) };
    }
    const answer = await io.transport.send('clientDocument', { url: clientId }, contextOf(run), null);
    const { exchanges } = answer;
    if ('problem' in answer) {
      // The server reads it, not the browser: here it may lie behind what only the server can reach.
      if (UNREACHED.has(answer.problem.code)) return { exchanges, proved: ['client-document-unread'], skipped: true };
      return { exchanges, problem: answer.problem };
    }
    const wrong = (member: string, found: unknown = null) => ({
      exchanges,
      problem: problem('client-document-wrong', typeof found === 'string' ? found : null, member),
    });
    const { client_id: id, redirect_uris: uris, token_endpoint_auth_method: method = authentication } = answer.value;
    if (id !== clientId) return wrong('client_id', id);
    if (!Array.isArray(uris) || !uris.includes(redirectUri)) return wrong('redirect_uris');
    if (method !== authentication) return wrong('token_endpoint_auth_method', method);
    return { exchanges, proved: ['client-document-valid'] };
  },
};

/** Why the browser may not see what the server sees. */
const UNREACHED: ReadonlySet<ProblemCode> = new Set(['server-unreachable', 'too-slow', 'cut-off']);

/** RFC 6750 §2.1, RFC 9449 §7: the call with the token. */
export const resourceCall = callStep<'resource'>({
  repeats: 'safe',
  call: (run, step) => {
    const url = step.input?.url ?? run.resource?.url ?? null;
    const { tokens } = run.secrets;
    if (url === null || tokens === null) return { problem: problem('token-missing', null, 'access_token') };
    const { accessToken, tokenType } = tokens;
    return { name: 'resource', input: { url, accessToken, tokenType } };
  },
  judge: (answer, run, step) => judgeCall(answer, step.input?.url ?? run.resource?.url ?? ''),
});

function judgeCall({ status, challenges }: ResourceAnswer, url: string): StepResult {
  const { host } = new URL(url);
  const said = challenges
    .flatMap(({ parameters }) => [parameters['error'], parameters['error_description'], parameters['scope']])
    .filter((part) => part !== undefined)
    .join(': ');
  const detail = said === '' ? `HTTP ${status}` : said;
  if (status === 401) return { problem: problem('token-refused', detail, host) };
  if (status === 403) return { problem: problem('scope-missing', detail, host) };
  if (status >= 500) return { problem: problem('http-error', detail, host) };
  return { proved: ['resource-answered'] };
}
