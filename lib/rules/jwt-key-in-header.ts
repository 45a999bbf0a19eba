import { endpointOf } from '../http/endpoint.ts';
import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
} from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN, type UsedJwt } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-key-in-header',
  title: 'Token that brings or points to its own key',
  subject: 'Keys in the header of tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'OIDC Core', section: '2', level: 'SHOULD NOT' },
    { spec: 'RFC 8725', section: '3.10', level: 'none' },
  ],
  asvs: ['9.1.3'],
  why: 'Who checks a token with the key that it names accepts tokens that an attacker signed, or fetches addresses that an attacker chose.',
  fix: 'Name the key by `kid` alone, and take keys only from the key set that is configured for the issuer.',
  parents: [],

  check: (flow, c) => judgeJwts(flow, c, ['id_token', 'access_token'], (token) => judge(token, c)),
};

function judge(token: UsedJwt, c: RuleContext): Outcome {
  const { header, claims, evidence, message } = token;
  const issuer = endpointOf(wordOf(claims['iss'])) ?? message.endpoint;
  for (const name of ['jku', 'x5u']) {
    const address = header[name];
    if (address === undefined) continue;
    const target = endpointOf(wordOf(address));
    if (target === null || target.scheme !== 'https') {
      return c.fail({
        evidence: [evidence],
        severity: 'high',
        part: name,
        summary: c.say`The key of the ${c.plain(token.is)} is to be fetched without TLS.`,
      });
    }
    return target.site === issuer.site
      ? c.fail({
          evidence: [evidence],
          severity: 'low',
          part: name,
          summary: c.say`The ${c.plain(token.is)} says where its key is: ${c.plain(target.host)}, a host of the issuer.`,
        })
      : c.fail({
          evidence: [evidence],
          severity: 'high',
          part: name,
          summary: c.say`The ${c.plain(token.is)} says that its key is at ${c.plain(target.host)}, which is no host of the issuer.`,
        });
  }
  // Self-issued ID tokens have no server whose keys could be known.
  if ('jwk' in header && issuer.host !== 'self-issued.me') {
    return c.fail({
      evidence: [evidence],
      part: 'jwk',
      summary: c.say`The ${c.plain(token.is)} carries the key that is to check it.`,
    });
  }
  if ('x5c' in header) {
    return c.fail({
      evidence: [evidence],
      severity: 'low',
      part: 'x5c',
      summary: c.say`The ${c.plain(token.is)} carries the certificate that is to check it.`,
    });
  }
  return c.pass;
}

const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const signIn = (
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> = ID_CLAIMS,
): string => codeSignIn(claims, openIdRequest(), { alg: 'RS256', ...header });

export const examples: Examples = {
  violation: [
    { name: 'an address elsewhere', trace: signIn({ jku: 'https://evil.example/jwks' }), severity: 'high' },
    { name: 'a certificate elsewhere', trace: signIn({ x5u: 'https://evil.example/cert.pem' }), severity: 'high' },
    { name: 'without TLS', trace: signIn({ jku: 'http://as.example/jwks' }), severity: 'high' },
    { name: 'no address', trace: signIn({ jku: '/jwks' }), severity: 'high' },
    { name: 'a host of the issuer', trace: signIn({ jku: 'https://keys.as.example/jwks' }), severity: 'low' },
    {
      name: 'a host of the server where no issuer is named',
      trace: signIn({ jku: 'https://keys.as.example/jwks' }, { sub: '248289761001' }),
      severity: 'low',
    },
    { name: 'the key itself', trace: signIn({ alg: 'ES256', jwk: KEY }), severity: 'medium' },
    {
      name: 'in an access token',
      trace: accessJwtSignIn(ACCESS_CLAIMS, { alg: 'ES256', jwk: KEY }),
      severity: 'medium',
    },
    { name: 'a certificate', trace: signIn({ x5c: ['MIIDQjCCAiqgAwIBAgIGATz'] }), severity: 'low' },
  ],
  clean: [{ name: 'the name of a key', trace: signIn({ kid: 'k1' }) }],
  lookAlike: [
    {
      name: 'the thumbprint of a certificate',
      trace: signIn({ kid: 'k1', x5t: 'NzbLsXh8uDCcd-6MNwXF4W_7noW' }),
      verdict: 'pass',
    },
    {
      name: 'a self-issued ID token',
      trace: signIn({ alg: 'ES256', jwk: KEY }, { ...ID_CLAIMS, iss: 'https://self-issued.me' }),
      verdict: 'pass',
    },
    {
      name: 'a proof of possession, which has to carry its key',
      trace: `GET https://as.example/userinfo\nAuthorization: DPoP ${exampleJwt(ACCESS_CLAIMS)}\nDPoP: ${exampleJwt({ htm: 'GET' }, { typ: 'dpop+jwt', alg: 'ES256', jwk: KEY })}`,
      verdict: 'pass',
    },
    {
      name: 'the certificate of a client in its assertion',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=client_credentials&client_id=web1&client_assertion=${exampleJwt({ sub: 'web1' }, { alg: 'RS256', x5c: ['MIIDQjCCAiqgAwIBAgIGATz'] })}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: TOKEN_UNSEEN,
};
