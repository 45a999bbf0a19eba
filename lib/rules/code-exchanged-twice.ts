import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { codeRedemptions, type Redemption } from './support/code-redemptions.ts';
import { answer, codeExchange, OTHER_TOKENS, REFUSED, TOKENS } from './support/example-code-exchange.ts';
import { worstOf } from './support/outcomes.ts';
import { judgeTokenRequests, passIfWholeBody } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'code-exchanged-twice',
  title: 'One code redeemed twice by the client',
  subject: 'Code redeemed once',
  group: 'D',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token request', 'request body', 'token response'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '7.5.2', level: 'none' },
  ],
  asvs: ['10.4.2'],
  why: 'The second request fails, and a strict server then revokes the tokens that the first one brought.',
  fix: 'Guard the code of the callback so that it redeems each code once.',
  parents: ['code-replay-accepted'],

  check(flow, c) {
    const groups = codeRedemptions(flow);
    if (groups.every((group) => group.length === 1)) {
      return judgeTokenRequests(flow, c, (message) => {
        const whole = passIfWholeBody(message, c);
        return whole.is === 'pass' && paramValue(message, 'code') === null ? c.notApplicable : whole;
      });
    }
    return worstOf(
      groups.map((group) => judge(group, c)),
      c,
    );
  },
};

/** The first request that spent the code, and those after it. */
function judge(group: readonly Redemption[], c: RuleContext): Outcome {
  const spent = group.findIndex((redemption) => effectOn(redemption) === 'spent');
  const [first, second] = spent < 0 ? [] : group.slice(spent);
  if (first === undefined || second === undefined) {
    return group.length > 1 && group.slice(0, -1).some((redemption) => effectOn(redemption) === 'unknown')
      ? c.cannotTell('token response')
      : c.pass;
  }
  const evidence = [c.at(second.request, second.code), c.at(first.request, first.code)] as const;
  const token = paramValue(second.answer ?? { params: [] }, 'access_token');
  if (token !== null && token === paramValue(first.answer ?? { params: [] }, 'access_token')) {
    return c.fail({
      evidence,
      severity: 'low',
      summary: c.say`The code was sent again, and the server repeated its answer.`,
    });
  }
  const apart = (second.request.exchange.time ?? Infinity) - (first.request.exchange.time ?? -Infinity);
  return c.fail({
    evidence,
    summary:
      apart < 2000
        ? c.say`The code was sent again ${apart} ms later: two listeners, or a framework that runs effects twice, are likely.`
        : c.say`The code was sent again after it had been redeemed or refused.`,
  });
}

/** Answers that leave the code as it was: the client has to come again with a nonce or other credentials. */
const UNSPENT: ReadonlySet<string> = new Set(['use_dpop_nonce', 'invalid_client', 'unauthorized_client']);

function effectOn({ answer }: Redemption): 'spent' | 'unspent' | 'unknown' {
  if (answer === null) return 'unknown';
  if (answer.error !== null) return UNSPENT.has(answer.error) ? 'unspent' : 'spent';
  if (answer.status >= 200 && answer.status < 300) return 'spent';
  return answer.status >= 500 ? 'unspent' : 'unknown';
}

const exchange = (answered = '', code?: string, before?: string): string => codeExchange({ code, before }) + answered;

export const examples: Examples = {
  violation: [
    { name: 'the second is refused', trace: exchange(TOKENS) + exchange(REFUSED), severity: 'medium' },
    {
      name: 'a minute later',
      trace: exchange(TOKENS, undefined, '# time +1') + exchange(REFUSED, undefined, '# time +61'),
      severity: 'medium',
    },
    { name: 'both are refused', trace: exchange(REFUSED) + exchange(REFUSED), severity: 'medium' },
    { name: 'the second answer was not seen', trace: exchange(TOKENS) + exchange(), severity: 'medium' },
    { name: 'both bring tokens', trace: exchange(TOKENS) + exchange(OTHER_TOKENS), severity: 'medium' },
    { name: 'the answer is repeated', trace: exchange(TOKENS) + exchange(TOKENS), severity: 'low' },
    {
      name: 'twice after a nonce was asked for',
      trace: exchange(answer(400, { error: 'use_dpop_nonce' })) + exchange(TOKENS) + exchange(REFUSED),
      severity: 'medium',
    },
  ],
  clean: [{ name: 'once', trace: exchange(TOKENS) }],
  lookAlike: [
    {
      name: 'again with the nonce that the server asked for',
      trace: exchange(answer(400, { error: 'use_dpop_nonce' })) + exchange(TOKENS),
      verdict: 'pass',
    },
    {
      name: 'again with the credentials in another place',
      trace: exchange(answer(401, { error: 'invalid_client' })) + exchange(TOKENS),
      verdict: 'pass',
    },
    {
      name: 'again after the server had failed',
      trace: exchange('\n503\n') + exchange(TOKENS),
      verdict: 'pass',
    },
    { name: 'two codes', trace: exchange(TOKENS) + exchange(OTHER_TOKENS, 'Tqmy5k3NpQwL0aXvB2cD'), verdict: 'pass' },
    {
      name: 'sent to the own backend and by it to the server',
      trace: exchange(TOKENS) + exchange(OTHER_TOKENS).replace('as.example/token', 'app.example/oauth/token'),
      verdict: 'pass',
    },
    {
      name: 'a preflight before it',
      trace: `OPTIONS https://as.example/token?code=SplxlOBeZQQYbYS6WxSbIA\n\n204\n${exchange(TOKENS)}`,
      verdict: 'pass',
    },
    {
      name: 'a refresh token sent twice',
      trace:
        'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=web1\n'.repeat(
          2,
        ),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the first answer was not seen', trace: exchange() + exchange(TOKENS), missing: ['token response'] },
    {
      name: 'why the first was refused was not seen',
      trace: exchange('\n400\nContent-Type: text/html\n\n<p>') + exchange(TOKENS),
      missing: ['token response'],
    },
    {
      name: 'a hidden body',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode',
      missing: ['request body'],
    },
  ],
};
