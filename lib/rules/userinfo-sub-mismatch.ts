import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Outcome, Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  redeemed,
  without,
} from './support/example-sign-in.ts';
import { whatHidesCalls } from './support/hidden-calls.ts';
import { idTokens, judgeIdTokens } from './support/id-tokens.ts';
import { worstOf } from './support/outcomes.ts';

export const rule: Rule = {
  id: 'userinfo-sub-mismatch',
  title: 'Subjects that differ within one sign-in',
  subject: 'Subject of ID token and UserInfo response',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['token response', 'response body', 'page'],
  references: [
    { spec: 'OIDC Core', section: '5.3.2', level: 'MUST' },
    { spec: 'OIDC Core', section: '5.3.4', level: 'none' },
    { spec: 'OIDC Core', section: '3.3.3.6', level: 'MUST' },
  ],
  why: 'The access token was exchanged for that of another visitor, whose data the client now takes for the visitor’s own.',
  fix: 'Compare `sub` of the UserInfo response with the one of the ID token, and discard the response where they differ.',
  parents: [],

  check(flow, c) {
    const tokens = idTokens(flow).filter(({ claims, by }) => typeof claims['sub'] === 'string' && by !== 'other');
    const answers = messagesOf(flow, 'userinfoResponse');
    const [first, ...rest] = tokens;
    const missing = whatHidesCalls(flow, c);
    if (first === undefined) {
      return answers.length === 0 && missing === null ? c.notApplicable : judgeIdTokens(flow, c, () => c.notApplicable);
    }
    const outcomes = rest.map((token): Outcome => {
      if (token.claims['sub'] === first.claims['sub']) return c.pass;
      return c.fail({
        evidence: [c.at(token.message, token.param), c.at(first.message, first.param)],
        part: 'id_token',
        summary: c.say`Two ID tokens of this sign-in are about different people.`,
      });
    });
    const answered = answers.map((message): Outcome => {
      if (message.bodyHidden !== null) return c.cannotTell('response body');
      const sub = param(message, 'sub');
      if (sub === null) return c.notApplicable;
      if (tokens.some(({ claims }) => claims['sub'] === sub.value)) return c.pass;
      return c.fail({
        evidence: [c.at(message, sub), c.at(first.message, first.param)],
        summary: c.say`The UserInfo response is about somebody else than the ID token.`,
      });
    });
    return worstOf([...outcomes, ...answered, missing === null ? c.notApplicable : c.cannotTell(missing)], c);
  },
};

const userinfo = (body: string, before = ''): string => `
${before}
GET https://as.example/userinfo
Authorization: Bearer ${ACCESS_TOKEN}

200
Content-Type: application/json

${body}
`;
const SAME = '{"sub":"248289761001","name":"Jane Doe"}';
const OTHER = '{"sub":"90125","name":"Jane Doe"}';
const hybrid = (sub: string): string =>
  frontSignIn(ID_CLAIMS, { code: 'SplxlOBeZQQYbYS6WxSbIA' }) +
  redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt({ ...ID_CLAIMS, sub, at: 1 }) });

export const examples: Examples = {
  violation: [
    {
      name: 'another subject in the UserInfo response',
      trace: codeSignIn(ID_CLAIMS) + userinfo(OTHER),
      severity: 'high',
    },
    { name: 'another subject in the second ID token', trace: hybrid('90125'), severity: 'high' },
  ],
  clean: [
    { name: 'the same subject', trace: codeSignIn(ID_CLAIMS) + userinfo(SAME) },
    { name: 'two ID tokens about one person', trace: hybrid('248289761001') },
  ],
  lookAlike: [
    {
      name: 'an own way to name the person',
      trace: codeSignIn(ID_CLAIMS) + userinfo('{"id":"90125","name":"Jane Doe"}'),
      verdict: 'notApplicable',
    },
    {
      name: 'an ID token without a subject is another finding',
      trace: codeSignIn(without(ID_CLAIMS, 'sub')) + userinfo(OTHER),
      verdict: 'notApplicable',
    },
    { name: 'nothing to compare', trace: codeSignIn(ID_CLAIMS), verdict: 'notApplicable' },
    {
      name: 'a token exchanged for one of another person',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=web1&subject_token=Zz9yX8wV7uT6sR5qP4oN3m

        200
        Content-Type: application/json

        {"access_token":"${ACCESS_TOKEN}","token_type":"Bearer","id_token":"${exampleJwt(ID_CLAIMS)}"}
        ${userinfo(OTHER)}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'calls of the page are not seen',
      trace: frontSignIn(ID_CLAIMS, { access_token: ACCESS_TOKEN, token_type: 'Bearer' }).replaceAll(
        'GET ',
        '# capture watch\nGET ',
      ),
      missing: ['page'],
    },
    {
      name: 'the ID token for the code is hidden',
      trace: hybrid('90125').replace('POST ', '# hides response-body\nPOST '),
      missing: ['response body'],
    },
    {
      name: 'the UserInfo response is hidden',
      trace: codeSignIn(ID_CLAIMS) + userinfo(OTHER, '# hides response-body'),
      missing: ['response body'],
    },
    {
      name: 'the ID token is encrypted',
      trace: `
        GET https://app.example/cb#id_token=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d&access_token=${ACCESS_TOKEN}&token_type=bearer&state=af0ifjsldkjQ2w7
        ${userinfo(OTHER)}
      `,
      missing: ['authorization response'],
    },
  ],
};
