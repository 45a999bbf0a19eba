import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { judgeRedirectUri } from './support/redirect-uri.ts';

export const rule: Rule = {
  id: 'redirect-uri-suspicious',
  title: 'redirect_uri that parsers read differently',
  subject: 'Form of redirect_uri',
  group: 'A',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '4.1.1', level: 'none' },
    { spec: 'RFC 9700', section: '4.1.3', level: 'none' },
    { spec: 'RFC 6749', section: '10.6', level: 'none' },
  ],
  why: 'Where the check of the server and the browser disagree about an address, the response goes to the wrong one.',
  fix: 'Build the redirect URI from one constant, and compare it on the server as a whole string.',
  copy: 'redirect_uri=https%3A%2F%2F…',
  parents: [],

  check(flow, c) {
    return judgeRedirectUri(flow, c, (message, redirectUri) => {
      const oddity = oddityOf(redirectUri.value);
      if (oddity === null) return passIfWhole(message, c);
      const evidence = [c.at(message, redirectUri)] as const;
      return isAnswered(flow)
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The redirect URI has ${c.plain(oddity)}, and the server answered all the same.`,
          })
        : c.fail({ evidence, summary: c.say`The redirect URI has ${c.plain(oddity)}.` });
    });
  },
};

/** RFC 3986 appendix B: scheme, authority, path. */
const PARTS = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?([^?#]*)/i;

function oddityOf(redirectUri: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(redirectUri)) return 'a control character';
  if (redirectUri.includes('\\')) return 'a backslash, which browsers read as a slash';
  const [, authority = '', path = ''] = PARTS.exec(redirectUri) ?? [];
  if (/\/\.\.(\/|$)/.test(path)) return 'a step to the parent folder';
  if (/%2e%2e|%2f\.\.|\.\.%2f|%5c/i.test(path)) return 'an encoded step to the parent folder';
  if (redirectUri.split('#', 1)[0]?.match(/\?/g)?.length === 2) return 'two question marks';
  const host = authority.replace(/:\d*$/, '').toLowerCase();
  const asBrowsersRead = endpointOf(redirectUri)?.host;
  // The name of another script is encoded, not changed.
  const isAscii = /^[\x21-\x7e]*$/.test(host);
  if (!isAscii || asBrowsersRead === undefined || asBrowsersRead === host) return null;
  return authority.includes('@') ? 'a user name before its host' : 'a host that browsers rewrite';
}

function isAnswered(flow: Flow): boolean {
  return messagesOf(flow, 'authorizationResponse').some((response) => response.error === null);
}

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';
const PARENT = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F..%2F..%2Fredirect';

export const examples: Examples = {
  violation: [
    { name: 'steps to the parent folder', trace: `${REQUEST}&${PARENT}`, severity: 'medium' },
    {
      name: 'a last step to the parent folder',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F..`,
      severity: 'medium',
    },
    {
      name: 'encoded steps',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F%252e%252e%252fredirect`,
      severity: 'medium',
    },
    {
      name: 'a user name',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%40partner.example%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'a backslash',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fpartner.example%5C.app.example%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'a backslash in the path',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%5Cnext`,
      severity: 'medium',
    },
    {
      name: 'a control character',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%09`,
      severity: 'medium',
    },
    {
      name: 'two question marks',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3D1%3Fb%3D2`,
      severity: 'medium',
    },
    {
      name: 'a number for a host',
      trace: `${REQUEST}&redirect_uri=http%3A%2F%2F2130706433%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'the server answered',
      trace: `${REQUEST}&${PARENT}\n\nGET https://app.example/redirect?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'high',
    },
    {
      name: 'the server refused',
      trace: `${REQUEST}&${PARENT}\n\nGET https://app.example/redirect?error=invalid_request&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'an ordinary address', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fauth%2Fcb` },
    { name: 'an application', trace: `${REQUEST}&redirect_uri=com.example.app%3A%2Fcb` },
    { name: 'a host in capitals with a port', trace: `${REQUEST}&redirect_uri=https%3A%2F%2FApp.example%3A8443%2Fcb` },
  ],
  lookAlike: [
    {
      name: 'a name of another script',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fb%C3%BCcher.example%2Fcb`,
      verdict: 'pass',
    },
    {
      name: 'an at sign and dots in the path',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2F%40team%2Fv1..2%2Fcb%3Bx%3D1`,
      verdict: 'pass',
    },
    {
      name: 'steps in a parameter of the address',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fr%3D%2Fa%2F..%2Fb`,
      verdict: 'pass',
    },
    {
      name: 'a question mark in the fragment',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3D1%23%2Fx%3Fb%3D2`,
      verdict: 'pass',
    },
    {
      name: 'the manual-copy URN',
      trace: `${REQUEST}&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob`,
      verdict: 'pass',
    },
    {
      name: 'a placeholder that is no address',
      trace: `${REQUEST}&redirect_uri=APP_REDIRECT_URI`,
      verdict: 'pass',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}%2F..%2Fother&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2F`,
      missing: ['whole address'],
    },
  ],
};
