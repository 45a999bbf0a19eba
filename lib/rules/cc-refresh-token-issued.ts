import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { ACCESS_TOKEN, REFRESH_TOKEN, redeemed } from './support/example-sign-in.ts';
import { judgeTokenAnswers } from './support/token-answers.ts';

export const rule: Rule = {
  id: 'cc-refresh-token-issued',
  title: 'Refresh token given for client credentials',
  subject: 'Answers to client credentials',
  group: 'G',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [{ spec: 'RFC 6749', section: '4.4.3', level: 'SHOULD NOT' }],
  why: 'The client can ask again at any time: the refresh token is one more credential that can be stolen, and it lives long.',
  fix: 'Turn refresh tokens off for this grant.',
  parents: [],

  check(flow, c) {
    const asked = messagesOf(flow, 'tokenRequest').filter(({ grant }) => grant === 'client_credentials');
    if (asked.length === 0) return c.notApplicable;
    const ids = new Set(asked.map(({ exchange }) => exchange.id));
    const outcome = judgeTokenAnswers(
      flow,
      c,
      (answer, token) => {
        if (!ids.has(answer.exchange.id)) return c.notApplicable;
        return c.fail({
          evidence: [c.at(answer, token)],
          summary: c.say`${c.plain(answer.endpoint.host)} gives a refresh token for client credentials.`,
        });
      },
      'refresh_token',
    );
    return outcome.is === 'notApplicable' ? c.pass : outcome;
  },
};

const request = (more: string): string =>
  `POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_id=svc&client_secret=Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y${more}`;
const answer = (members: object): string =>
  request(
    `\n\n200\nContent-Type: application/json\n\n${JSON.stringify({ access_token: ACCESS_TOKEN, token_type: 'Bearer', ...members })}`,
  );

export const examples: Examples = {
  violation: [{ name: 'a refresh token', trace: answer({ refresh_token: REFRESH_TOKEN }), severity: 'low' }],
  clean: [{ name: 'an access token alone', trace: answer({ expires_in: 900 }) }],
  lookAlike: [
    { name: 'an empty one', trace: answer({ refresh_token: '' }), verdict: 'pass' },
    { name: 'none, but named', trace: answer({ refresh_token: null }), verdict: 'pass' },
    {
      name: 'for a code',
      trace: redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: REFRESH_TOKEN }),
      verdict: 'notApplicable',
    },
    {
      name: 'it was refused',
      trace: request('\n\n401\nContent-Type: application/json\n\n{"error":"invalid_client"}'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'the answer was not seen', trace: request(''), missing: ['token response'] },
    {
      name: 'the body of the answer is hidden',
      trace: `# capture watch\n${request('\n\n200')}`,
      missing: ['response body'],
    },
  ],
};
