import { endpointOf } from '../http/endpoint.ts';
import { allParams, param, parseForm, queryOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { AuthorizationResponse, Endpoint, Param } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, clientRequest, isCopiedByHand } from './support/client-request.ts';
import { clientResponses, sdkOfFlow } from './support/client-responses.ts';
import { PUSHED_UNSEEN, redirected, VENDOR_POPUP } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'code-delivered-to-wrong-uri',
  title: 'Response sent to another address than asked for',
  subject: 'Address that the response was sent to',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 9700', section: '4.1.3', level: 'MUST' },
    { spec: 'RFC 6749', section: '3.1.2.3', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.6', level: 'none' },
  ],
  why: 'A server that compares redirect URIs loosely can be made to send a code to an attacker.',
  fix: 'Make the authorization server accept only a redirect URI that equals a registered one character by character.',
  parents: ['probe-redirect-uri-loose'],

  check(flow, c) {
    const request = clientRequest(flow);
    const responses = clientResponses(flow);
    if (responses.is === 'none') return c.notApplicable;
    if (request.is === 'none') return c.cannotTell('authorization request');
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const redirectUri = askedFor(request.message);
    const asked = endpointOf(redirectUri?.value ?? '');
    if (redirectUri === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    if (asked === null || sdkOfFlow(flow) !== null || isCopiedByHand(request.message)) return c.notApplicable;
    if (responses.is === 'unseen') return c.cannotTell('authorization response');
    // What the client does with a response that reached it is the client's own.
    const kept = responses.messages.find((message) => sameTarget(asked, message.endpoint));
    if (kept !== undefined) {
      const lost = lostQuery(redirectUri.value, kept);
      if (lost === undefined) return c.pass;
      if (kept.truncated) return c.cannotTell('whole address');
      return c.fail({
        evidence: [c.absent(kept, lost.name, 'query'), c.at(request.message, redirectUri)],
        severity: 'medium',
        summary: c.say`The query of the redirect_uri did not come back: ${c.plain(lost.name)} is missing.`,
      });
    }
    // Hops inside the server, and a broker's own callback, come before the response leaves it.
    const left = responses.messages.find((message) => message.endpoint.site !== request.message.endpoint.site);
    if (left === undefined) return c.cannotTell('authorization response');
    if (request.message.truncated) return c.cannotTell('whole address');
    return c.fail({
      evidence: [
        { message: left, where: 'url', name: 'url', value: left.endpoint.url },
        c.at(request.message, redirectUri),
      ],
      ...judge(asked, left, c),
    });
  },
};

/** What a signed object says replaces what stands beside it (RFC 9101 §6.3). */
function askedFor(message: ClientRequest): Param | null {
  const signed = allParams(message, 'redirect_uri').find(({ where, value }) => where === 'jwt' && value !== '');
  return signed ?? param(message, 'redirect_uri');
}

function judge(asked: Endpoint, left: AuthorizationResponse, c: RuleContext) {
  const summary = c.say`The response went to ${c.plain(left.endpoint.url)}, asked for was ${c.plain(asked.url)}.`;
  if (left.error !== null) return { severity: 'info' as const, summary };
  return { severity: sameOrigin(asked, left.endpoint) ? ('medium' as const) : ('high' as const), summary };
}

function sameTarget(asked: Endpoint, got: Endpoint): boolean {
  return sameOrigin(asked, got) && asked.path.replace(/\/$/, '') === got.path.replace(/\/$/, '');
}

/** The port of a loopback address is free (RFC 8252 §7.3); a browser may have gone to https by itself. */
function sameOrigin(asked: Endpoint, got: Endpoint): boolean {
  if (asked.origin === got.origin) return true;
  if (asked.loopback) return asked.host === got.host && asked.scheme === got.scheme;
  return asked.scheme === 'http' && got.scheme === 'https' && asked.host === got.host;
}

/** RFC 6749 §3.1.2: the query of the redirect URI is retained. */
function lostQuery(redirectUri: string, response: AuthorizationResponse): Param | undefined {
  return parseForm(queryOf(redirectUri), 'query').find(
    (asked) => !response.params.some((p) => p.where === 'query' && p.name === asked.name && p.value === asked.value),
  );
}

