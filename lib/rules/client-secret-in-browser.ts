import { bodyText } from '../http/body.ts';
import { isRecord, parseJson } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { clientSecrets } from './support/client-secret.ts';

export const rule: Rule = {
  id: 'client-secret-in-browser',
  title: 'Client secret sent by the browser to the token endpoint',
  subject: 'Client secrets in token requests of the browser',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
    { spec: 'RFC 6749', section: '2.1', level: 'none' },
    { spec: 'RFC 6749', section: '10.1', level: 'none' },
    { spec: 'RFC 9700', section: '2.5', level: 'none' },
  ],
  why: 'Every visitor can read the secret and use it to act as this client and to redeem stolen codes.',
  fix: 'Register the client as public with PKCE and no secret, or redeem codes on a server, and replace the secret by a new one.',
  parents: ['client-credentials-in-browser'],

  check(flow, c) {
    const requests = messagesOf(flow, 'tokenRequest');
    if (requests.length === 0) return c.notApplicable;
    for (const message of requests) {
      const secret = clientSecrets(message).find((p) => p.where === 'body');
      if (secret === undefined) continue;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const evidence = [c.at(message, secret)] as const;
      const host = c.plain(message.endpoint.host);
      if (secret.value === '') {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The page sends an empty ${c.plain(secret.name)} to ${host}.`,
        });
      }
      if (c.once(registeredSecrets).has(secret.value)) {
        const summary = c.say`The page sends ${host} a secret that this browser got by registering a client of its own.`;
        return c.fail({ evidence, severity: 'low', summary });
      }
      return c.fail({ evidence, severity: 'high', summary: c.say`The page sends ${host} the secret of the client.` });
    }
    if (requests.some((message) => message.bodyHidden !== null)) return c.cannotTell('request body');
    return requests.some((message) => message.truncated) ? c.cannotTell('request body') : c.pass;
  },
};

/** RFC 7591 §3.2.1: secrets that a registration in this trace issued, to this one instance and shared with nobody. */
function registeredSecrets({ flows }: Pick<RuleContext, 'flows'>): ReadonlySet<unknown> {
  const secrets = new Set<unknown>();
  for (const flow of flows) {
    for (const { exchange } of messagesOf(flow, 'clientRegistrationRequest')) {
      if (exchange.outcome.is !== 'response') continue;
      const answer = parseJson(bodyText(exchange.outcome.response.body) ?? '');
      if (isRecord(answer)) secrets.add(answer['client_secret']);
    }
  }
  return secrets;
}

const SECRET = '9f2d4cA7b81e4f6d8c35e0a1';
const EXCHANGE = `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`;
const FROM_PAGE = `# initiator https://app.example${EXCHANGE}`;
const registered = (secret: string): string => `
POST https://as.example/register
Content-Type: application/json

{"redirect_uris":["https://app.example/cb"]}

201
Content-Type: application/json

{"client_id":"spa1","client_secret":"${secret}"}

`;

export const examples: Examples = {
  violation: [
    { name: 'from a page', trace: `${FROM_PAGE}&client_secret=${SECRET}`, severity: 'high' },
    {
      name: 'seen by the browser itself',
      trace: `# capture watch${EXCHANGE}&client_secret=${SECRET}`,
      severity: 'high',
    },
    {
      name: 'told that the client is public',
      trace: `${EXCHANGE}&client_secret=${SECRET}`,
      clientType: 'public',
      severity: 'high',
    },
    { name: "under a provider's name", trace: `${FROM_PAGE}&clientSecret=${SECRET}`, severity: 'high' },
    {
      name: 'as JSON',
      trace: `
        # initiator https://app.example
        POST https://as.example/oauth/token
        Content-Type: application/json

        {"grant_type":"authorization_code","code":"SplxlOBeZQQYbYS6WxSbIA","client_id":"spa1","client_secret":"${SECRET}"}
      `,
      severity: 'high',
    },
    { name: 'empty', trace: `${FROM_PAGE}&client_secret=`, severity: 'info' },
    {
      name: 'registered by this browser',
      trace: `${registered(SECRET)}${FROM_PAGE}&client_secret=${SECRET}`,
      severity: 'low',
    },
    {
      name: 'another one than the one registered by this browser',
      trace: `${registered('Zt7Wq2Lx9Kc4Vb8Nm1Pr5Ys3')}${FROM_PAGE}&client_secret=${SECRET}`,
      severity: 'high',
    },
    {
      name: 'a registration without an answer',
      trace: `
        POST https://as.example/register
        Content-Type: application/json

        {"redirect_uris":["https://app.example/cb"]}

        ${FROM_PAGE}&client_secret=${SECRET}
      `,
      severity: 'high',
    },
    {
      name: 'a registration answered by a page',
      trace: `
        POST https://as.example/register
        Content-Type: application/json

        {"redirect_uris":["https://app.example/cb"]}

        200
        Content-Type: text/html

        <p>Thank you</p>

        ${FROM_PAGE}&client_secret=${SECRET}
      `,
      severity: 'high',
    },
  ],
  clean: [
    {
      name: 'PKCE in place of a secret',
      trace: `${FROM_PAGE}&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    },
  ],
  lookAlike: [
    {
      name: 'the secret of one payment',
      trace: `
        # initiator https://shop.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&client_secret=pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH
      `,
      verdict: 'pass',
    },
    {
      name: 'its expiry is no secret',
      trace: `${FROM_PAGE}&client_secret_expires_at=0`,
      verdict: 'pass',
    },
    {
      name: 'in the query it is another finding',
      trace: `
        # initiator https://app.example
        POST https://as.example/token?client_secret=${SECRET}
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
      verdict: 'pass',
    },
    {
      name: 'a payment form is no token request',
      trace: `
        # initiator https://shop.example
        POST https://pay.example/v1/confirm
        Content-Type: application/x-www-form-urlencoded

        client_secret=9f2d4cA7b81e4f6d8c35e0a1&amount=1200
      `,
    },
    {
      name: 'a sign-in without a token request in sight',
      trace:
        'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&client_secret=9f2d4cA7b81e4f6d8c35e0a1',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'nothing tells who sent it', trace: `${EXCHANGE}&client_secret=${SECRET}`, missing: ['sender'] },
    {
      name: 'the body is hidden',
      trace: `
        # hides request-body
        # initiator https://app.example
        POST https://as.example/token?grant_type=authorization_code

        code
      `,
      missing: ['request body'],
    },
    { name: 'the request was cut', trace: `# truncated\n${FROM_PAGE}`, missing: ['request body'] },
  ],
};
