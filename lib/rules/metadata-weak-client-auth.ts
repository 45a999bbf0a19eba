import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeMetadata, listOf, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-weak-client-auth',
  title: 'Server offers shared secrets only for client authentication',
  subject: 'Client authentication methods in the metadata',
  group: 'I',
  severity: 'info',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '2.5', level: 'RECOMMENDED' },
    { spec: 'RFC 8414', section: '2', level: 'none' },
  ],
  asvs: ['10.4.16'],
  why: 'A shared secret can leak on either side; a private key never leaves the client.',
  fix: 'Offer `private_key_jwt` or mutual TLS to confidential clients.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const methods = listOf(document, 'token_endpoint_auth_methods_supported');
      if (methods?.some((method) => ASYMMETRIC.has(method))) return c.pass;
      const evidence = [memberOf(message, document, 'token_endpoint_auth_methods_supported')] as const;
      return methods === null
        ? c.fail({ evidence, summary: c.say`Without a list, client_secret_basic counts as the only method.` })
        : c.fail({ evidence, summary: c.say`None of the methods uses a key of the client.` });
    });
  },
};

const ASYMMETRIC: ReadonlySet<string> = new Set(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']);
const { token_endpoint_auth_methods_supported: _methods, ...WITHOUT } = SOUND;

export const examples: Examples = {
  violation: [
    {
      name: 'secrets only',
      trace: metadataTrace({
        ...WITHOUT,
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_jwt'],
      }),
      severity: 'info',
    },
    { name: 'no list', trace: metadataTrace(WITHOUT), severity: 'info' },
  ],
  clean: [
    { name: 'private_key_jwt', trace: metadataTrace(SOUND) },
    {
      name: 'mutual TLS',
      trace: metadataTrace({ ...WITHOUT, token_endpoint_auth_methods_supported: ['tls_client_auth'] }),
    },
    {
      name: 'self-signed mutual TLS',
      trace: metadataTrace({ ...WITHOUT, token_endpoint_auth_methods_supported: ['self_signed_tls_client_auth'] }),
    },
  ],
  lookAlike: [
    {
      name: 'secrets beside keys',
      trace: metadataTrace({
        ...WITHOUT,
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      }),
      verdict: 'pass',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
