import { endpointOf } from '../http/endpoint.ts';
import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { isSuspiciousKid } from '../token/kid.ts';
import { codeSignIn, exampleJwt, ID_CLAIMS, openIdRequest } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-kid-suspicious',
  title: 'Key name that is a path, a command or an address',
  subject: 'Key names of tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [{ spec: 'RFC 8725', section: '3.10', level: 'none' }],
  why: 'A reader that opens a file, a table or an address by that name can be made to take a key that an attacker knows.',
  fix: 'Use `kid` only to look a key up by name among those of the issuer.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['id_token', 'access_token', 'client_assertion', 'assertion'], (token) => {
      const { kid } = token.header;
      if (typeof kid !== 'string') return c.notApplicable;
      if (!isSuspiciousKid(kid)) return c.pass;
      const evidence = [token.evidence] as const;
      const target = endpointOf(kid);
      if (target?.scheme === 'https' && target.site === endpointOf(wordOf(token.claims['iss']))?.site) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The name of the key is an address of the issuer; take it for a name, not for a place to fetch from.`,
        });
      }
      return c.fail({ evidence, summary: c.say`The name of the key reads ${c.plain(kid)}.` });
    });
  },
};

const signIn = (kid: unknown): string => codeSignIn(ID_CLAIMS, openIdRequest(), { alg: 'RS256', kid });

export const examples: Examples = {
  violation: [
    { name: 'a way out of the folder', trace: signIn('../../dev/null'), severity: 'medium' },
    { name: 'a file of the system', trace: signIn('/dev/null'), severity: 'medium' },
    { name: 'a query', trace: signIn("x' UNION SELECT 'key"), severity: 'medium' },
    { name: 'a query without quotes', trace: signIn('x union select 1'), severity: 'medium' },
    { name: 'the address of a file', trace: signIn('file:///tmp/key'), severity: 'medium' },
    { name: 'an address elsewhere', trace: signIn('https://evil.example/key'), severity: 'medium' },
    { name: 'an address without TLS', trace: signIn('http://as.example/key'), severity: 'medium' },
    { name: 'an address of the issuer', trace: signIn('https://as.example/keys/k1'), severity: 'info' },
    {
      name: 'in an assertion of the client',
      trace: `POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_id=web1&client_assertion=${exampleJwt({ sub: 'web1' }, { alg: 'RS256', kid: '/etc/passwd' })}`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'a name', trace: signIn('2024-05-rsa') }],
  lookAlike: [
    { name: 'base64 that begins with a slash', trace: signIn('/devQ+8xLr/T0Zk3uV8pQx1=='), verdict: 'pass' },
    { name: 'a key of a decentralised identifier', trace: signIn('did:web:as.example#key-1'), verdict: 'pass' },
    { name: 'a number', trace: signIn(7), verdict: 'notApplicable' },
  ],
  cannotTell: TOKEN_UNSEEN,
};
