import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { judgeMetadata, listOf, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-plain-pkce',
  title: 'Server metadata offers PKCE with plain',
  subject: 'PKCE method plain in the metadata',
  group: 'I',
  severity: 'low',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 7636', section: '7.2', level: 'none' },
    { spec: 'RFC 9700', section: '2.1.1', level: 'SHOULD' },
  ],
  asvs: ['10.4.6'],
  why: 'A challenge of the method plain is the verifier itself, for everyone who reads the request.',
  fix: 'Switch `plain` off at the server.',
  copy: '"code_challenge_methods_supported":["S256"]',
  parents: ['metadata-no-s256'],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      if (!listOf(document, 'code_challenge_methods_supported')?.includes('plain')) return c.pass;
      const evidence = [memberOf(message, document, 'code_challenge_methods_supported')] as const;
      if (usesPlain(message.endpoint.site, c)) {
        return c.fail({
          evidence,
          severity: 'medium',
          summary: c.say`The server offers plain, and a client seen here uses it.`,
        });
      }
      return message.provider?.pkce === 'yes'
        ? c.fail({
            evidence,
            severity: 'info',
            summary: c.say`${c.plain(message.provider.name)} lists plain beside S256 by default.`,
          })
        : c.fail({ evidence, severity: 'low', summary: c.say`The server offers plain.` });
    });
  },
};

function usesPlain(site: string, c: RuleContext): boolean {
  return c.flows.some((flow) =>
    messagesOf(flow, 'authorizationRequest').some(
      (message) =>
        message.endpoint.site === site && paramValue(message, 'code_challenge_method')?.toLowerCase() === 'plain',
    ),
  );
}

const BOTH = { ...SOUND, code_challenge_methods_supported: ['plain', 'S256'] };
const request = (server: string, method: string): string =>
  `\nGET https://${server}/authorize?response_type=code&client_id=c1&state=Zk3uV8pQx1LrT0&code_challenge=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&code_challenge_method=${method}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`;

export const examples: Examples = {
  violation: [
    { name: 'offered', trace: metadataTrace(BOTH), severity: 'low' },
    { name: 'offered and used', trace: metadataTrace(BOTH) + request('as.example', 'plain'), severity: 'medium' },
    { name: 'used at another server', trace: metadataTrace(BOTH) + request('other.example', 'plain'), severity: 'low' },
    { name: 'another method in use', trace: metadataTrace(BOTH) + request('as.example', 'S256'), severity: 'low' },
    {
      name: 'a provider that is known for it',
      trace: metadataTrace(BOTH).replace('as.example/.well', 'accounts.google.com/.well'),
      severity: 'info',
    },
  ],
  clean: [{ name: 'S256 alone', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'plain in another list',
      trace: metadataTrace({ ...SOUND, scopes_supported: ['openid', 'plain'] }),
      verdict: 'pass',
    },
    { name: 'no list', trace: metadataTrace({ ...SOUND, code_challenge_methods_supported: 'plain' }), verdict: 'pass' },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
