import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-open-registration',
  title: 'Server publishes an endpoint for dynamic registration',
  subject: 'Dynamic registration',
  group: 'I',
  severity: 'info',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [{ spec: 'RFC 9700', section: '4.11.2', level: 'none' }],
  asvs: ['10.4.7'],
  why: 'Where anyone may register, an attacker registers a client that looks like yours.',
  fix: 'Ask for an initial access token or a software statement, unless anyone is meant to register.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      if (typeof document['registration_endpoint'] !== 'string') return c.pass;
      return c.fail({
        evidence: [memberOf(message, document, 'registration_endpoint')],
        summary: c.say`Clients can register themselves; whether anyone may was not tried.`,
      });
    });
  },
};

export const examples: Examples = {
  violation: [
    {
      name: 'published',
      trace: metadataTrace({ ...SOUND, registration_endpoint: 'https://as.example/register' }),
      severity: 'info',
    },
  ],
  clean: [{ name: 'none', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'an endpoint that is no address',
      trace: metadataTrace({ ...SOUND, registration_endpoint: false }),
      verdict: 'pass',
    },
    {
      name: 'registration of addresses',
      trace: metadataTrace({ ...SOUND, require_request_uri_registration: true }),
      verdict: 'pass',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
