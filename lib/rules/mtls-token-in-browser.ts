import { isRecord } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { tokenRequest } from './support/example-proofs.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt, fragmentCallback } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'mtls-token-in-browser',
  title: 'Token bound to a client certificate in the hands of a page',
  subject: 'Certificate-bound tokens in the browser',
  group: 'K',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization response', 'token response', 'response body', 'sender'],
  references: [
    { spec: 'RFC 8705', section: '3', level: 'none' },
    { spec: 'RFC 8705', section: '3.1', level: 'none' },
  ],
  why: 'A page cannot choose the certificate of a connection, so a server in between probably hands out its own tokens.',
  fix: 'Keep tokens that are bound to a certificate on the server that has its key.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token'], ({ message, claims, evidence }) => {
      const { cnf } = claims;
      if (!isRecord(cnf) || !('x5t#S256' in cnf)) return c.pass;
      if (!reachesBrowser(flow, message)) return c.cannotTell('sender');
      return c.fail({
        evidence: [evidence],
        summary:
          message.kind === 'authorizationResponse'
            ? c.say`An access token that works only with a client certificate came through the browser.`
            : c.say`${c.plain(message.endpoint.host)} gave a page an access token that works only with a client certificate.`,
      });
    });
  },
};

function reachesBrowser(flow: Flow, message: OAuthMessage): boolean {
  if (message.kind === 'authorizationResponse') return true;
  return messagesOf(flow, 'tokenRequest').some(
    (request) => request.exchange.id === message.exchange.id && request.sentBy === 'browser',
  );
}

const jwt = (cnf: unknown): string => exampleJwt({ ...ACCESS_CLAIMS, cnf });
const CERTIFICATE = { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' };
const answer = (cnf: unknown) => ({ status: 200, members: { access_token: jwt(cnf), token_type: 'Bearer' } });
const PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    { name: 'a page redeemed the code', trace: tokenRequest([], answer(CERTIFICATE), PAGE), severity: 'info' },
    {
      name: 'in the fragment',
      trace: fragmentCallback({ access_token: jwt(CERTIFICATE), token_type: 'Bearer' }),
      severity: 'info',
    },
  ],
  clean: [{ name: 'a token that is bound to nothing', trace: tokenRequest([], answer(undefined), PAGE) }],
  lookAlike: [
    {
      name: 'a token that is bound to a key of the page',
      trace: tokenRequest([], answer({ jkt: 'Q-Tjm9-oVo7X_2BVvxiw-a2uexVSIhq2gyetd87UbeM' }), PAGE),
      verdict: 'pass',
    },
    { name: 'a binding that is a text', trace: tokenRequest([], answer('x5t#S256'), PAGE), verdict: 'pass' },
    {
      name: 'a token that nobody can read',
      trace: tokenRequest([], { status: 200, members: { access_token: ACCESS_TOKEN, token_type: 'Bearer' } }, PAGE),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...TOKEN_UNSEEN,
    { name: 'a server may have redeemed the code', trace: tokenRequest([], answer(CERTIFICATE)), missing: ['sender'] },
  ],
};
