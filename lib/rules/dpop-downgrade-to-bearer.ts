import { endpointOf } from '../http/endpoint.ts';
import { dpopProofs, header } from '../http/headers.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { OAuthMessage, TokenRequest } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Evidence, Outcome, Rule, RuleContext } from '../model/rule.ts';
import { presentedToken } from './support/client-responses.ts';
import { answerOf, answerWords, boundKey, severityOf, worstOfEachHost } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  DENIED,
  exampleProof,
  GRANTED,
  PROOF_THUMBPRINT,
  signInThen,
  TOKENS,
  tokenRequest,
} from './support/example-proofs.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-downgrade-to-bearer',
  title: 'DPoP-bound token used without its proof',
  subject: 'Use of DPoP-bound tokens',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['token response', 'response body', 'request headers'],
  references: [
    { spec: 'RFC 9449', section: '5', level: 'none' },
    { spec: 'RFC 9449', section: '7.1', level: 'MUST' },
    { spec: 'RFC 9449', section: '7.2', level: 'none' },
  ],
  why: 'Whoever steals the token can use it without the key that it is bound to.',
  fix: 'Send the token by `Authorization: DPoP` with a proof, and let the API refuse bound tokens that come otherwise.',
  parents: [],

  check(flow, c) {
    const outcomes = flow.messages.map((message): Outcome => {
      if (message.kind === 'tokenRequest') return judgeIssue(flow, c, message);
      return message.kind === 'resourceRequest' || message.kind === 'userinfoRequest'
        ? judgeUse(flow, c, message)
        : c.notApplicable;
    });
    return worstOfEachHost(outcomes, c);
  },
};

/** The server that got a proof with the token request should bind the token (RFC 9449 §5). */
function judgeIssue(flow: Flow, c: RuleContext, message: TokenRequest): Outcome {
  if (dpopProofs(message.exchange.request.headers).length === 0) return c.notApplicable;
  if (answerOf(flow, message) === 'refused') return c.notApplicable;
  const answer = messagesOf(flow, 'tokenResponse').find((response) => response.exchange.id === message.exchange.id);
  if (answer === undefined) return c.cannotTell('token response');
  if (answer.bodyHidden !== null || answer.truncated) return c.cannotTell('response body');
  const type = param(answer, 'token_type');
  if (type?.value.toLowerCase() === 'dpop') return c.pass;
  if (type?.value.toLowerCase() !== 'bearer') return c.notApplicable;
  if (boundKey(paramValue(answer, 'access_token') ?? '') !== null) return c.notApplicable;
  return c.fail({
    evidence: [c.at(answer, type)],
    severity: 'info',
    part: 'issued',
    summary: c.say`The token request came with a proof, but ${c.plain(message.endpoint.host)} issued a token that is not bound to it.`,
  });
}

function judgeUse(flow: Flow, c: RuleContext, message: OAuthMessage): Outcome {
  const { headers } = message.exchange.request;
  const token = presentedToken(message) ?? '';
  const authorization = header(headers, 'authorization');
  const byDpop = /^dpop /i.test(authorization ?? '');
  if (byDpop && dpopProofs(headers).length > 0) return c.pass;
  if (!byDpop && !isBound(flow, token)) return c.notApplicable;
  const said = byDpop
    ? c.say`The request shows a token by the scheme DPoP without a proof.`
    : c.say`The request shows a token that is bound to a key like any bearer token.`;
  // An API that does not know DPoP ignores the binding, which RFC 9449 §7.2 foresees.
  const checks = byDpop || message.kind === 'userinfoRequest' || c.once(dpopOrigins).has(message.endpoint.origin);
  return c.fail({
    evidence: [evidenceOf(c, message, authorization)],
    severity: checks ? severityOf(flow, message) : 'medium',
    summary: c.say`${said} ${answerWords(flow, message, c)}`,
  });
}

function evidenceOf(c: RuleContext, message: OAuthMessage, authorization: string | null): Evidence {
  const token = param(message, 'access_token');
  if (authorization === null && token !== null) return c.at(message, token);
  return { message, where: 'header', name: 'Authorization', value: authorization ?? '' };
}

function isBound(flow: Flow, token: string): boolean {
  if (boundKey(token) !== null) return true;
  return messagesOf(flow, 'tokenResponse').some(
    (answer) =>
      paramValue(answer, 'access_token') === token && paramValue(answer, 'token_type')?.toLowerCase() === 'dpop',
  );
}

