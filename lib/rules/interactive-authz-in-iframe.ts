import { header } from '../http/headers.ts';
import { param, paramValue, wordsOf } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { initiatingPage } from './support/initiating-page.ts';
import { lastHop } from './support/redirect-chain.ts';

export const rule: Rule = {
  id: 'interactive-authz-in-iframe',
  title: 'Sign-in page inside a frame',
  subject: 'Frame around the sign-in page',
  group: 'A',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '4.16', level: 'none' },
    { spec: 'RFC 6749', section: '10.13', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.3.3', level: 'none' },
  ],
  why: 'The visitor sees no address, so any page can imitate the sign-in or lay something over it.',
  fix: 'Sign in with a redirect of the whole page or in a popup, and keep frames for `prompt=none`.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null || message.sdk !== null || isPartOfProtocol(message)) return c.notApplicable;
    const { resource } = message.exchange;
    if (resource === null) return c.cannotTell('page');
    if (resource !== 'frame' || isSilent(message)) return c.pass;
    if (initiatingPage(message.exchange)?.site === message.endpoint.site) return c.pass;
    if (message.opaque !== null) return c.cannotTell('request object');
    const last = lastHop(message.exchange, c);
    const evidence = [{ message, where: 'url', name: 'frame', value: message.endpoint.url }] as const;
    if (messagesOf(flow, 'authorizationResponse').some((response) => response.exchange.id === last.id)) {
      return c.fail({
        evidence,
        severity: 'low',
        summary: c.say`The visitor was signed in and saw nothing this time; send \`prompt=none\` so that it stays that way.`,
      });
    }
    if (last.outcome.is !== 'response' || locationOf(last) !== null) return c.cannotTell('page');
    const { status, headers } = last.outcome.response;
    if (!headers.seen) return c.cannotTell('response headers');
    if (status !== 200 || !/html/i.test(header(headers, 'content-type') ?? '')) return c.pass;
    return c.fail({
      evidence,
      summary: c.say`A frame shows the page that ${c.plain(message.endpoint.host)} answers with.`,
    });
  },
};

/** The launch of a learning tool happens in a frame by its specification (LTI 1.3). */
function isPartOfProtocol(message: AuthorizationRequest): boolean {
  return param(message, 'lti_message_hint') !== null;
}

/** Asks for an answer without a page. */
function isSilent(message: AuthorizationRequest): boolean {
  const mode = paramValue(message, 'response_mode');
  return (
    wordsOf(paramValue(message, 'prompt')).includes('none') ||
    mode === 'web_message' ||
    mode === 'okta_post_message' ||
    param(message, 'sso_reload') !== null
  );
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const FRAMED = `# resource frame\n# initiator https://app.example\n${REQUEST}`;
const PAGE = '200\nContent-Type: text/html; charset=utf-8';
const LOGIN = 'https://as.example/login?transaction=7f3a';

export const examples: Examples = {
  violation: [
    { name: 'a page', trace: `${FRAMED}\n\n${PAGE}`, severity: 'medium' },
    {
      name: 'a page after a redirect',
      trace: `${FRAMED}\n\n302\nLocation: ${LOGIN}\n\n# resource frame\nGET ${LOGIN}\n\n${PAGE}`,
      severity: 'medium',
    },
    {
      name: 'signed in already',
      trace: `${FRAMED}\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n# resource frame\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n${PAGE}`,
      severity: 'low',
    },
    {
      name: 'signed in already, the callback itself was not seen',
      trace: `${FRAMED}\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'low',
    },
  ],
  clean: [
    { name: 'the whole page', trace: `# resource document\n${REQUEST}\n\n${PAGE}` },
    { name: 'asks for no page', trace: `# resource frame\n${REQUEST}&prompt=none\n\n${PAGE}` },
  ],
  lookAlike: [
    {
      name: 'an answer by message',
      trace: `# resource frame\n${REQUEST}&response_mode=web_message\n\n${PAGE}`,
      verdict: 'pass',
    },
    {
      name: 'an answer by message under another name',
      trace: `# resource frame\n${REQUEST}&response_mode=okta_post_message\n\n${PAGE}`,
      verdict: 'pass',
    },
    {
      name: "the server's own hidden frame",
      trace: `# resource frame\n${REQUEST}&sso_reload=true\n\n${PAGE}`,
      verdict: 'pass',
    },
    {
      name: 'a page of the same site',
      trace: `# resource frame\n# initiator https://portal.as.example\n${REQUEST}\n\n${PAGE}`,
      verdict: 'pass',
    },
    {
      name: 'the launch of a learning tool',
      trace: `# resource frame\n${REQUEST}&lti_message_hint=eyJ0b29sIjo0Mn0\n\n${PAGE}`,
      verdict: 'notApplicable',
    },
    {
      name: "a vendor's popup",
      trace: `# resource frame\n${VENDOR_POPUP}&response_type=code\n\n${PAGE}`,
      verdict: 'notApplicable',
    },
    { name: 'an error', trace: `${FRAMED}\n\n400\nContent-Type: text/html`, verdict: 'pass' },
    { name: 'no page', trace: `${FRAMED}\n\n200\nContent-Type: application/json`, verdict: 'pass' },
    {
      name: 'a broker upstream',
      trace: `# resource frame\n${UPSTREAM}&response_type=code\n\n${PAGE}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'whether there is a frame was not recorded', trace: `${REQUEST}\n\n${PAGE}`, missing: ['page'] },
    { name: 'what the frame shows was not seen', trace: FRAMED, missing: ['page'] },
    {
      name: 'the redirects lead on out of sight',
      trace: `${FRAMED}\n\n302\nLocation: ${LOGIN}`,
      missing: ['page'],
    },
    {
      name: 'the headers were not recorded',
      trace: `# hides response-headers\n${FRAMED}\n\n200`,
      missing: ['response headers'],
    },
    {
      name: 'the pushed request, and so its prompt, was not seen',
      trace:
        '# resource frame\nGET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      missing: ['request object'],
    },
  ],
};