const request = (redirectUri: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=${redirectUri}&state=af0ifjsldkjQ2w7`;
const ASKED = request('https%3A%2F%2Fapp.example%2Fcb');
const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'another site', trace: redirected(ASKED, `https://app.example.evil.example/cb?${CODE}`), severity: 'high' },
    { name: 'another path', trace: redirected(ASKED, `https://app.example/other?${CODE}`), severity: 'medium' },
    { name: 'another port', trace: redirected(ASKED, `https://app.example:8443/cb?${CODE}`), severity: 'high' },
    { name: 'http in place of https', trace: redirected(ASKED, `http://app.example/cb?${CODE}`), severity: 'high' },
    {
      name: 'an error at another address',
      trace: redirected(ASKED, 'https://app.example/registered?error=redirect_uri_mismatch&state=af0ifjsldkjQ2w7'),
      severity: 'info',
    },
    {
      name: 'the query of the redirect_uri was dropped',
      trace: redirected(request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue'), `https://app.example/cb?${CODE}`),
      severity: 'medium',
    },
    {
      name: 'the query of the redirect_uri was changed',
      trace: redirected(
        request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue'),
        `https://app.example/cb?tenant=red&${CODE}`,
      ),
      severity: 'medium',
    },
    {
      name: 'the query of the redirect_uri came back under another name',
      trace: redirected(
        request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue'),
        `https://app.example/cb?colour=blue&${CODE}`,
      ),
      severity: 'medium',
    },
    {
      name: 'the query of the redirect_uri moved to the fragment',
      trace: redirected(
        request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue'),
        `https://app.example/cb#tenant=blue&${CODE}`,
      ),
      severity: 'medium',
    },
    {
      name: 'another port of http',
      trace: redirected(request('http%3A%2F%2Fapp.example%2Fcb'), `http://app.example:8080/cb?${CODE}`),
      severity: 'high',
    },
    {
      name: 'another host of the loopback kind',
      trace: redirected(request('http%3A%2F%2F127.0.0.1%2Fcb'), `http://localhost:51004/cb?${CODE}`),
      severity: 'medium',
    },
    {
      name: 'another host, by https',
      trace: redirected(request('http%3A%2F%2Fapp.example%2Fcb'), `https://other.example/cb?${CODE}`),
      severity: 'high',
    },
    {
      name: 'another scheme on the loopback address',
      trace: redirected(request('http%3A%2F%2F127.0.0.1%2Fcb'), `https://127.0.0.1:51004/cb?${CODE}`),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'the very address', trace: redirected(ASKED, `https://app.example/cb?${CODE}`) },
    {
      name: 'with the query of the redirect_uri',
      trace: redirected(
        request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue'),
        `https://app.example/cb?tenant=blue&${CODE}`,
      ),
    },
    {
      name: 'host in capitals, default port',
      trace: redirected(request('https%3A%2F%2FAPP.example%3A443%2Fcb'), `https://app.example/cb?${CODE}`),
    },
    {
      name: 'a native application',
      trace: redirected(request('com.example.app%3A%2Fcb'), `com.example.app:/cb?${CODE}`),
    },
  ],
  lookAlike: [
    {
      name: 'another port of the loopback address',
      trace: redirected(request('http%3A%2F%2F127.0.0.1%2Fcb'), `http://127.0.0.1:51004/cb?${CODE}`),
      verdict: 'pass',
    },
    {
      name: 'a signed request names the address, and another stands beside it',
      trace: redirected(
        `${request('https%3A%2F%2Fapp.example%2Fother')}&request=eyJhbGciOiJFUzI1NiJ9.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2FwcC5leGFtcGxlL2NiIn0.c2ln`,
        `https://app.example/cb?${CODE}`,
      ),
      verdict: 'pass',
    },
    { name: 'a slash at the end', trace: redirected(ASKED, `https://app.example/cb/?${CODE}`), verdict: 'pass' },
    {
      name: 'the browser goes to https by itself',
      trace: redirected(request('http%3A%2F%2Fapp.example%2Fcb'), `https://app.example/cb?${CODE}`),
      verdict: 'pass',
    },
    {
      name: 'the client forwards what it got',
      trace: `${redirected(ASKED, `https://app.example/cb?${CODE}`)}\n\nGET https://app.example/en/cb?${CODE}`,
      verdict: 'pass',
    },
    {
      name: 'no redirect_uri was asked for',
      trace: redirected(request(''), `https://app.example/cb?${CODE}`),
      verdict: 'notApplicable',
    },
    {
      name: "a vendor's relay",
      trace: `${VENDOR_POPUP}&response_type=code&state=af0ifjsldkjQ2w7\n\nGET https://app.example/cb?${CODE}`,
      verdict: 'notApplicable',
    },
    {
      name: 'the code is shown to the person',
      trace: redirected(request('urn:ietf:wg:oauth:2.0:oob'), `https://app.example/cb?${CODE}`),
      verdict: 'notApplicable',
    },
    {
      name: 'a grant without an authorization request',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'a relay that is no address',
      trace: `${request('relay')}\n\nGET https://app.example/cb?${CODE}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the request was not seen',
      trace: `GET https://app.example/cb?${CODE}`,
      missing: ['authorization request'],
    },
    { name: 'the response was not seen', trace: ASKED, missing: ['authorization response'] },
    {
      name: 'only a hop inside the server was seen',
      trace: redirected(ASKED, `https://login.as.example/callback?${CODE}`),
      missing: ['authorization response'],
    },
    { name: 'the redirect_uri was pushed out of sight', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the request was cut before its redirect_uri',
      trace: '# truncated\nGET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7',
      missing: ['whole address'],
    },
    {
      name: 'the request was cut inside its redirect_uri',
      trace: `
        # truncated
        GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7&redirect_uri=https%3A%2F%2Fapp.ex

        GET https://app.example/cb?${CODE}
      `,
      missing: ['whole address'],
    },
    {
      name: 'the response was cut',
      trace: `${request('https%3A%2F%2Fapp.example%2Fcb%3Ftenant%3Dblue')}\n\n# truncated\nGET https://app.example/cb?${CODE}`,
      missing: ['whole address'],
    },
  ],
};
