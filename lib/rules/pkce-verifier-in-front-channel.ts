import { allParams } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest, AuthorizationResponse, Param } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { inAddress } from './support/front-channel.ts';

export const rule: Rule = {
  id: 'pkce-verifier-in-front-channel',
  title: 'PKCE verifier in an address of the front channel',
  subject: 'Secrecy of the PKCE verifier',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 7636', section: '4.3', level: 'none' },
    { spec: 'RFC 7636', section: '7.2', level: 'none' },
    { spec: 'RFC 9700', section: '2.1.1', level: 'none' },
  ],
  why: 'Whoever reads the address holds the one value that was to keep a stolen code useless.',
  fix: 'Keep `code_verifier` in the client until the token request, and send only `code_challenge` to the authorization endpoint.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: ['token-request-get'],

  check(flow, c) {
    const messages = frontChannel(flow);
    if (messages.length === 0) return c.notApplicable;
    const verifiers = new Set(
      messagesOf(flow, 'tokenRequest').flatMap((m) => allParams(m, 'code_verifier').map(({ value }) => value)),
    );
    const discloses = ({ name, value }: Param): boolean =>
      value !== '' && (name === 'code_verifier' || (name !== 'code_challenge' && verifiers.has(value)));
    const evidence = messages.flatMap((message) =>
      inAddress(message)
        .filter(discloses)
        .map((param) => c.at(message, param)),
    );
    const [first, ...rest] = evidence;
    if (first !== undefined) {
      return c.fail({
        evidence: [first, ...rest],
        summary: c.say`The verifier stands in the address of ${c.plain(first.message.endpoint.url)}.`,
      });
    }
    return messages.some((message) => message.truncated) ? c.cannotTell('whole address') : c.pass;
  },
};

function frontChannel(flow: Flow): readonly (AuthorizationRequest | AuthorizationResponse)[] {
  return [
    ...messagesOf(flow, 'authorizationRequest').filter((message) => message.hop !== 'upstream'),
    ...messagesOf(flow, 'authorizationResponse'),
  ];
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const TOKEN_REQUEST = `
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&code_verifier=${VERIFIER}
`;

export const examples: Examples = {
  violation: [
    {
      name: 'beside the challenge',
      trace: `${REQUEST}&${S256}&state=af0ifjsldkjQ2w7&code_verifier=${VERIFIER}`,
      severity: 'high',
    },
    {
      name: 'in the callback',
      trace: `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&code_verifier=${VERIFIER}`,
      severity: 'high',
    },
    {
      name: 'carried by state',
      trace: `${REQUEST}&${S256}&state=${VERIFIER}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=${VERIFIER}\n${TOKEN_REQUEST}`,
      severity: 'high',
    },
    {
      name: 'in a readable request object',
      trace: `${REQUEST}&request=eyJhbGciOiJSUzI1NiJ9.eyJjb2RlX3ZlcmlmaWVyIjoiZEJqZnRKZVo0Q1ZQLW1COTJLMjd1aGJVSlUxcDFyX3dXMWdGV0ZPRWpYayJ9.c2lnbmF0dXJl`,
      severity: 'high',
    },
  ],
  clean: [
    {
      name: 'the verifier goes only into the token request',
      trace: `${REQUEST}&${S256}&state=af0ifjsldkjQ2w7\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n${TOKEN_REQUEST}`,
    },
  ],
  lookAlike: [
    {
      name: 'an empty code_verifier',
      trace: `${REQUEST}&${S256}&state=af0ifjsldkjQ2w7&code_verifier=`,
      verdict: 'pass',
    },
    {
      name: 'a plain challenge equals the verifier and is another finding',
      trace: `${REQUEST}&state=af0ifjsldkjQ2w7&code_challenge=${VERIFIER}&code_challenge_method=plain\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n${TOKEN_REQUEST}`,
      verdict: 'pass',
    },
    {
      name: 'a form posted to the callback is no address',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&code_verifier=${VERIFIER}
      `,
      verdict: 'pass',
    },
    {
      name: 'a request object that was posted',
      trace: `
        POST https://as.example/authorize
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&request=eyJhbGciOiJSUzI1NiJ9.eyJjb2RlX3ZlcmlmaWVyIjoiZEJqZnRKZVo0Q1ZQLW1COTJLMjd1aGJVSlUxcDFyX3dXMWdGV0ZPRWpYayJ9.c2lnbmF0dXJl
      `,
      verdict: 'pass',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&code_verifier=${VERIFIER}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&${S256}&state=af0ifjsldkjQ2w7`,
      missing: ['whole address'],
    },
  ],
};
