import { param, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { clientResponses, judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { PUSHED_UNSEEN, redirected, SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'response-type-mismatch',
  title: 'Response holds what was not asked for',
  subject: 'Content and channel of the response',
  group: 'B',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2', level: 'none' },
    { spec: 'RFC 6749', section: '4.2.2', level: 'none' },
    { spec: 'Multiple Response Types', section: '2.1', level: 'none' },
  ],
  why: 'A grant or a channel that the client does not use is open at the server, and an attacker can ask for it.',
  fix: 'Switch off every response type and response mode that this client does not need.',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') {
      return clientResponses(flow).is === 'none' ? c.notApplicable : c.cannotTell('authorization request');
    }
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const responseType = param(request.message, 'response_type');
    if (responseType === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    const words = wordsOf(responseType.value);
    if (words.some((word) => !ARTEFACTS.has(word))) return c.notApplicable;
    const mode = param(request.message, 'response_mode');
    const channel = CHANNELS.get(mode?.value ?? '');
    return judgeResponses(flow, c, (message) => {
      for (const [word, name] of ARTEFACTS) {
        const found = words.includes(word) ? null : param(message, name);
        if (found === null) continue;
        return c.fail({
          evidence: [c.at(message, found), c.at(request.message, responseType)],
          severity: name === 'code' ? 'medium' : 'high',
          summary: c.say`The response holds ${c.plain(name)}, which the request did not ask for.`,
        });
      }
      if (mode !== null && channel !== undefined && channel !== message.channel) {
        return c.fail({
          evidence: [
            { message, where: 'url', name: 'channel', note: c.plain(message.channel) },
            c.at(request.message, mode),
          ],
          severity: message.error === null ? 'medium' : 'info',
          summary: c.say`Asked for was ${c.plain(channel)}, the response came by ${c.plain(message.channel)}.`,
        });
      }
      return passIfWholeResponse(message, c);
    });
  },
};

/** Word of `response_type` → parameter of the response. Other words have answers of their own. */
const ARTEFACTS: ReadonlyMap<string, string> = new Map([
  ['token', 'access_token'],
  ['id_token', 'id_token'],
  ['code', 'code'],
]);

/** Response mode → channel. A mode that is absent or `jwt` leaves the channel to the server. */
const CHANNELS: ReadonlyMap<string, string> = new Map([
  ['query', 'query'],
  ['query.jwt', 'query'],
  ['fragment', 'fragment'],
  ['fragment.jwt', 'fragment'],
  ['form_post', 'form_post'],
  ['form_post.jwt', 'form_post'],
]);

const request = (responseType: string): string =>
  `GET https://as.example/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7${responseType}`;
const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const TOKEN = 'access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7';
const ID_TOKEN = 'id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

export const examples: Examples = {
  violation: [
    {
      name: 'an access token beside the code',
      trace: redirected(request('&response_type=code'), `https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&${TOKEN}`),
      severity: 'high',
    },
    {
      name: 'an ID token beside the code',
      trace: redirected(request('&response_type=code'), `https://app.example/cb#${CODE}&${ID_TOKEN}`),
      severity: 'high',
    },
    {
      name: 'a code in place of a token',
      trace: redirected(request('&response_type=token'), `https://app.example/cb?${CODE}`),
      severity: 'medium',
    },
    ...[
      ['query', '#'],
      ['query.jwt', '#'],
      ['fragment', '?'],
      ['fragment.jwt', '?'],
      ['form_post', '?'],
      ['form_post.jwt', '?'],
    ].map(([mode, lead]) => ({
      name: `another channel than ${mode}`,
      trace: redirected(request(`&response_type=code&response_mode=${mode}`), `https://app.example/cb${lead}${CODE}`),
      severity: 'medium' as const,
    })),
    {
      name: 'an error by another channel',
      trace: redirected(
        request('&response_type=code&response_mode=form_post'),
        'https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7',
      ),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'a code', trace: redirected(request('&response_type=code'), `https://app.example/cb?${CODE}`) },
    {
      name: 'all three',
      trace: redirected(
        request('&response_type=code%20id_token%20token'),
        `https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&${TOKEN}&${ID_TOKEN}`,
      ),
    },
    {
      name: 'in the channel asked for',
      trace: redirected(request('&response_type=code&response_mode=fragment'), `https://app.example/cb#${CODE}`),
    },
  ],
  lookAlike: [
    {
      name: 'what extensions add',
      trace: redirected(
        request('&response_type=code'),
        `https://app.example/cb?${CODE}&session_state=Qx7.a&iss=https%3A%2F%2Fas.example&scope=openid&client_info=eyJ1aWQiOiIxIn0`,
      ),
      verdict: 'pass',
    },
    {
      name: 'a channel that was left to the server',
      trace: redirected(request('&response_type=code&response_mode=jwt'), `https://app.example/cb#${CODE}`),
      verdict: 'pass',
    },
    {
      name: 'words with answers of their own',
      trace: redirected(request('&response_type=permission%20id_token'), `https://app.example/cb#${TOKEN}&${ID_TOKEN}`),
      verdict: 'notApplicable',
    },
    {
      name: 'no response_type: what the server assumes is not known',
      trace: redirected(
        'GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&state=af0ifjsldkjQ2w7',
        `https://app.example/cb?${CODE}`,
      ),
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
  ],
  cannotTell: [
    {
      name: 'the request was not seen',
      trace: `GET https://app.example/cb?${CODE}`,
      missing: ['authorization request'],
    },
    { name: 'the response was not seen', trace: request('&response_type=code'), missing: ['authorization response'] },
    { name: 'the request was pushed out of sight', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the request was cut', trace: `# truncated\n${request('')}`, missing: ['whole address'] },
    {
      name: 'the response was cut',
      trace: `${request('&response_type=code')}\n\n# truncated\nGET https://app.example/cb?${CODE}`,
      missing: ['whole address'],
    },
    {
      name: 'an encrypted response object',
      trace: redirected(request('&response_type=code'), `https://app.example/cb?${SEALED}`),
      missing: ['authorization response'],
    },
  ],
};
