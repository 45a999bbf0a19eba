import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenResponse } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, RuleContext, Trace } from '../model/rule.ts';
import { stored } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  metadata,
  openIdRequest,
  REFRESH_TOKEN,
  redeemed,
} from './support/example-sign-in.ts';
import { isAfter, logoutNavigations } from './support/moments.ts';
import { tokensInSnapshots } from './support/stored-tokens.ts';

const WITHIN_MS = 10_000;

export const rule: Rule = {
  id: 'token-not-revoked-on-logout',
  title: 'Signing out leaves the refresh token valid at the server',
  subject: 'Revocation when signing out',
  group: 'G',
  severity: 'low',
  confidence: 'firm',
  needs: ['token response', 'server metadata', 'client type'],
  references: [
    { spec: 'RFC 7009', section: '1', level: 'none' },
    { spec: 'OIDC RP-Initiated Logout', section: '2', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'none' },
  ],
  why: 'A copy of the refresh token goes on giving access after the person has signed out.',
  fix: 'Send the refresh token to the revocation endpoint, and end the session at the server.',
  parents: ['tokens-survive-logout'],

  check(flow, c) {
    const held = flow.messages.findLast(
      (message): message is TokenResponse => message.kind === 'tokenResponse' && isHeld(message),
    );
    if (flow.clientType.is === 'confidential') return c.notApplicable;
    if (held === undefined) return mayHaveHeld(flow, c) ? c.cannotTell('response body') : c.notApplicable;
    const logout = c
      .once(logoutNavigations)
      .find((exchange) => isAfter(exchange, held.exchange) && isOfClient(exchange, flow));
    if (logout === undefined) return c.notApplicable;
    if (isRevoked(c, logout)) return c.pass;
    // Who holds it could be a server, which revokes where nobody sees it.
    if (flow.clientType.is === 'unknown') return c.cannotTell('client type');
    if (flow.metadata === null) return c.cannotTell('server metadata');
    const offered = ['revocation_endpoint', 'end_session_endpoint'].filter((name) => name in (flow.metadata ?? {}));
    if (offered.length === 0) return c.notApplicable;
    const token = param(held, 'refresh_token');
    if (token === null) return c.notApplicable;
    const survives = c
      .once(tokensInSnapshots)
      .some(({ stored: { snapshot, value } }) => value === token.value && isAfter(snapshot, logout));
    return c.fail({
      evidence: [c.at(held, token)],
      severity: survives ? 'medium' : 'low',
      summary: c.say`Signing out at ${c.plain(endpointOf(logout.request.url)?.host ?? '')} did not call ${c.plain(offered.join(' or '))}.`,
    });
  },
};

const isHeld = (answer: TokenResponse): boolean => (paramValue(answer, 'refresh_token') ?? '') !== '';

/** An answer that nobody could read may have given a refresh token that a sign-out then left alone. */
function mayHaveHeld(flow: Flow, c: RuleContext): boolean {
  const answer = messagesOf(flow, 'tokenResponse').find(
    ({ bodyHidden, status }) => bodyHidden !== null && status < 300,
  );
  const logout =
    answer === undefined
      ? undefined
      : c.once(logoutNavigations).find((exchange) => isAfter(exchange, answer.exchange) && isOfClient(exchange, flow));
  return logout !== undefined && !isRevoked(c, logout);
}

function isOfClient({ request }: Exchange, { messages }: Flow): boolean {
  const site = endpointOf(request.url)?.site;
  return messages.some(({ kind, endpoint }) => kind === 'authorizationResponse' && endpoint.site === site);
}

/** Revoked, or the session ended at the server, some seconds before or after. */
function isRevoked({ flows }: Trace, logout: Exchange): boolean {
  return flows.some(({ messages }) =>
    messages.some(({ kind, exchange }) => {
      if (kind !== 'revocationRequest' && kind !== 'logoutRequest') return false;
      if (exchange.time === null || logout.time === null) return true;
      return Math.abs(exchange.time - logout.time) <= WITHIN_MS;
    }),
  );
}

const TOKENS = { access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: REFRESH_TOKEN };
const OFFERS = { revocation_endpoint: 'https://as.example/revoke' };
const signIn = (
  tokens: Readonly<Record<string, unknown>> = TOKENS,
  offers: Readonly<Record<string, unknown>> | null = OFFERS,
  sender = '# initiator https://app.example\n',
): string =>
  `${offers === null ? '' : metadata(offers)}\n${openIdRequest()}\n\n${CODE_CALLBACK}\n\n${sender}${redeemed(tokens).trim()}\n\n`;
const OUT = '\n\n# time +600\n# resource document\nGET https://app.example/logout\n\n';
const REVOKE = `\n\n# time +601\n# initiator https://app.example\nPOST https://as.example/revoke\nContent-Type: application/x-www-form-urlencoded\n\ntoken=${REFRESH_TOKEN}&token_type_hint=refresh_token&client_id=web1\n\n200\n\n`;
const END =
  '\n\n# time +601\n# resource document\nGET https://as.example/session/end?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2F\n\n';

export const examples: Examples = {
  violation: [
    { name: 'nothing was called', trace: signIn() + OUT, severity: 'low' },
    {
      name: 'and the token stays in storage',
      trace: `${signIn()}${OUT}# time +610${stored({ r: REFRESH_TOKEN }).replace(/^\n\n/, '\n')}`,
      severity: 'medium',
    },
    {
      name: 'the session could be ended',
      trace: signIn(TOKENS, { end_session_endpoint: 'https://as.example/session/end' }) + OUT,
      severity: 'low',
    },
    { name: 'it was revoked another time', trace: signIn() + OUT + REVOKE.replace('+601', '+900'), severity: 'low' },
  ],
  clean: [
    { name: 'revoked', trace: signIn() + OUT + REVOKE },
    { name: 'the session ended', trace: signIn() + OUT + END },
  ],
  lookAlike: [
    { name: 'nobody signed out', trace: signIn(), verdict: 'notApplicable' },
    {
      name: 'no refresh token',
      trace: signIn({ access_token: ACCESS_TOKEN, token_type: 'Bearer' }) + OUT,
      verdict: 'notApplicable',
    },
    { name: 'a server that offers neither', trace: signIn(TOKENS, {}) + OUT, verdict: 'notApplicable' },
    {
      name: 'of a server, which nobody sees',
      trace: signIn() + OUT,
      clientType: 'confidential',
      verdict: 'notApplicable',
    },
    {
      name: 'another application',
      trace: signIn() + OUT.replace('app.example', 'other.example.com'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'whether a refresh token was given',
      trace: signIn(TOKENS, OFFERS, '# hides response-body\n') + OUT,
      missing: ['response body'],
    },
    { name: 'what the server offers', trace: signIn(TOKENS, null) + OUT, missing: ['server metadata'] },
    {
      name: 'whose it is',
      trace: signIn(TOKENS, OFFERS, '') + OUT.replace('# resource document\n', ''),
      missing: ['client type'],
    },
  ],
};
