import type { Examples } from '../model/example.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { judgeMetadata, listOf, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-alg-none',
  title: 'Server metadata offers tokens without a signature',
  subject: 'Signature algorithms in the metadata',
  group: 'I',
  severity: 'medium',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 8725', section: '3.2', level: 'none' },
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
  ],
  why: 'A token of the algorithm none can be made by anyone.',
  fix: 'Take `none` out of the lists of algorithms.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const found = LISTS.filter(([name]) => listOf(document, name)?.includes('none'));
      const [worst, ...rest] = found;
      if (worst === undefined) return c.pass;
      return c.fail({
        evidence: [memberOf(message, document, worst[0]), ...rest.map(([name]) => memberOf(message, document, name))],
        severity: worst[1],
        summary: c.say`Lists with none: ${c.plain(found.map(([name]) => name).join(', '))}.`,
      });
    });
  },
};

/** Worst first. OpenID Connect itself asks servers to support unsigned request objects. */
const LISTS: readonly (readonly [name: string, severity: Severity])[] = [
  ['token_endpoint_auth_signing_alg_values_supported', 'high'],
  ['id_token_signing_alg_values_supported', 'medium'],
  ['request_object_signing_alg_values_supported', 'info'],
  ['userinfo_signing_alg_values_supported', 'info'],
];

export const examples: Examples = {
  violation: [
    {
      name: 'client assertions, and ID tokens as well',
      trace: metadataTrace({
        ...SOUND,
        token_endpoint_auth_signing_alg_values_supported: ['none'],
        id_token_signing_alg_values_supported: ['RS256', 'none'],
      }),
      severity: 'high',
    },
    {
      name: 'ID tokens',
      trace: metadataTrace({ ...SOUND, id_token_signing_alg_values_supported: ['RS256', 'none'] }),
      severity: 'medium',
    },
    {
      name: 'request objects',
      trace: metadataTrace({ ...SOUND, request_object_signing_alg_values_supported: ['none'] }),
      severity: 'info',
    },
    {
      name: 'user information',
      trace: metadataTrace({ ...SOUND, userinfo_signing_alg_values_supported: ['none', 'RS256'] }),
      severity: 'info',
    },
  ],
  clean: [{ name: 'signatures only', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'no client authentication is no algorithm',
      trace: metadataTrace({ ...SOUND, token_endpoint_auth_methods_supported: ['none'] }),
      verdict: 'pass',
    },
    {
      name: 'a text in place of the list',
      trace: metadataTrace({ ...SOUND, id_token_signing_alg_values_supported: 'none' }),
      verdict: 'pass',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
