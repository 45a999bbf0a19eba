import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { codeRedemptions, type Redemption } from './support/code-redemptions.ts';
import { answer, codeExchange, OTHER_TOKENS, REFUSED, TOKENS } from './support/example-code-exchange.ts';
import { worstOf } from './support/outcomes.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'code-replay-accepted',
  title: 'Code that the server accepts twice',
  subject: 'Codes accepted once',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request body', 'token response'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2', level: 'MUST NOT' },
    { spec: 'RFC 6749', section: '10.5', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.2.4', level: 'none' },
  ],
  asvs: ['10.4.2'],
  why: 'A code that leaked stays usable after the client has redeemed it.',
  fix: 'Make the server invalidate a code when it is redeemed, and revoke its tokens when it comes again.',
  parents: ['probe-code-replay'],

  check(flow, c) {
    const groups = codeRedemptions(flow).filter((group) => group.length > 1);
    if (groups.length === 0) {
      return judgeTokenRequests(flow, c, (message) =>
        message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body'),
      );
    }
    return worstOf(
      groups.map((group) =>
        judge(
          group,
          group.filter(({ request }) => answerTo(flow, request) === 'tokens'),
          c,
        ),
      ),
      c,
    );
  },
};

function judge(group: readonly Redemption[], accepted: readonly Redemption[], c: RuleContext): Outcome {
  const [first, second] = accepted;
  if (first === undefined || second === undefined) {
    return group.some(({ answer }) => answer === null) ? c.cannotTell('token response') : c.pass;
  }
  const evidence = [c.at(second.request, second.code), c.at(first.request, first.code)] as const;
  const [one, other] = [first, second].map(({ answer }) => paramValue(answer ?? { params: [] }, 'access_token'));
  if (one === null || other === null) {
    return c.fail({
      evidence,
      confidence: 'firm',
      summary: c.say`The server answered the same code twice with success; the tokens were not seen.`,
    });
  }
  return one === other
    ? c.fail({
        evidence,
        severity: 'low',
        summary: c.say`The server answered the same code twice, with the same token.`,
      })
    : c.fail({ evidence, summary: c.say`The server gave two access tokens for one code.` });
}

const exchange = (answered = '', code?: string, before?: string): string => codeExchange({ code, before }) + answered;

export const examples: Examples = {
  violation: [
    { name: 'two tokens', trace: exchange(TOKENS) + exchange(OTHER_TOKENS), severity: 'high' },
    {
      name: 'a refusal between them',
      trace: exchange(TOKENS) + exchange(REFUSED) + exchange(OTHER_TOKENS),
      severity: 'high',
    },
    {
      name: 'success twice, tokens out of sight',
      trace: exchange(TOKENS, undefined, '# hides response-body') + exchange(OTHER_TOKENS),
      severity: 'high',
    },
    {
      name: 'success twice, the second out of sight',
      trace: exchange(TOKENS) + exchange(OTHER_TOKENS, undefined, '# hides response-body'),
      severity: 'high',
    },
    {
      name: 'success twice, both out of sight',
      trace: exchange(TOKENS, undefined, '# hides response-body').repeat(2),
      severity: 'high',
    },
    { name: 'the same token twice', trace: exchange(TOKENS) + exchange(TOKENS), severity: 'low' },
  ],
  clean: [{ name: 'the second is refused', trace: exchange(TOKENS) + exchange(REFUSED) }],
  lookAlike: [
    { name: 'one redemption shows nothing', trace: exchange(TOKENS), verdict: 'notApplicable' },
    {
      name: 'an error with status 200',
      trace: exchange(TOKENS) + exchange(answer(200, { error: 'bad_verification_code' })),
      verdict: 'pass',
    },
    {
      name: 'two codes',
      trace: exchange(TOKENS) + exchange(OTHER_TOKENS, 'Tqmy5k3NpQwL0aXvB2cD'),
      verdict: 'notApplicable',
    },
    {
      name: 'the own backend and the server behind it',
      trace: exchange(TOKENS) + exchange(OTHER_TOKENS).replace('as.example/token', 'app.example/oauth/token'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'an answer was not seen', trace: exchange(TOKENS) + exchange(), missing: ['token response'] },
    {
      name: 'a hidden body',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode',
      missing: ['request body'],
    },
  ],
};