/** Servers that were seen to take the scheme DPoP. */
function dpopOrigins({ exchanges }: { readonly exchanges: readonly Exchange[] }): ReadonlySet<string> {
  const origins = new Set<string>();
  for (const { request, outcome } of exchanges) {
    const accepted = outcome.is === 'response' && outcome.response.status >= 200 && outcome.response.status < 300;
    if (accepted && /^dpop /i.test(header(request.headers, 'authorization') ?? '')) {
      origins.add(endpointOf(request.url)?.origin ?? '');
    }
  }
  return origins;
}

const BOUND = exampleJwt({ ...ACCESS_CLAIMS, cnf: { jkt: PROOF_THUMBPRINT } }, { alg: 'ES256', typ: 'at+jwt' });
const MTLS = exampleJwt({ ...ACCESS_CLAIMS, cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } });
const granted = (access_token: string, token_type: string) => ({ status: 200, members: { access_token, token_type } });
const BY_DPOP = apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof(API_PROOF)}`]);
const BY_BEARER = [`Authorization: Bearer ${ACCESS_TOKEN}`];

export const examples: Examples = {
  violation: [
    {
      name: 'an API that takes DPoP takes the token without',
      trace: signInThen(BY_DPOP + apiRequest(BY_BEARER)),
      severity: 'high',
    },
    { name: 'an API that may not know DPoP', trace: signInThen(apiRequest(BY_BEARER)), severity: 'medium' },
    {
      name: 'an API that refuses the scheme DPoP, too',
      trace: signInThen(BY_DPOP.replace('200', '401') + apiRequest(BY_BEARER)),
      severity: 'medium',
    },
    {
      name: 'another API takes DPoP',
      trace: signInThen(BY_DPOP + apiRequest(BY_BEARER, { status: 200 }, 'https://as.example/me')),
      severity: 'medium',
    },
    {
      name: 'the server that issued it takes it',
      trace: signInThen(apiRequest(BY_BEARER, { status: 200 }, 'https://as.example/userinfo')),
      severity: 'high',
    },
    {
      name: 'refused',
      trace: signInThen(apiRequest(BY_BEARER, { status: 401 }, 'https://as.example/userinfo')),
      severity: 'medium',
    },
    {
      name: 'the token itself says that it is bound',
      trace: signInThen(apiRequest([`Authorization: Bearer ${BOUND}`]), granted(BOUND, 'Bearer')),
      severity: 'medium',
    },
    {
      name: 'the scheme DPoP without a proof',
      trace: signInThen(apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`])),
      severity: 'high',
    },
    {
      name: 'in the address',
      trace: signInThen(apiRequest([], { status: 200 }, `https://api.example/me?access_token=${ACCESS_TOKEN}`)),
      severity: 'medium',
    },
    {
      name: 'the server binds nothing although a proof came',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], granted(ACCESS_TOKEN, 'Bearer')),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'with its proof', trace: signInThen(BY_DPOP) },
    { name: 'the server binds the token', trace: tokenRequest([`DPoP: ${exampleProof()}`]) },
  ],
  lookAlike: [
    {
      name: 'a bearer token used as such',
      trace: tokenRequest([], granted(ACCESS_TOKEN, 'Bearer')) + apiRequest(BY_BEARER),
      verdict: 'notApplicable',
    },
    {
      name: 'a token that is bound to a certificate',
      trace: tokenRequest([], granted(MTLS, 'Bearer')) + apiRequest([`Authorization: Bearer ${MTLS}`]),
      verdict: 'notApplicable',
    },
    {
      name: 'a bound token under the other name',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], granted(BOUND, 'Bearer')),
      verdict: 'notApplicable',
    },
    {
      name: 'a kind of token that is neither',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], granted(ACCESS_TOKEN, 'N_A')),
      verdict: 'notApplicable',
    },
    {
      name: 'the token request was refused',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], {
        ...DENIED,
        members: { ...DENIED.members, token_type: 'Bearer' },
      }),
      verdict: 'notApplicable',
    },
    {
      name: 'another token of the sign-in is bound',
      trace: signInThen(
        `${tokenRequest([], granted('Zz9yX8wV7uT6sR5qP4oN3m', 'Bearer'))}${apiRequest(['Authorization: Bearer Zz9yX8wV7uT6sR5qP4oN3m'])}`,
      ),
    },
  ],
  cannotTell: [
    {
      name: 'the body of the token response is hidden',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], GRANTED, '# hides response-body'),
      missing: ['response body'],
    },
    {
      name: 'the token response was cut',
      trace: tokenRequest(
        [`DPoP: ${exampleProof()}`],
        { status: 200, members: { ...TOKENS, token_type: 'Bearer' } },
        '# truncated',
      ),
      missing: ['response body'],
    },
    {
      name: 'the token response was not seen',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], null),
      missing: ['token response'],
    },
  ],
};
