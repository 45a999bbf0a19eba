import { endpointOf } from '../http/endpoint.ts';
import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-foreign-endpoint',
  title: 'Endpoint in the metadata on the site of somebody else',
  subject: 'Sites of the endpoints in the metadata',
  group: 'I',
  severity: 'info',
  confidence: 'firm',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '2.6', level: 'none' },
    { spec: 'RFC 9700', section: '4.4.2', level: 'none' },
  ],
  why: 'If the document was tampered with, or the other site was taken over, codes and secrets go there.',
  fix: 'Check with the operator of the server that the other site is meant.',
  parents: ['metadata-issuer-mismatch'],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      // A provider that is known has its sites as it documents them.
      if (message.provider !== null) return c.notApplicable;
      const home = endpointOf(wordOf(document['issuer'])) ?? message.endpoint;
      const foreign = Object.keys(document).filter((name) => {
        const target = isEndpoint(name) ? endpointOf(wordOf(document[name])) : null;
        return target !== null && target.site !== home.site;
      });
      const [first, ...rest] = foreign;
      if (first === undefined) return c.pass;
      return c.fail({
        evidence: [memberOf(message, document, first), ...rest.map((name) => memberOf(message, document, name))],
        severity: foreign.some((name) => wordOf(document[name]).startsWith('http:')) ? 'medium' : 'info',
        summary: c.say`Outside ${c.plain(home.site)}: ${c.plain(foreign.join(', '))}.`,
      });
    });
  },
};

/** Policies and documentation may lie anywhere. */
function isEndpoint(name: string): boolean {
  return name.endsWith('_endpoint') || name === 'jwks_uri';
}

const withMember = (name: string, value: unknown): string => metadataTrace({ ...SOUND, [name]: value });

export const examples: Examples = {
  violation: [
    {
      name: 'the token endpoint',
      trace: withMember('token_endpoint', 'https://tokens.example/token'),
      severity: 'info',
    },
    { name: 'the keys', trace: withMember('jwks_uri', 'https://keys.example/jwks'), severity: 'info' },
    {
      name: 'without TLS',
      trace: withMember('token_endpoint', 'http://tokens.example/token'),
      severity: 'medium',
    },
    {
      name: 'an issuer that is no address',
      trace: metadataTrace({ ...SOUND, issuer: 'as', token_endpoint: 'https://tokens.example/token' }),
      severity: 'info',
    },
  ],
  clean: [{ name: 'everything on one site', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'another host of the same site',
      trace: withMember('token_endpoint', 'https://tokens.as.example/token'),
      verdict: 'pass',
    },
    {
      name: 'the policy of somebody else',
      trace: withMember('op_policy_uri', 'https://policies.example/terms'),
      verdict: 'pass',
    },
    { name: 'an endpoint that is no address', trace: withMember('token_endpoint', 7), verdict: 'pass' },
    {
      name: 'the document lies elsewhere than its server',
      trace: metadataTrace(SOUND).replace('https://as.example/', 'https://cdn.example/'),
      verdict: 'pass',
    },
    {
      name: 'a provider that has its sites',
      trace: metadataTrace({
        ...SOUND,
        issuer: 'https://accounts.google.com',
        authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
        token_endpoint: 'https://oauth2.googleapis.com/token',
      }).replace('https://as.example/', 'https://accounts.google.com/'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the document was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
