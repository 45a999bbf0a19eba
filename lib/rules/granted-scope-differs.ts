import { param, paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Param, TokenResponse } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, judgeRequest } from './support/client-request.ts';
import { ACCESS_TOKEN, CODE_CALLBACK, fragmentCallback, redeemed, refreshed } from './support/example-sign-in.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { worstOf } from './support/outcomes.ts';

export const rule: Rule = {
  id: 'granted-scope-differs',
  title: 'Other scopes granted than requested',
  subject: 'Granted scopes',
  group: 'D',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request', 'token response', 'response body'],
  references: [
    { spec: 'RFC 6749', section: '3.3', level: 'none' },
    { spec: 'RFC 6749', section: '5.1', level: 'none' },
  ],
  why: 'The client relies on rights that it does not have, or holds more than it asked for.',
  fix: 'Read `scope` of the token response, and offer only what was granted.',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (request) => {
      const asked = param(request, 'scope');
      if (request.truncated) return c.cannotTell('whole address');
      if (asked === null) return c.notApplicable;
      const answers = answersOf(flow);
      if (answers.length === 0) return c.cannotTell('token response');
      return worstOf(
        answers.map((answer) => judge(request, asked, answer, c)),
        c,
      );
    });
  },
};

/** Responses that grant something to this request; a refresh may ask for less. */
function answersOf(flow: Flow): readonly (AuthorizationResponse | TokenResponse)[] {
  const redemptions = messagesOf(flow, 'tokenRequest').filter((message) => paramValue(message, 'code') !== null);
  const ids = new Set(redemptions.map((message) => message.exchange.id));
  const grants = [
    ...messagesOf(flow, 'authorizationResponse').filter((message) => param(message, 'access_token') !== null),
    ...messagesOf(flow, 'tokenResponse').filter((message) => ids.has(message.exchange.id)),
  ];
  return grants.filter((message) => message.error === null);
}

function judge(
  request: ClientRequest,
  asked: Param,
  answer: AuthorizationResponse | TokenResponse,
  c: RuleContext,
): Outcome {
  const granted = param(answer, 'scope');
  if (answer.bodyHidden !== null) return c.cannotTell('response body');
  if (granted === null) return answer.truncated ? c.cannotTell('whole address') : c.pass;
  if (answer.truncated) return c.cannotTell('whole address');
  const before = scopesIn(asked.value);
  const after = scopesIn(granted.value);
  const cumulative = paramValue(request, 'include_granted_scopes') === 'true';
  const more = cumulative ? [] : after.filter((scope) => !before.some((other) => isPartOf(scope, other)));
  const evidence = [c.at(answer, granted), c.at(request, asked)] as const;
  if (more.length > 0) {
    return c.fail({
      evidence,
      severity: 'low',
      summary: c.say`The server granted ${c.plain(more.join(' '))}, which was not asked for.`,
    });
  }
  const less = before.filter((scope) => !after.some((other) => isPartOf(scope, other)));
  return less.length === 0
    ? c.pass
    : c.fail({ evidence, summary: c.say`The server did not grant ${c.plain(less.join(' '))}.` });
}

/** Scopes of OpenID Connect and those that stand for a set; servers list them or not. */
const UNLISTED = /^(openid|profile|email|address|phone|offline_access|offline|user_impersonation|\.default)$/;

/** By their last part: servers write addresses before the names, and one of them `userinfo.` as well. */
function scopesIn(value: string): readonly string[] {
  const names = wordsOf(value).map((scope) => scope.replace(/^.*\//, '').replace(/^userinfo\./, ''));
  return [...new Set(names)].filter((name) => !UNLISTED.test(name));
}

/** The same, or one of the rights that the other one is made of: `user` has `read:user` and `user:email`. */
function isPartOf(scope: string, other: string): boolean {
  return scope === other || scope.split(/[:._]/).includes(other);
}

const request = (scope: string, more = ''): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7${scope === '' ? '' : `&scope=${encodeURIComponent(scope)}`}${more}`;
const answer = (scope?: string): string =>
  redeemed({
    access_token: ACCESS_TOKEN,
    token_type: 'Bearer',
    refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
    ...(scope === undefined ? {} : { scope }),
  });
const signIn = (asked: string, granted?: string, more = ''): string =>
  `${request(asked, more)}\n\n${CODE_CALLBACK}\n${answer(granted)}`;

export const examples: Examples = {
  violation: [
    { name: 'more', trace: signIn('read', 'read write'), severity: 'low' },
    { name: 'less', trace: signIn('read write', 'read'), severity: 'info' },
    { name: 'more, separated by commas', trace: signIn('read', 'read,write'), severity: 'low' },
    {
      name: 'more, through the browser',
      trace: `${request('read').replace('type=code', 'type=token')}\n\n${fragmentCallback({ access_token: ACCESS_TOKEN, token_type: 'bearer', scope: 'read write' })}`,
      severity: 'low',
    },
    {
      name: 'less than asked for in addition',
      trace: signIn('calendar', 'drive', '&include_granted_scopes=true'),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'the same in another order', trace: signIn('read write', 'write read') },
    { name: 'no scope means the same', trace: signIn('read write') },
  ],
  lookAlike: [
    {
      name: 'the long name of a scope',
      trace: signIn('email', 'https://www.googleapis.com/auth/userinfo.email openid'),
      verdict: 'pass',
    },
    {
      name: 'the long name of a scope, no other',
      trace: signIn('mail.read', 'https://graph.example/Mail.Read'),
      verdict: 'pass',
    },
    {
      name: 'more from earlier grants',
      trace: signIn('calendar', 'calendar drive', '&include_granted_scopes=true'),
      verdict: 'pass',
    },
    { name: 'a scope that holds the other', trace: signIn('user user:email', 'user'), verdict: 'pass' },
    { name: 'scopes that servers do not list', trace: signIn('openid offline_access read', 'read'), verdict: 'pass' },
    {
      name: 'all that the application was given',
      trace: signIn('api://files/.default', 'api://files/.default'),
      verdict: 'pass',
    },
    { name: 'no scope asked for', trace: signIn('', 'read'), verdict: 'notApplicable' },
    {
      name: 'less by a refresh',
      trace:
        signIn('read write', 'read write') +
        refreshed({ access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer', scope: 'read' }),
      verdict: 'pass',
    },
    {
      name: 'an error that names a scope',
      trace: `${signIn('read').replace(/200.*/s, '')}403\nContent-Type: application/json\n\n{"error":"insufficient_scope","scope":"read write"}`,
      verdict: 'cannotTell',
    },
    {
      name: 'a broker that asks for other scopes',
      trace: `${UPSTREAM}&response_type=code&scope=email`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the token response was not seen', trace: request('read'), missing: ['token response'] },
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the request was cut before its scope',
      trace: `# truncated\n${signIn('', 'read')}`,
      missing: ['whole address'],
    },
    {
      name: 'the request was cut inside its scope',
      trace: `# truncated\n${signIn('re', 'read')}`,
      missing: ['whole address'],
    },
    {
      name: 'the body of the token response is hidden',
      trace: signIn('read', 'read write').replace('POST', '# hides response-body\nPOST'),
      missing: ['response body'],
    },
    {
      name: 'the token response was cut before its scope',
      trace: signIn('read').replace('POST', '# truncated\nPOST'),
      missing: ['whole address'],
    },
    {
      name: 'the token response was cut',
      trace: signIn('read', 'read w').replace('POST', '# truncated\nPOST'),
      missing: ['whole address'],
    },
  ],
};
