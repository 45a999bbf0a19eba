import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, listOf, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-no-s256',
  title: 'Server metadata does not offer PKCE with S256',
  subject: 'PKCE methods in the metadata',
  group: 'I',
  severity: 'low',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
    { spec: 'RFC 8414', section: '2', level: 'none' },
  ],
  why: 'A client cannot know that the server checks its challenge, and may not rely on PKCE.',
  fix: 'Publish `code_challenge_methods_supported` with `S256`.',
  copy: '"code_challenge_methods_supported":["S256"]',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const methods = listOf(document, 'code_challenge_methods_supported');
      if (methods?.includes('S256')) return c.pass;
      const evidence = [memberOf(message, document, 'code_challenge_methods_supported')] as const;
      if (methods !== null) {
        return c.fail({ evidence, severity: 'medium', summary: c.say`The server offers PKCE methods, but not S256.` });
      }
      return message.provider?.pkce === 'yes'
        ? c.fail({
            evidence,
            severity: 'info',
            summary: c.say`${c.plain(message.provider.name)} checks PKCE without saying so here.`,
          })
        : c.fail({
            evidence,
            severity: 'low',
            summary: c.say`The document says nothing about PKCE: whether the server checks it is unknown.`,
          });
    });
  },
};

const { code_challenge_methods_supported: _methods, ...WITHOUT } = SOUND;

export const examples: Examples = {
  violation: [
    { name: 'nothing is said', trace: metadataTrace(WITHOUT), severity: 'low' },
    {
      name: 'plain alone',
      trace: metadataTrace({ ...WITHOUT, code_challenge_methods_supported: ['plain'] }),
      severity: 'medium',
    },
    {
      name: 'a text in place of the list',
      trace: metadataTrace({ ...WITHOUT, code_challenge_methods_supported: 'S256' }),
      severity: 'low',
    },
    {
      name: 'a provider that is known to check it',
      trace: metadataTrace({ ...WITHOUT, issuer: 'https://slack.com' }).replace('as.example/.well', 'slack.com/.well'),
      severity: 'info',
    },
  ],
  clean: [{ name: 'S256', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'S256 beside plain',
      trace: metadataTrace({ ...WITHOUT, code_challenge_methods_supported: ['plain', 'S256'] }),
      verdict: 'pass',
    },
    {
      name: 'metadata of a resource',
      trace: metadataTrace({ resource: 'https://as.example' }, '/.well-known/oauth-protected-resource'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
