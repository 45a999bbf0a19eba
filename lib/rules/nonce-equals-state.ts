import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { base64urlText } from '../token/base64url.ts';
import { blindSpot, judgeRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'nonce-equals-state',
  title: 'One value as state and nonce',
  subject: 'Independent state and nonce',
  group: 'A',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '4.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.5.3.2', level: 'none' },
  ],
  why: 'The state comes back in an address, and whoever reads it there knows the nonce as well.',
  fix: 'Make `state` and `nonce` from two independent random values.',
  copy: 'state=…&nonce=…',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const state = param(message, 'state');
      const nonce = param(message, 'nonce');
      if (state === null || nonce === null) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      const same =
        state.value === nonce.value || decoded(state.value) === nonce.value || decoded(nonce.value) === state.value;
      if (!same) return c.pass;
      const protectedByPkce = paramValue(message, 'code_challenge') !== null;
      return c.fail({
        evidence: [c.at(message, nonce), c.at(message, state)],
        severity: protectedByPkce ? 'info' : 'low',
        summary: c.say`The nonce can be read off the state.`,
      });
    });
  },
};

function decoded(value: string): string | null {
  return base64urlText(value.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: Examples = {
  violation: [
    { name: 'equal', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw&nonce=q1TzX8b2nE6m0uYw`, severity: 'low' },
    {
      name: 'the state is the nonce in base64',
      trace: `${REQUEST}&state=cTFUelg4YjJuRTZtMHVZdw%3D%3D&nonce=q1TzX8b2nE6m0uYw`,
      severity: 'low',
    },
    {
      name: 'the nonce is the state in base64url',
      trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw&nonce=cTFUelg4YjJuRTZtMHVZdw`,
      severity: 'low',
    },
    {
      name: 'beside PKCE',
      trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw&nonce=q1TzX8b2nE6m0uYw&${S256}`,
      severity: 'info',
    },
  ],
  clean: [{ name: 'two values', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw&nonce=n-0S6_WzA2Mj` }],
  lookAlike: [
    {
      name: 'the nonce is a hash of the state',
      trace: `${REQUEST}&state=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&nonce=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM`,
      verdict: 'pass',
    },
    { name: 'neither is there', trace: `${REQUEST}&state=&nonce=`, verdict: 'notApplicable' },
    { name: 'no nonce', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw`, verdict: 'notApplicable' },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&scope=openid&nonce=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&state=q1TzX8b2nE6m0uYw`,
      missing: ['whole address'],
    },
  ],
};
