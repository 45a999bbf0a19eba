import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Endpoint, MetadataMessage } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { redirected } from './support/example-traces.ts';
import { cameFrom } from './support/redirect-chain.ts';
import { type Document, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-issuer-mismatch',
  title: 'Metadata that names another server than the one it came from',
  subject: 'Identifier in the metadata and its address',
  group: 'I',
  severity: 'medium',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'OIDC Discovery', section: '4.3', level: 'MUST' },
    { spec: 'RFC 8414', section: '3.3', level: 'MUST' },
    { spec: 'RFC 9728', section: '3.3', level: 'none' },
  ],
  asvs: ['10.5.3'],
  why: 'Whoever serves the document can pass for the other server and lead the client to endpoints of his own.',
  fix: 'Serve the metadata at the well-known address of its own identifier, and discard a document that names another.',
  parents: [],

  check(flow, c) {
    const [message] = messagesOf(flow, 'metadata');
    if (message === undefined) return c.notApplicable;
    const { document } = message;
    if (document === null) return c.cannotTell('response body');
    const name = message.endpoint.path.includes('/oauth-protected-resource') ? 'resource' : 'issuer';
    const claimed = document[name];
    if (typeof claimed !== 'string' || message.provider?.looseIssuer) return c.notApplicable;
    const expected = identifiersFor(message.exchange, c);
    if (expected.includes(withoutSlash(claimed))) return c.pass;
    const sameSite = endpointOf(claimed)?.site === message.endpoint.site;
    const used = !sameSite && usesForeignEndpoint(c, message, document);
    const said = c.say`The document of ${c.plain(message.endpoint.host)} says that it is that of ${c.plain(claimed)}.`;
    return c.fail({
      evidence: [memberOf(message, document, name)],
      severity: used ? 'high' : sameSite || message.provider !== null ? 'low' : 'medium',
      summary: used ? c.say`${said} Its endpoints on another site were used.` : said,
    });
  },
};

const WELL_KNOWN = /\/\.well-known\/(openid-configuration|oauth-authorization-server|oauth-protected-resource)/;

/** What the document may name: the address without its well-known part, of any hop, or the resource that led to it. */
function identifiersFor(exchange: Exchange, c: RuleContext): readonly string[] {
  const found: string[] = [];
  let hop: Exchange | null = exchange;
  for (let hops = 0; hop !== null && hops < 20; hops++) {
    const url: string = endpointOf(hop.request.url)?.url ?? '';
    found.push(withoutSlash(url.replace(WELL_KNOWN, '')), ...(c.once(resourcesByMetadata).get(url) ?? []));
    hop = cameFrom(hop, c);
  }
  return found;
}

/** Discovery §4.1: a slash at the end of an issuer is left out before the well-known part follows. */
function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

/** Resources by the address of the metadata that their challenge names (RFC 9728 §5.1). */
function resourcesByMetadata({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { request, outcome } of exchanges) {
    if (outcome.is !== 'response') continue;
    const challenge = header(outcome.response.headers, 'www-authenticate') ?? '';
    const named = endpointOf(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '')?.url;
    if (named !== undefined) found.set(named, [...(found.get(named) ?? []), withoutSlash(request.url)]);
  }
  return found;
}

/** The client went on with an endpoint that lies elsewhere than the document. */
function usesForeignEndpoint(c: RuleContext, message: MetadataMessage<'metadata'>, document: Document): boolean {
  const foreign = ['authorization_endpoint', 'token_endpoint']
    .map((name) => endpointOf(wordOf(document[name])))
    .filter((endpoint): endpoint is Endpoint => endpoint !== null && endpoint.site !== message.endpoint.site);
  return foreign.some(({ url }) => c.once(usedEndpoints).has(url));
}

function usedEndpoints({ flows }: Pick<RuleContext, 'flows'>): ReadonlySet<string> {
  const requests = flows.flatMap((flow) => [
    ...messagesOf(flow, 'authorizationRequest'),
    ...messagesOf(flow, 'tokenRequest'),
  ]);
  return new Set(requests.map(({ endpoint }) => endpoint.url));
}

