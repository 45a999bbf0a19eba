import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { alphabetOf } from './support/guessable.ts';

export const rule: Rule = {
  id: 'auth-code-low-entropy',
  title: 'Authorization code that looks guessable',
  subject: 'Size of the authorization code',
  group: 'B',
  severity: 'low',
  confidence: 'tentative',
  needs: ['authorization response'],
  references: [
    { spec: 'RFC 6749', section: '10.10', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.5', level: 'none' },
  ],
  why: 'Whoever guesses a code that is not used yet gets the tokens of somebody else.',
  fix: 'Let the authorization server make codes of at least 128 random bits.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const code = param(message, 'code');
      const whole = passIfWholeResponse(message, c);
      if (whole.is !== 'pass') return whole;
      if (code === null) return c.notApplicable;
      if (flow.provider?.shortCodes) return c.pass;
      const samples = c.once(samplesByCallback).get(message.endpoint.url) ?? { count: 1, bits: 0 };
      const enough = samples.count >= ENOUGH;
      const bits = enough ? samples.bits : bitsOf(code.value);
      if (bits >= MIN_BITS) return c.pass;
      return c.fail({
        evidence: [c.at(message, code)],
        severity: enough ? 'low' : 'info',
        summary: enough
          ? c.say`Between ${samples.count} codes at most ${bits} bits differ.`
          : c.say`A code of its length and alphabet has at most ${bits} bits.`,
      });
    }),
};

const MIN_BITS = 96;
/** Fewer samples tell nothing about what varies. */
const ENOUGH = 3;

function bitsOf(code: string): number {
  return Math.floor(code.length * Math.log2(alphabetOf(code)));
}

/** Bits of the positions at which the codes differ: prefixes and version marks are the same in all. */
function varyingBits(codes: readonly string[]): number {
  const length = Math.min(...codes.map((code) => code.length));
  let varying = 0;
  for (let at = 0; at < length; at++) if (codes.some((code) => code[at] !== codes[0]?.[at])) varying++;
  return Math.floor(varying * Math.log2(alphabetOf(codes.join(''))));
}

interface Samples {
  /** How many different codes. */
  readonly count: number;
  readonly bits: number;
}

/** The different codes that came to each callback. */
function samplesByCallback({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, Samples> {
  const found = new Map<string, Set<string>>();
  for (const message of flows.flatMap((flow) => messagesOf(flow, 'authorizationResponse'))) {
    const code = paramValue(message, 'code');
    if (code === null) continue;
    const codes = found.get(message.endpoint.url) ?? new Set();
    codes.add(code);
    found.set(message.endpoint.url, codes);
  }
  return new Map(
    [...found].map(([callback, codes]) => [callback, { count: codes.size, bits: varyingBits([...codes]) }]),
  );
}

const request = (state: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${state}`;
const signIn = (code: string, state: string): string =>
  `${request(state)}\n\nGET https://app.example/cb?code=${code}&state=${state}\n\n`;
const three = (a: string, b: string, d: string): string =>
  signIn(a, 'af0ifjsldkjQ2w7') + signIn(b, 'Zz9yX8wV7uT6sR5') + signIn(d, 'Qm7sT2bW9xLcV4p');

export const examples: Examples = {
  violation: [
    { name: 'one code of 92 bits', trace: signIn('0f3a9c71be25d84f06a9b3e', 'af0ifjsldkjQ2w7'), severity: 'info' },
    { name: 'one short code', trace: signIn('8fK2qLx9', 'af0ifjsldkjQ2w7'), severity: 'info' },
    {
      name: 'one long code of few characters',
      trace: signIn('10024510024510024510', 'af0ifjsldkjQ2w7'),
      severity: 'info',
    },
    {
      name: 'twice the same code is one sample',
      trace: signIn('8fK2qLx9', 'af0ifjsldkjQ2w7').repeat(3),
      severity: 'info',
    },
    {
      name: 'three codes that count up',
      trace: three('pQ7xW2nB5vK8mC4zJ1-000245', 'pQ7xW2nB5vK8mC4zJ1-000246', 'pQ7xW2nB5vK8mC4zJ1-000247'),
      severity: 'low',
    },
    {
      name: 'three codes, one of them short',
      trace: three('Rk4Vt8Zq2Lw6Xs0', 'SplxlOBeZQQYbYS6WxSbIA', 'Tqmy5k3NpQwL0aXvB2cDeF'),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'a code of 96 bits', trace: signIn('0f3a9c71be25d84f06a9b3e7', 'af0ifjsldkjQ2w7') },
    { name: 'a long random code', trace: signIn('SplxlOBeZQQYbYS6WxSbIA', 'af0ifjsldkjQ2w7') },
    {
      name: 'three codes with a common prefix',
      trace: three(
        'v1.live.SplxlOBeZQQYbYS6WxSbIA',
        'v1.live.Tqmy5k3NpQwL0aXvB2cDeF',
        'v1.live.Rk4Vt8Zq2Lw6Xs0YuNiHjM',
      ),
    },
  ],
  lookAlike: [
    {
      name: 'a provider whose codes are short and bound to a secret',
      trace: `
        GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        GET https://app.example/cb?code=e72e16c7e42f292c6912&state=af0ifjsldkjQ2w7
      `,
      verdict: 'pass',
    },
    { name: 'a code of a shop', trace: 'GET https://shop.example/coupon?code=SPRING25' },
    {
      name: 'a token response has no code',
      trace: 'GET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
    {
      name: 'three sign-ins at three clients',
      trace: ['one', 'two', 'three']
        .map((name, index) =>
          signIn(`SplxlOBeZQQYbYS6WxSb${index}A`, `af0ifjsldkjQ2w${index}`).replaceAll(
            'app.example',
            `${name}.example`,
          ),
        )
        .join(''),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'the response was not seen', trace: request('af0ifjsldkjQ2w7'), missing: ['authorization response'] },
    {
      name: 'the address was cut inside the code',
      trace: '# truncated\nGET https://app.example/cb?state=af0ifjsldkjQ2w7&code=SplxlOBe',
      missing: ['whole address'],
    },
    {
      name: 'the address was cut before any code',
      trace: `${request('af0ifjsldkjQ2w7')}\n\n# truncated\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7`,
      missing: ['whole address'],
    },
  ],
};
