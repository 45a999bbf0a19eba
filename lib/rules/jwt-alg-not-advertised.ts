import { isRecord, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  ID_CLAIMS,
  metadata,
  openIdRequest,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'jwt-alg-not-advertised',
  title: 'ID token with an algorithm that the server does not announce',
  subject: 'Announced algorithms of ID tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'token response', 'server metadata'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'none' },
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
    { spec: 'RFC 8725', section: '3.1', level: 'none' },
  ],
  why: 'A client that lets the token choose how it is checked can be made to accept one that an attacker signed.',
  fix: 'Accept only the algorithms that are expected of this server, and keep its metadata up to date.',
  parents: ['jwt-alg-none', 'id-token-hs256-public-client'],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ message, param, header, by }) => {
      if (by === 'other') return c.notApplicable;
      const alg = wordOf(header['alg']);
      const announced: unknown = flow.metadata?.['id_token_signing_alg_values_supported'];
      const key = keyAlgorithm(flow, c.flows, header['kid']);
      const evidence = [c.at(message, param)] as const;
      if (key !== null && key !== alg) {
        return c.fail({
          evidence,
          part: 'jwks',
          summary: c.say`The ID token says ${c.plain(alg)}, the key of that name is for ${c.plain(key)}.`,
        });
      }
      if (!Array.isArray(announced)) return c.cannotTell('server metadata');
      if (announced.includes(alg)) return c.pass;
      const summary = c.say`The ID token says ${c.plain(alg)}, the server announces ${c.plain(announced.join(' '))}.`;
      // Who mistakes the public key for a shared secret accepts what anybody signed with it.
      return /^HS/.test(alg) && !announced.some((name) => /^HS/.test(wordOf(name)))
        ? c.fail({ evidence, severity: 'high', summary })
        : c.fail({ evidence, summary });
    });
  },
};

/** `alg` of the key with this name in the key set of the server; `null` where it is not known. */
function keyAlgorithm(flow: Flow, flows: readonly Flow[], kid: unknown): string | null {
  const address = flow.metadata?.['jwks_uri'];
  if (typeof kid !== 'string') return null;
  for (const { document, url } of flows.flatMap((other) => messagesOf(other, 'jwks'))) {
    const keys: unknown = url === address ? document?.['keys'] : null;
    const key: unknown = Array.isArray(keys) ? keys.find((one) => isRecord(one) && one['kid'] === kid) : null;
    if (isRecord(key) && typeof key['alg'] === 'string') return key['alg'];
  }
  return null;
}

const RS256_ONLY = metadata({ id_token_signing_alg_values_supported: ['RS256'], jwks_uri: 'https://as.example/jwks' });
const jwks = (keys: readonly Readonly<Record<string, string>>[], path = 'jwks'): string => `
GET https://as.example/${path}

200
Content-Type: application/json

${JSON.stringify({ keys })}
`;
const signIn = (header: Readonly<Record<string, unknown>>): string => codeSignIn(ID_CLAIMS, openIdRequest(), header);

export const examples: Examples = {
  violation: [
    { name: 'another asymmetric algorithm', trace: RS256_ONLY + signIn({ alg: 'ES256' }), severity: 'medium' },
    { name: 'from a key pair to a shared secret', trace: RS256_ONLY + signIn({ alg: 'HS256' }), severity: 'high' },
    {
      name: 'another shared secret',
      trace: metadata({ id_token_signing_alg_values_supported: ['HS256'] }) + signIn({ alg: 'HS512' }),
      severity: 'medium',
    },
    {
      name: 'the key is for another algorithm',
      trace:
        RS256_ONLY +
        jwks([
          { kty: 'RSA', kid: 'k0' },
          { kty: 'RSA', kid: 'k1', alg: 'PS256' },
        ]) +
        signIn({ alg: 'RS256', kid: 'k1' }),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'an announced algorithm', trace: RS256_ONLY + signIn({ alg: 'RS256', kid: 'k1' }) },
    {
      name: 'the key is for this algorithm',
      trace: RS256_ONLY + jwks([{ kty: 'RSA', kid: 'k1', alg: 'RS256' }]) + signIn({ alg: 'RS256', kid: 'k1' }),
    },
  ],
  lookAlike: [
    {
      name: 'an access token with an algorithm of its own',
      trace: RS256_ONLY + accessJwtSignIn(ACCESS_CLAIMS, { alg: 'HS256' }),
      verdict: 'notApplicable',
    },
    {
      name: 'a key of that name in the set of another server',
      trace:
        RS256_ONLY +
        jwks([{ kty: 'RSA', kid: 'k1', alg: 'PS256' }], 'other/jwks') +
        signIn({ alg: 'RS256', kid: 'k1' }),
      verdict: 'pass',
    },
    {
      name: 'a key without a name',
      trace: RS256_ONLY + jwks([{ kty: 'RSA', alg: 'PS256' }]) + signIn({ alg: 'RS256' }),
      verdict: 'pass',
    },
    {
      name: 'a key without an algorithm',
      trace: RS256_ONLY + jwks([{ kty: 'RSA', kid: 'k1' }]) + signIn({ alg: 'RS256', kid: 'k1' }),
      verdict: 'pass',
    },
    {
      name: 'an exchanged token of another server',
      trace:
        RS256_ONLY +
        signIn({ alg: 'ES256' }).replace(
          'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA',
          'grant_type=custom&subject_token=x',
        ),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    { name: 'the metadata was not seen', trace: signIn({ alg: 'ES256' }), missing: ['server metadata'] },
    { name: 'the metadata has no list', trace: metadata() + signIn({ alg: 'ES256' }), missing: ['server metadata'] },
  ],
};
