import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'token-endpoint-http',
  title: 'Token endpoint reached without TLS',
  subject: 'TLS at the token endpoint',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request'],
  references: [
    { spec: 'RFC 6749', section: '3.2', level: 'MUST' },
    { spec: 'OAuth 2.1', section: '1.5', level: 'MUST' },
  ],
  why: 'Everyone on the way can read the code, the secret and the tokens and put others in their place.',
  fix: 'Use https for the token endpoint.',
  parents: ['metadata-insecure-endpoint'],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const { scheme, loopback, dev, host } = message.endpoint;
      if (scheme !== 'http' || loopback) return c.pass;
      return c.fail({
        evidence: [{ message, where: 'url', name: 'token endpoint', value: message.endpoint.url }],
        severity: dev ? 'medium' : 'high',
        summary: dev
          ? c.say`${c.plain(host)} looks like a development machine; its token requests travel unencrypted.`
          : c.say`The token request travels to ${c.plain(host)} unencrypted.`,
      });
    });
  },
};

const post = (endpoint: string): string => `
POST ${endpoint}
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1`;

export const examples: Examples = {
  violation: [
    { name: 'a public host', trace: post('http://as.example/token'), severity: 'high' },
    { name: 'a host of a private network', trace: post('http://192.168.5.228:9001/token'), severity: 'medium' },
  ],
  clean: [{ name: 'https', trace: post('https://as.example/token') }],
  lookAlike: [
    {
      name: 'this machine',
      trace: post('http://localhost:8080/realms/dev/protocol/openid-connect/token'),
      verdict: 'pass',
    },
    { name: 'this machine by address', trace: post('http://127.0.0.1:8080/token'), verdict: 'pass' },
    {
      name: 'http in a parameter',
      trace: `${post('https://as.example/token')}&redirect_uri=http%3A%2F%2Fapp.example%2Fcb`,
      verdict: 'pass',
    },
  ],
  cannotTell: [],
};
