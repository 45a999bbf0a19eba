import { param } from '../http/params.ts';
import { readRequest } from '../http/request.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Exchange } from '../model/observation.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { isBoundByS256 } from './support/bound-code.ts';
import { ACCESS_TOKEN, CODE_CALLBACK, fragmentCallback, openIdRequest } from './support/example-sign-in.ts';
import { knownTokens } from './support/known-tokens.ts';
import { nestedValues, networkTarget, requestsByValue } from './support/other-requests.ts';
import { isRelated } from './support/related-sites.ts';
import { noneSeen } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'token-in-analytics-url',
  title: 'Address of the callback reported to another site',
  subject: 'Addresses that pages report',
  group: 'E',
  severity: 'high',
  confidence: 'certain',
  needs: ['page', 'request body'],
  references: [
    { spec: 'RFC 6749', section: '3.1.2.5', level: 'SHOULD NOT' },
    { spec: 'RFC 9700', section: '4.2.1', level: 'none' },
  ],
  asvs: ['14.2.1'],
  why: 'Who measures the page gets the code or token that stands in its address, and keeps it.',
  fix: 'Load no analytics on the callback page, or take query and fragment off the address before it is reported.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const [first, ...rest] = secretsInAddresses(trace, c).flatMap((secret) => reported(secret, c) ?? []);
    return first === undefined ? noneSeen(trace, c, () => false) : c.fail(first, ...rest);
  },
};

interface Secret {
  readonly is: string;
  readonly value: string;
  readonly flow: Flow;
}

/** Codes and tokens that came to a page in its address. */
function secretsInAddresses({ flows }: Trace, c: RuleContext): readonly Secret[] {
  const codes = flows.flatMap((flow) =>
    flow.messages.flatMap((message): Secret[] => {
      const code = message.kind === 'authorizationResponse' ? param(message, 'code') : null;
      return code === null || code.value.length < MIN_LENGTH ? [] : [{ is: 'code', value: code.value, flow }];
    }),
  );
  return [...codes, ...c.once(knownTokens).values()];
}

const MIN_LENGTH = 16;

function reported({ is, value, flow }: Secret, c: RuleContext): Fail | null {
  for (const exchange of c.once(requestsByValue).get(value) ?? []) {
    const target = networkTarget(exchange);
    const place = target === null || isRelated(target, value, flow) ? null : addressAround(exchange, value);
    if (target === null || place === null) continue;
    return {
      evidence: [c.inRequest(exchange, place.where, place.name, value, c.say`to ${c.plain(target.host)}`)],
      severity: is === 'code' && isBoundByS256(flow) ? 'medium' : 'high',
      flow,
      part: target.host,
      summary: c.say`The page tells ${c.plain(target.host)} its address, with the ${c.plain(is)} in it.`,
    };
  }
  return null;
}

/** The parameter that holds an address with the value in it. */
function addressAround(
  { request }: Exchange,
  value: string,
): { readonly where: 'query' | 'body'; readonly name: string } | null {
  const { query, body } = readRequest(request);
  const params = [...query, ...body];
  const found = params.find((other) => other.value !== value && nestedValues(other.value).includes(value));
  return found === undefined ? null : { where: found.where === 'body' ? 'body' : 'query', name: found.name };
}

const BOUND = openIdRequest(
  'nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256',
);
const PAGE = 'https%3A%2F%2Fapp.example%2Fcb%3Fcode%3DSplxlOBeZQQYbYS6WxSbIA%26state%3Daf0ifjsldkjQ2w7';
const hit = (page: string, host = 'https://www.google-analytics.com'): string =>
  `\n\n# resource ping\nPOST ${host}/g/collect?v=2&dl=${page}\n\n`;
const TOKEN = `${openIdRequest('nonce=n-0S6_WzA2Mj', 'token')}\n\n${fragmentCallback({ access_token: ACCESS_TOKEN, token_type: 'bearer' })}`;

export const examples: Examples = {
  violation: [
    { name: 'a code', trace: `${openIdRequest()}\n\n${CODE_CALLBACK}${hit(PAGE)}`, severity: 'high' },
    { name: 'a code bound by PKCE', trace: `${BOUND}\n\n${CODE_CALLBACK}${hit(PAGE)}`, severity: 'medium' },
    {
      name: 'a token in the fragment',
      trace: `${TOKEN}${hit(`https%3A%2F%2Fapp.example%2Fcb%23access_token%3D${ACCESS_TOKEN}%26token_type%3Dbearer`)}`,
      severity: 'high',
    },
    {
      name: 'in a body',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n\n# resource xhr\nPOST https://api.segment.io/v1/p\nContent-Type: application/json\n\n{"url":"https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA"}`,
      severity: 'high',
    },
  ],
  clean: [
    {
      name: 'an address without them',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}${hit('https%3A%2F%2Fapp.example%2F')}`,
    },
  ],
  lookAlike: [
    {
      name: 'a code for a discount',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}${hit('https%3A%2F%2Fapp.example%2F%3Fcode%3DSAVE20')}`,
      verdict: 'pass',
    },
    {
      name: "the client's own server",
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}${hit(PAGE, 'https://stats.app.example')}`,
      verdict: 'pass',
    },
    {
      name: 'a code that is sent by itself is another finding',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n\n# resource ping\nGET https://stats.example/p.gif?code=SplxlOBeZQQYbYS6WxSbIA`,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