const FOREIGN = {
  ...SOUND,
  issuer: 'https://idp.example',
  authorization_endpoint: 'https://idp.example/authorize',
  token_endpoint: 'https://idp.example/token',
};
const REQUEST =
  'GET https://idp.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const TOKEN_REQUEST = `
POST https://idp.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1
`;
const RESOURCE = '/.well-known/oauth-protected-resource';

export const examples: Examples = {
  violation: [
    { name: 'the issuer of another site', trace: metadataTrace(FOREIGN), severity: 'medium' },
    { name: 'the client sends a person there', trace: `${metadataTrace(FOREIGN)}\n${REQUEST}`, severity: 'high' },
    { name: 'the client redeems a code there', trace: metadataTrace(FOREIGN) + TOKEN_REQUEST, severity: 'high' },
    {
      name: 'the client uses the endpoints of this site',
      trace: `${metadataTrace({ ...SOUND, issuer: 'https://idp.example' })}\n${REQUEST.replace('idp.', 'as.')}`,
      severity: 'medium',
    },
    {
      name: 'the issuer of another path',
      trace: metadataTrace({ ...SOUND, issuer: 'https://as.example/tenant7' }),
      severity: 'low',
    },
    {
      name: 'an alias of a site, whose endpoints lie elsewhere',
      trace: `${metadataTrace({ ...FOREIGN, issuer: 'https://login.as.example' })}\n${REQUEST}`,
      severity: 'low',
    },
    {
      name: 'a known provider under another name',
      trace: metadataTrace(FOREIGN).replace('https://as.example/', 'https://gitlab.com/'),
      severity: 'low',
    },
    {
      name: 'the resource of another site',
      trace: metadataTrace({ resource: 'https://idp.example' }, RESOURCE),
      severity: 'medium',
    },
    {
      name: 'a resource that another challenge led to',
      trace: `
        GET https://as.example/mcp

        401
        WWW-Authenticate: Bearer resource_metadata="https://as.example/other/.well-known/oauth-protected-resource"

        ${metadataTrace({ resource: 'https://as.example/mcp' }, RESOURCE)}
      `,
      severity: 'low',
    },
  ],
  clean: [
    { name: 'the issuer of this address', trace: metadataTrace(SOUND) },
    {
      name: 'a path before the well-known part',
      trace: metadataTrace(
        { ...SOUND, issuer: 'https://as.example/tenant7' },
        '/tenant7/.well-known/openid-configuration',
      ),
    },
    {
      name: 'a path after the well-known part',
      trace: metadataTrace(
        { ...SOUND, issuer: 'https://as.example/tenant7' },
        '/.well-known/oauth-authorization-server/tenant7',
      ),
    },
    {
      name: 'the resource of this address',
      trace: metadataTrace({ resource: 'https://as.example/mcp' }, `${RESOURCE}/mcp`),
    },
  ],
  lookAlike: [
    {
      name: 'a slash at the end of the issuer',
      trace: metadataTrace({ ...SOUND, issuer: 'https://as.example/' }),
      verdict: 'pass',
    },
    {
      name: 'the issuer redirects to where its document lies',
      trace: redirected(
        'GET https://idp.example/.well-known/openid-configuration',
        'https://as.example/.well-known/openid-configuration',
      ).replace(/GET https:\/\/as\S+\s*$/, metadataTrace(FOREIGN)),
      verdict: 'pass',
    },
    {
      name: 'the resource whose challenge names the document',
      trace: `
        GET https://api.example/mcp

        401
        WWW-Authenticate: Bearer resource_metadata="https://as.example/.well-known/oauth-protected-resource"

        ${metadataTrace({ resource: 'https://api.example/mcp' }, RESOURCE)}
      `,
      verdict: 'pass',
    },
    {
      name: 'a server whose document names a resource only',
      trace: metadataTrace({ resource: 'https://idp.example' }),
      verdict: 'notApplicable',
    },
    {
      name: 'a provider whose document holds for all tenants',
      trace: metadataTrace(
        { ...SOUND, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' },
        '/common/v2.0/.well-known/openid-configuration',
      ).replace('https://as.example/', 'https://login.microsoftonline.com/'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the document was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
