import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-request-uri-ssrf',
  title: 'Server fetches request objects from addresses that clients choose',
  subject: 'Fetching of request objects',
  group: 'I',
  severity: 'low',
  confidence: 'firm',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'OIDC Core', section: '6.2', level: 'none' },
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
  ],
  why: 'Anyone can make the server call an address of their choice, inside its network as well.',
  fix: 'Require registered addresses (`require_request_uri_registration`), or take pushed requests only.',
  copy: '"require_request_uri_registration":true',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      if (document['request_uri_parameter_supported'] !== true) return c.pass;
      if (document['require_request_uri_registration'] === true) return c.pass;
      return c.fail({
        evidence: [
          memberOf(message, document, 'request_uri_parameter_supported'),
          memberOf(message, document, 'require_request_uri_registration'),
        ],
        // With pushed requests on offer, the parameter mostly means those alone (RFC 9126 §5).
        severity: 'pushed_authorization_request_endpoint' in document ? 'info' : 'low',
        summary: c.say`The server takes request_uri and does not say that addresses must be registered.`,
      });
    });
  },
};

export const examples: Examples = {
  violation: [
    { name: 'any address', trace: metadataTrace({ ...SOUND, request_uri_parameter_supported: true }), severity: 'low' },
    {
      name: 'a server with pushed requests',
      trace: metadataTrace({
        ...SOUND,
        request_uri_parameter_supported: true,
        pushed_authorization_request_endpoint: 'https://as.example/par',
      }),
      severity: 'info',
    },
  ],
  clean: [
    {
      name: 'registered addresses',
      trace: metadataTrace({ ...SOUND, request_uri_parameter_supported: true, require_request_uri_registration: true }),
    },
    { name: 'no addresses', trace: metadataTrace(SOUND) },
  ],
  lookAlike: [
    {
      name: 'request objects by value',
      trace: metadataTrace({ ...SOUND, request_parameter_supported: true }),
      verdict: 'pass',
    },
    {
      name: 'not said',
      trace: metadataTrace({ ...SOUND, request_uri_parameter_supported: undefined }),
      verdict: 'pass',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
