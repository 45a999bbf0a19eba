import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-insecure-endpoint',
  title: 'Endpoint without TLS in the server metadata',
  subject: 'TLS of the endpoints in the metadata',
  group: 'I',
  severity: 'high',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'OIDC Discovery', section: '3', level: 'MUST' },
    { spec: 'OAuth 2.1', section: '1.5', level: 'MUST' },
  ],
  why: 'Clients that follow the document send codes, secrets and tokens where everyone on the way can read them.',
  fix: 'Publish https addresses only.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const insecure = Object.keys(document).filter((name) => isEndpoint(name) && isInsecure(document[name]));
      const [first, ...rest] = insecure;
      if (first === undefined) return c.pass;
      return c.fail({
        evidence: [memberOf(message, document, first), ...rest.map((name) => memberOf(message, document, name))],
        severity: insecure.some((name) => CARRIES_SECRETS.has(name)) ? 'high' : 'medium',
        summary: c.say`Published with http: ${c.plain(insecure.join(', '))}.`,
      });
    });
  },
};

const CARRIES_SECRETS: ReadonlySet<string> = new Set(['authorization_endpoint', 'token_endpoint', 'jwks_uri']);

/** Policies and documentation may be plain pages. */
function isEndpoint(name: string): boolean {
  return name.endsWith('_endpoint') || name === 'jwks_uri';
}

function isInsecure(value: unknown): boolean {
  const endpoint = typeof value === 'string' ? endpointOf(value) : null;
  return endpoint !== null && endpoint.scheme === 'http' && !endpoint.loopback;
}

export const examples: Examples = {
  violation: [
    {
      name: 'the token endpoint',
      trace: metadataTrace({ ...SOUND, token_endpoint: 'http://as.example/token' }),
      severity: 'high',
    },
    { name: 'the keys', trace: metadataTrace({ ...SOUND, jwks_uri: 'http://as.example/jwks' }), severity: 'high' },
    {
      name: 'user information',
      trace: metadataTrace({ ...SOUND, userinfo_endpoint: 'http://as.example/me' }),
      severity: 'medium',
    },
  ],
  clean: [{ name: 'https throughout', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'a plain page of policies',
      trace: metadataTrace({ ...SOUND, op_policy_uri: 'http://as.example/policy' }),
      verdict: 'pass',
    },
    {
      name: 'an endpoint on this machine',
      trace: metadataTrace({ ...SOUND, token_endpoint: 'http://localhost:8080/token' }),
      verdict: 'pass',
    },
    { name: 'an endpoint that is no text', trace: metadataTrace({ ...SOUND, userinfo_endpoint: 7 }), verdict: 'pass' },
    {
      name: 'metadata of a resource',
      trace: metadataTrace(
        { resource: 'https://as.example', jwks_uri: 'http://as.example/jwks' },
        '/.well-known/oauth-protected-resource',
      ),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
