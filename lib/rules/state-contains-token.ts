import { allParams } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { readValue } from './support/readable-value.ts';
import { judgeState } from './support/sent-state.ts';

export const rule: Rule = {
  id: 'state-contains-token',
  title: 'Token or secret inside state',
  subject: 'Credentials in state',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '4.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.3.2', level: 'none' },
  ],
  why: 'The authorization server, the history and every log that keeps the address get the credential.',
  fix: 'Send a random key as `state` and keep the credential in the client.',
  copy: 'state=…',
  parents: [],

  check(flow, c) {
    return judgeState(flow, c, (message, state) => {
      const found = credentialIn(state.value, c.once(knownSecrets));
      if (found !== null) {
        return c.fail({ evidence: [c.at(message, state)], summary: c.say`The state holds ${c.plain(found)}.` });
      }
      return wereTokensHidden(c, message) ? c.cannotTell('response body') : c.pass;
    });
  },
};

/** Tokens were given before, and nobody could read them: the state can be one. */
function wereTokensHidden({ flows }: Pick<RuleContext, 'flows'>, { index }: OAuthMessage): boolean {
  return flows.some((flow) =>
    messagesOf(flow, 'tokenResponse').some(
      (answer) => answer.bodyHidden !== null && answer.status < 300 && answer.index < index,
    ),
  );
}

const CREDENTIAL_NAME = /^(access_?token|refresh_?token|id_?token|client_?secret|password|passwd)$/i;

function credentialIn(state: string, secrets: ReadonlySet<string>): string | null {
  const read = readValue(state);
  const named = read?.members.find(([name, value]) => CREDENTIAL_NAME.test(name) && value.length >= MIN_LENGTH);
  if (named !== undefined) return `a value named ${named[0]}`;
  const texts = [state, ...(read?.members.map(([, value]) => value) ?? [])];
  if (texts.some((text) => secrets.has(text))) return 'a token or secret that was used elsewhere';
  return texts.some(isAccessToken) ? 'a signed access token' : null;
}

/** RFC 9068 §2.1 and §2.2. What is signed to protect a state has an issuer, an audience and times, but no scope. */
function isAccessToken(text: string): boolean {
  const jose = readCompactJose(text);
  if (jose === null || jose.claims === null) return false;
  const { typ } = jose.header;
  return (
    (typeof typ === 'string' && /^(application\/)?at\+jwt$/i.test(typ)) ||
    ['scope', 'scp', 'azp'].some((name) => jose.claims?.[name] !== undefined)
  );
}

const SECRET_NAMES = ['access_token', 'refresh_token', 'id_token', 'client_secret', 'password'];
/** Shorter values meet by chance. */
const MIN_LENGTH = 8;

/** Tokens and secrets of the whole trace. */
function knownSecrets({ flows }: Pick<RuleContext, 'flows'>): ReadonlySet<string> {
  const values = flows.flatMap((flow) =>
    flow.messages.flatMap((message) => SECRET_NAMES.flatMap((name) => allParams(message, name))),
  );
  return new Set(values.map(({ value }) => value).filter((value) => value.length >= MIN_LENGTH));
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const TOKEN_ANSWER = `
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=client_credentials&client_id=web1&client_secret=pw7Qx1LrT0

  200
  Content-Type: application/json

  {"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;

export const examples: Examples = {
  violation: [
    {
      name: 'a named access token in JSON',
      trace: `${REQUEST}&state=eyJhY2Nlc3NfdG9rZW4iOiIyWW90bkZaRkVqcjF6Q3NpY01XcEFBIn0`,
      severity: 'high',
    },
    {
      name: 'a named secret in a form',
      trace: `${REQUEST}&state=csrf%3Dq1TzX8b2nE6m0uYw%26clientSecret%3Dpw7Qx1LrT0Zk3u`,
      severity: 'high',
    },
    {
      name: 'a token that was issued before',
      trace: `${TOKEN_ANSWER}\n\n${REQUEST}&state=2YotnFZFEjr1zCsicMWpAA`,
      severity: 'high',
    },
    {
      name: 'the client secret under another name',
      trace: `${TOKEN_ANSWER}\n\n${REQUEST}&state=%7B%22k%22%3A%22pw7Qx1LrT0%22%7D`,
      severity: 'high',
    },
    {
      name: 'an access token by its type',
      trace: `${REQUEST}&state=eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiI0MjE3In0.c2lnbmF0dXJl`,
      severity: 'high',
    },
    {
      name: 'an access token by its scope',
      trace: `${REQUEST}&state=eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MjE3Iiwic2NvcGUiOiJyZWFkIn0.c2lnbmF0dXJl`,
      severity: 'high',
    },
    {
      name: 'only the response was seen',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=eyJhY2Nlc3NfdG9rZW4iOiIyWW90bkZaRkVqcjF6Q3NpY01XcEFBIn0',
      severity: 'high',
    },
  ],
  clean: [{ name: 'a random value', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw` }],
  lookAlike: [
    {
      name: 'signed state with issuer, audience and expiry',
      trace: `${REQUEST}&state=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwcC5leGFtcGxlIiwiYXVkIjoiY2IiLCJleHAiOjE3NjcyMjY2MDAsImp0aSI6IjhmMiJ9.c2lnbmF0dXJl`,
      verdict: 'pass',
    },
    {
      name: 'encrypted state',
      trace: `${REQUEST}&state=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX.XFBoMYUZodetZdvTiFvSkQ`,
      verdict: 'pass',
    },
    {
      name: 'a member that only says that a password is wanted',
      trace: `${REQUEST}&state=%7B%22id%22%3A%22q1TzX8b2nE6m0uYw%22%2C%22password%22%3A%22reset%22%7D`,
      verdict: 'pass',
    },
    {
      name: 'a short value that a token happens to equal',
      trace: `
        GET https://app.example/cb#access_token=abcdefg&token_type=bearer&state=Zk3uV8pQx1LrT0

        ${REQUEST}&state=abcdefg
      `,
      verdict: 'pass',
    },
    { name: 'no state', trace: `${REQUEST}&access_token_type=opaque`, verdict: 'notApplicable' },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'tokens were given before that could not be read',
      trace: `# hides response-body\n${TOKEN_ANSWER.trimStart()}\n\n${REQUEST}&state=2YotnFZFEjr1zCsicMWpAA`,
      missing: ['response body'],
    },
    { name: 'neither the pushed request nor a response was seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
