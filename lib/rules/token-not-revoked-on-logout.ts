import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { MessageOf, TokenResponse } from '../model/message.ts';
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
  needs: ['token response', 'response body', 'request body', 'server metadata', 'client type'],
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
    const endings = endingsAt(c, logout).map((ending) => ({ ending, own: isByClient(ending, flow, c) }));
    if (endings.some(({ own }) => own === true)) return c.pass;
    const unclear = endings.find(({ own }) => own === null)?.ending;
    if (unclear !== undefined) return c.cannotTell(unclear.bodyHidden === null ? 'token response' : 'request body');
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
  return logout !== undefined && !endingsAt(c, logout).some((ending) => isByClient(ending, flow, c) === true);
}

function isOfClient({ request }: Exchange, { messages }: Flow): boolean {
  const site = endpointOf(request.url)?.site;
  return messages.some(({ kind, endpoint }) => kind === 'authorizationResponse' && endpoint.site === site);
}

type Ending = MessageOf<'revocationRequest' | 'logoutRequest'>;

/** Requests that revoke a token or end the session at the server, some seconds before or after. */
function endingsAt({ flows }: Trace, logout: Exchange): readonly Ending[] {
  return flows
    .flatMap(({ messages }) => messages)
    .filter((message): message is Ending => {
      if (message.kind !== 'revocationRequest' && message.kind !== 'logoutRequest') return false;
      const { time } = message.exchange;
      return time === null || logout.time === null || Math.abs(time - logout.time) <= WITHIN_MS;
    });
}

/** Whether it is of the client of this flow: by the name or the token in it. `null` where it tells neither. */
function isByClient(message: Ending, flow: Flow, { flows }: Trace): boolean | null {
  const clientId = paramValue(message, 'client_id');
  if (clientId !== null && flow.clientId !== null) return clientId === flow.clientId;
  const token = paramValue(message, 'token') ?? paramValue(message, 'id_token_hint');
  const holder = token === null ? undefined : flows.find((other) => wasGiven(other, token));
  if (holder !== undefined) return holder.clientId === flow.clientId;
  const servers = flow.messages.filter(({ kind }) => kind === 'authorizationRequest' || kind === 'tokenRequest');
  if (servers.every(({ endpoint }) => endpoint.site !== message.endpoint.site)) return false;
  // The session at the server is that of the person, whichever client ends it without a name.
  return message.kind === 'logoutRequest' ? true : null;
}

const wasGiven = ({ messages }: Flow, token: string): boolean =>
  messages.some(
    ({ kind, params }) =>
      (kind === 'tokenResponse' || kind === 'authorizationResponse') && params.some(({ value }) => value === token),
  );

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

const byOther = (trace: string): string => trace.replaceAll('client_id=web1', 'client_id=shop7');
const OTHER_REFRESH = 'Zk9vT1mXc0aJr5yW2bN7uGd4sLhEfPiK';
/** A revocation in which no client is named. */
const unnamed = (token: string): string => REVOKE.replace(REFRESH_TOKEN, token).replace('&client_id=web1', '');
const OTHER_SIGN_IN = byOther(redeemed({ ...TOKENS, refresh_token: OTHER_REFRESH })).replaceAll('SplxlO', 'Yd7pOB');

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
    { name: 'another client revoked its own', trace: signIn() + OUT + byOther(REVOKE), severity: 'low' },
    { name: 'another client ended its own session', trace: signIn() + OUT + byOther(END), severity: 'low' },
    {
      name: 'a token of another client was revoked',
      trace: `${signIn()}${OTHER_SIGN_IN}${OUT}${unnamed(OTHER_REFRESH)}`,
      severity: 'low',
    },
    {
      name: 'a token was revoked at another server',
      trace: signIn() + OUT + unnamed(OTHER_REFRESH).replace('as.example', 'login.example.org'),
      severity: 'low',
    },
    { name: 'it was revoked another time', trace: signIn() + OUT + REVOKE.replace('+601', '+900'), severity: 'low' },
  ],
  clean: [
    { name: 'revoked', trace: signIn() + OUT + REVOKE },
    { name: 'the session ended', trace: signIn() + OUT + END },
    { name: 'by a client that proves itself elsewhere', trace: signIn() + OUT + unnamed(REFRESH_TOKEN) },
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
    { name: 'whose token was revoked', trace: signIn() + OUT + unnamed(OTHER_REFRESH), missing: ['token response'] },
    {
      name: 'what was revoked',
      trace: signIn() + OUT + REVOKE.replace('POST ', '# hides request-body\nPOST '),
      missing: ['request body'],
    },
    { name: 'what the server offers', trace: signIn(TOKENS, null) + OUT, missing: ['server metadata'] },
    {
      name: 'whose it is',
      trace: signIn(TOKENS, OFFERS, '') + OUT.replace('# resource document\n', ''),
      missing: ['client type'],
    },
  ],
};
