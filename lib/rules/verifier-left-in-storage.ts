import { allParams, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { sdkOfKey } from '../page/sdk-storage.ts';
import { type StoredValue, seenWhole, storedValues } from '../page/stored-values.ts';
import { OIDC_KEY, stored, TRANSACTIONS } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
  redeemed,
} from './support/example-sign-in.ts';
import { isAfter } from './support/moments.ts';

/** A page needs a moment to tidy up. */
const TIDY_MS = 10_000;

export const rule: Rule = {
  id: 'verifier-left-in-storage',
  title: 'Verifier, state or nonce left in storage after the sign-in',
  subject: 'What a sign-in leaves in storage',
  group: 'E',
  severity: 'low',
  confidence: 'certain',
  needs: ['page storage', 'authorization request'],
  references: [
    { spec: 'RFC 9700', section: '4.2.4', level: 'SHOULD' },
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
  ],
  why: 'These values are good for one sign-in; who finds them later can take part in one that goes wrong.',
  fix: 'Delete the data of a transaction as soon as its callback has been handled.',
  parents: [],

  judges: 'trace',
  check({ flows, snapshots }, c) {
    const ended = flows.flatMap((flow) => {
      const end = endOf(flow);
      return end === null ? [] : [{ flow, end }];
    });
    if (ended.length === 0) return c.notApplicable;
    const later = snapshots.filter((snapshot) => ended.some(({ end }) => isAfter(snapshot, end.exchange, TIDY_MS)));
    const fails = ended.flatMap(({ flow, end }): Fail[] => {
      const secrets = oneTimeValues(flow);
      const left = later
        .filter((snapshot) => isAfter(snapshot, end.exchange, TIDY_MS))
        .flatMap(storedValues)
        .find((value) => isLeft(value, secrets));
      return left === undefined ? [] : [leftover(flow, left, secrets, c)];
    });
    const [first, ...rest] = fails;
    if (first !== undefined) return c.fail(first, ...rest);
    return seenWhole(later) ? c.pass : c.cannotTell('page storage');
  },
};

/** The message that completes a sign-in: its tokens, or, where they come in the address, its callback. */
function endOf(flow: Flow): OAuthMessage | null {
  const redeemed = messagesOf(flow, 'tokenRequest').find((message) => paramValue(message, 'code') !== null);
  const answer = messagesOf(flow, 'tokenResponse').find((message) => message.exchange.id === redeemed?.exchange.id);
  if (redeemed !== undefined) return answer?.error ? null : redeemed;
  const isToken = (name: string) => (message: OAuthMessage) => paramValue(message, name) !== null;
  const responses = messagesOf(flow, 'authorizationResponse');
  return responses.find(isToken('access_token')) ?? responses.find(isToken('id_token')) ?? null;
}

const NAMES = ['code_verifier', 'state', 'nonce'];

/** Shorter values are everywhere by chance. */
const MIN_LENGTH = 8;

/** Values of the flow that only it may use, with their names. */
function oneTimeValues(flow: Flow): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const message of flow.messages) {
    for (const name of NAMES) {
      for (const { value } of allParams(message, name)) if (value.length >= MIN_LENGTH) values.set(value, name);
    }
  }
  return values;
}

/** Not the claims of a token that a library keeps beside it: they repeat the nonce. */
function isLeft({ snapshot, key, value, among }: StoredValue, secrets: ReadonlyMap<string, string>): boolean {
  if (!secrets.has(value) || sdkOfKey(snapshot.area, key)?.holds === 'tokens') return false;
  return among === null || !('iss' in among || 'sub' in among);
}

function leftover(flow: Flow, left: StoredValue, secrets: ReadonlyMap<string, string>, c: RuleContext): Fail {
  const name = c.plain(secrets.get(left.value) ?? '');
  const { area, origin } = left.snapshot;
  return {
    flow,
    evidence: [c.inStorage(left)],
    severity: area === 'session' ? 'info' : 'low',
    summary: c.say`The ${name} of a sign-in that is over is still in the storage of ${c.plain(origin)}.`,
  };
}

const STATE = 'af0ifjsldkjQ2w7';
const SIGNED_IN = codeSignIn(ID_CLAIMS);
const VERIFIER = 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk';
const LATER = '\n\n# time +60';
const ASKED = '# time +0';

export const examples: Examples = {
  violation: [
    {
      name: 'the state',
      trace: `${SIGNED_IN}${LATER}${stored({ state: STATE }).trimStart().replace(/^/, '\n')}`,
      severity: 'low',
    },
    {
      name: 'the nonce inside of an entry',
      trace: `${SIGNED_IN}${LATER}\n${stored({ tx: { n: 'n-0S6_WzA2Mj' } }).trim()}`,
      severity: 'low',
    },
    {
      name: 'the verifier',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer' }, `&code_verifier=${VERIFIER}`)}${LATER}\n${stored({ pkce: VERIFIER }).trim()}`,
      severity: 'low',
    },
    {
      name: 'in sessionStorage',
      trace: `${SIGNED_IN}${LATER}\n${stored({ state: STATE }, 'session').trim()}`,
      severity: 'info',
    },
    {
      name: "in a library's own entry",
      trace: `${SIGNED_IN}${LATER}\n${stored({ 'kc-callback-1f2c': TRANSACTIONS['kc-callback-1f2c5d2e-9b1d-4eb4'] }).trim()}`,
      severity: 'low',
    },
    {
      name: 'after a sign-in by ID token alone',
      trace: `${frontSignIn(ID_CLAIMS)}${LATER}\n${stored({ state: STATE }).trim()}`,
      severity: 'low',
    },
    {
      name: 'after a sign-in whose answer was not seen',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1${LATER}\n${stored({ state: STATE }).trim()}`,
      severity: 'low',
    },
  ],
  clean: [{ name: 'nothing is left', trace: `${SIGNED_IN}${LATER}\n${stored({ theme: 'dark' }).trim()}` }],
  lookAlike: [
    {
      name: 'while the sign-in is pending',
      trace: `${openIdRequest()}${LATER}\n${stored(TRANSACTIONS).trim()}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a code that was refused: the client may try again',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n${redeemed({ error: 'invalid_grant' })}${LATER}\n${stored({ state: STATE }).trim()}`,
      verdict: 'notApplicable',
    },
    {
      name: 'of a sign-in that is pending beside it',
      trace: `${SIGNED_IN}${LATER}\n${stored({ 'a0.spajs.txs.web1': { state: 'Zk3uV8pQx1LrT0aa' } }).trim()}`,
      verdict: 'pass',
    },
    {
      name: 'the nonce among the claims that a library keeps',
      trace: `${SIGNED_IN}${LATER}\n${stored({ [OIDC_KEY]: { profile: { nonce: 'n-0S6_WzA2Mj' } }, user: { claims: ID_CLAIMS } }).trim()}`,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'the page was not looked at', trace: SIGNED_IN, missing: ['page storage'] },
    {
      name: 'it was looked at before the sign-in was over',
      trace: `${ASKED}\n${stored({ state: STATE }).trim()}\n\n${SIGNED_IN}`,
      missing: ['page storage'],
    },
    {
      name: 'it was looked at in that very moment',
      trace: `${SIGNED_IN}\n\n${stored({ state: STATE }).trim()}`,
      missing: ['page storage'],
    },
    {
      name: 'the snapshot was cut',
      trace: `${SIGNED_IN}${LATER}\n# truncated\n${stored({ theme: 'dark' }).trim()}`,
      missing: ['page storage'],
    },
  ],
};
