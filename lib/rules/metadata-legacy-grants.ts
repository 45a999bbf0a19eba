import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  type Document,
  judgeMetadata,
  listOf,
  METADATA_UNSEEN,
  memberOf,
  metadataTrace,
  SOUND,
} from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-legacy-grants',
  title: 'Server metadata offers grants that are given up',
  subject: 'Grants in the metadata',
  group: 'I',
  severity: 'info',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '2.1.2', level: 'SHOULD NOT' },
    { spec: 'RFC 9700', section: '2.4', level: 'MUST NOT' },
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
  ],
  asvs: ['10.4.4'],
  why: 'What a server offers, some client uses, and an attacker can try.',
  fix: 'Switch the password and implicit grants off for your clients and publish lists without them.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const grants = listOf(document, 'grant_types_supported');
      if (grants?.includes('password')) {
        const evidence = [memberOf(message, document, 'grant_types_supported')] as const;
        return c.fail({
          evidence,
          summary: c.say`The server offers the password grant; a client that uses it is another finding.`,
        });
      }
      if (grants?.includes('implicit')) {
        const evidence = [memberOf(message, document, 'grant_types_supported')] as const;
        return c.fail({ evidence, summary: c.say`The server offers the implicit grant.` });
      }
      if (offersToken(document)) {
        const evidence = [memberOf(message, document, 'response_types_supported')] as const;
        return c.fail({
          evidence,
          summary: c.say`The server offers response types that put an access token into the address.`,
        });
      }
      if (grants === null) {
        const evidence = [memberOf(message, document, 'grant_types_supported')] as const;
        return c.fail({ evidence, summary: c.say`Without a list of grants, the implicit grant counts as offered.` });
      }
      return c.pass;
    });
  },
};

function offersToken(document: Document): boolean {
  return listOf(document, 'response_types_supported')?.some((type) => type.split(' ').includes('token')) ?? false;
}

const { grant_types_supported: _grants, ...WITHOUT } = SOUND;

export const examples: Examples = {
  violation: [
    {
      name: 'the password grant',
      trace: metadataTrace({ ...SOUND, grant_types_supported: ['authorization_code', 'implicit', 'password'] }),
      severity: 'info',
    },
    {
      name: 'the implicit grant',
      trace: metadataTrace({ ...SOUND, grant_types_supported: ['authorization_code', 'implicit'] }),
      severity: 'info',
    },
    {
      name: 'a response type with a token',
      trace: metadataTrace({ ...SOUND, response_types_supported: ['code', 'id_token token'] }),
      severity: 'info',
    },
    { name: 'no list of grants', trace: metadataTrace(WITHOUT), severity: 'info' },
  ],
  clean: [{ name: 'codes and refresh tokens', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'an ID token is no access token',
      trace: metadataTrace({ ...SOUND, response_types_supported: ['code', 'id_token', 'code id_token'] }),
      verdict: 'pass',
    },
    {
      name: 'no list of response types',
      trace: metadataTrace({ ...SOUND, response_types_supported: 'token' }),
      verdict: 'pass',
    },
    {
      name: 'a method that is called password',
      trace: metadataTrace({ ...SOUND, acr_values_supported: ['password', 'implicit'] }),
      verdict: 'pass',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
