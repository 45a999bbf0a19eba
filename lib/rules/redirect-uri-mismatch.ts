import { endpointOf } from '../http/endpoint.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, VENDOR_POPUP } from './support/example-traces.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'redirect-uri-mismatch',
  title: 'Token request with another redirect_uri than the authorization request',
  subject: 'redirect_uri in both steps',
  group: 'D',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 6749', section: '4.1.3', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.5.2', level: 'none' },
  ],
  why: 'A strict server refuses the code, and one that accepts it does not tie codes to the address that they were sent to.',
  fix: 'Use one string constant as `redirect_uri` in both requests.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      if (param(message, 'code') === null) {
        return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      }
      const sent = param(message, 'redirect_uri');
      if (sent === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      // Vendors' popups have no address to return to and say so with a word.
      if (sent.value === 'postmessage' || flow.messages.some((other) => other.sdk !== null)) return c.notApplicable;
      if (!c.sure(flow, message)) return c.cannotTell('sure link');
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      if (request.message.truncated) return c.cannotTell('whole address');
      if (message.truncated) return c.cannotTell('request body');
      const asked = param(request.message, 'redirect_uri');
      if (asked === null) return c.notApplicable;
      if (asked.value === sent.value || areLoopback(asked.value, sent.value)) return c.pass;
      const accepted = answerTo(flow, message) === 'tokens';
      return c.fail({
        evidence: [c.at(message, sent), c.at(request.message, asked)],
        severity: accepted ? 'high' : 'medium',
        summary: accepted
          ? c.say`The server redeemed the code although the two addresses differ ${c.plain(difference(asked.value, sent.value))}.`
          : c.say`The two addresses differ ${c.plain(difference(asked.value, sent.value))}.`,
      });
    });
  },
};

/** RFC 8252 §7.3: native apps take any port of this machine. */
function areLoopback(a: string, b: string): boolean {
  const [one, other] = [endpointOf(a), endpointOf(b)];
  return one !== null && other !== null && one.loopback && other.loopback && one.path === other.path;
}

function difference(a: string, b: string): string {
  const bare = (uri: string): string => uri.replace(/\/$/, '');
  if (bare(a) === bare(b)) return 'in a slash at the end';
  if (a.toLowerCase() === b.toLowerCase()) return 'in capital letters';
  return decoded(a) === decoded(b) ? 'in their encoding' : 'in more than their spelling';
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

const signIn = (asked: string, sent: string, answer = '', more = ''): string => `
GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7${asked === '' ? '' : `&redirect_uri=${encodeURIComponent(asked)}`}

GET ${asked.startsWith('http') ? asked.replace(/\?.*/, '') : 'https://app.example/cb'}?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
${more}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1${sent === '' ? '' : `&redirect_uri=${encodeURIComponent(sent)}`}
${answer}`;
const TOKENS = `
200
Content-Type: application/json

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;
const REFUSED = '\n400\nContent-Type: application/json\n\n{"error":"invalid_grant"}\n';
const CB = 'https://app.example/cb';

export const examples: Examples = {
  violation: [
    { name: 'a slash at the end, redeemed', trace: signIn(CB, `${CB}/`, TOKENS), severity: 'high' },
    { name: 'a slash at the end, refused', trace: signIn(CB, `${CB}/`, REFUSED), severity: 'medium' },
    {
      name: 'capital letters, the answer was not seen',
      trace: signIn(CB, 'https://app.example/CB'),
      severity: 'medium',
    },
    {
      name: 'another encoding',
      trace: signIn(`${CB}?to=%2Fhome`, `${CB}?to=/home`),
      severity: 'medium',
    },
    { name: 'another path with a percent sign', trace: signIn(CB, `${CB}%zz`), severity: 'medium' },
    {
      name: 'another path on this machine',
      trace: signIn('http://127.0.0.1:49152/cb', 'http://127.0.0.1:49152/other', TOKENS),
      severity: 'high',
    },
    {
      name: 'this machine in one step only',
      trace: signIn(CB, 'http://127.0.0.1:49152/cb', TOKENS),
      severity: 'high',
    },
    {
      name: 'from this machine to a host',
      trace: signIn('http://127.0.0.1:49152/cb', CB, TOKENS),
      severity: 'high',
    },
    { name: 'no address at all', trace: signIn(CB, 'app', REFUSED), severity: 'medium' },
  ],
  clean: [{ name: 'the same', trace: signIn(CB, CB, TOKENS) }],
  lookAlike: [
    { name: 'the word of a popup', trace: signIn(CB, 'postmessage', TOKENS), verdict: 'notApplicable' },
    {
      name: 'a popup of a vendor',
      trace: `
        ${VENDOR_POPUP}&response_type=code&state=af0ifjsldkjQ2w7

        200
        Content-Type: text/html

        <script></script>

        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        POST https://oauth2.googleapis.com/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'another port of this machine',
      trace: signIn('http://127.0.0.1:49152/cb', 'http://127.0.0.1:50001/cb', TOKENS),
      verdict: 'pass',
    },
    { name: 'none in the authorization request', trace: signIn('', CB, TOKENS), verdict: 'notApplicable' },
    { name: 'none in the token request is another finding', trace: signIn(CB, '', TOKENS), verdict: 'notApplicable' },
    {
      name: 'a refresh',
      trace:
        'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&redirect_uri=https%3A%2F%2Fapp.example%2Fother',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the authorization request was not seen',
      trace: signIn(CB, `${CB}/`, TOKENS).replace(/GET \S+authorize\S+/, ''),
      missing: ['authorization request'],
    },
    {
      name: 'the request was pushed out of sight',
      trace: `
        ${PUSHED_UNSEEN}

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F
      `,
      missing: ['request object'],
    },
    {
      name: 'the address was cut',
      trace: `# truncated${signIn('https://app.example/c', `${CB}/`, TOKENS)}`,
      missing: ['whole address'],
    },
    {
      name: 'the token request was cut',
      trace: signIn(CB, 'https://app.example/c', TOKENS, '\n# truncated'),
      missing: ['request body'],
    },
    {
      name: 'only the client is the same',
      trace: `
        GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fother
      `,
      missing: ['sure link'],
    },
    {
      name: 'a hidden body',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode',
      missing: ['request body'],
    },
    {
      name: 'a code in the address and a hidden body',
      trace:
        '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\n\nredirect',
      missing: ['request body'],
    },
  ],
};
