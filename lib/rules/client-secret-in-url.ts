import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientSecrets } from './support/client-secret.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'client-secret-in-url',
  title: 'Client secret in the address of the token endpoint',
  subject: 'Client secrets in addresses of token requests',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request'],
  references: [{ spec: 'RFC 6749', section: '2.3.1', level: 'MUST NOT' }],
  why: 'Addresses are written to the logs of servers and proxies, and the secret with them.',
  fix: 'Send the secret in the body or in HTTP Basic, from a server only, and replace it by a new one.',
  parents: ['client-credentials-in-browser'],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const secret = clientSecrets(message).find((param) => param.where === 'query' && param.value !== '');
      if (secret !== undefined) {
        const summary = c.say`The address of the token request holds ${c.plain(secret.name)}.`;
        return c.fail({ evidence: [c.at(message, secret)], summary });
      }
      const password = passwordInAuthority(message.url);
      if (password !== null) {
        const summary = c.say`The address of the token request holds a user name and a password before its host.`;
        return c.fail({ evidence: [{ message, where: 'url', name: 'password', value: password }], summary });
      }
      return message.truncated ? c.cannotTell('whole address') : c.pass;
    });
  },
};

/** `https://user:password@host/` (RFC 3986 §3.2.1). */
function passwordInAuthority(url: string): string | null {
  const { password } = new URL(url);
  return password === '' ? null : password;
}

const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&client_id=web1';
const post = (address: string): string => `
POST ${address}
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&${CODE}`;

export const examples: Examples = {
  violation: [
    {
      name: 'in the query of a GET',
      trace: `GET https://as.example/oauth/access_token?${CODE}&client_secret=9f2d4cA7b81e4f6d8c35e0a1`,
      severity: 'high',
    },
    {
      name: 'in the query of a POST',
      trace: post('https://as.example/token?client_secret=9f2d4cA7b81e4f6d8c35e0a1'),
      severity: 'high',
    },
    {
      name: "under a provider's name",
      trace: post('https://as.example/token?app_secret=9f2d4cA7b81e4f6d8c35e0a1'),
      severity: 'high',
    },
    {
      name: 'before the host',
      trace: post('https://web1:9f2d4cA7b81e4f6d8c35e0a1@as.example/token'),
      severity: 'high',
    },
  ],
  clean: [
    {
      name: 'credentials in the body',
      trace: `${post('https://as.example/token')}&client_secret=9f2d4cA7b81e4f6d8c35e0a1`,
    },
  ],
  lookAlike: [
    { name: 'sent without a value', trace: post('https://as.example/token?client_secret='), verdict: 'pass' },
    { name: 'a user name alone before the host', trace: post('https://web1@as.example/token'), verdict: 'pass' },
    {
      name: 'the secret of one payment',
      trace: post(
        'https://as.example/token?client_secret=pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
      ),
      verdict: 'pass',
    },
    {
      name: 'an address of a shop',
      trace: 'GET https://shop.example/return?client_secret=9f2d4cA7b81e4f6d8c35e0a1&state=paid',
    },
  ],
  cannotTell: [
    {
      name: 'the address was cut',
      trace: `# truncated${post('https://as.example/token?client_id=web1')}`,
      missing: ['whole address'],
    },
  ],
};
