import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule } from '../model/rule.ts';
import { judgeCallProofs } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  type ExampleAnswer,
  exampleProof,
  proofUnseen,
  signInThen,
  TOKEN_PROOF,
  TOKENS,
  tokenRequest,
} from './support/example-proofs.ts';
import { ACCESS_TOKEN } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-iat-skew',
  title: 'DPoP proof with a time far from that of the server',
  subject: 'Time in DPoP proofs',
  group: 'K',
  severity: 'low',
  confidence: 'certain',
  needs: ['request headers', 'response headers'],
  references: [
    { spec: 'RFC 9449', section: '4.3', level: 'none' },
    { spec: 'RFC 9449', section: '11.1', level: 'none' },
  ],
  why: 'A server that compares the times refuses the client, and proofs made in advance can be stolen and kept.',
  fix: 'Make each proof when it is sent, and use the nonce or the `Date` of the server where the clock of the client is wrong.',
  parents: ['dpop-proof-reused'],

  check(flow, c) {
    return judgeCallProofs(flow, c, ({ message, claims, evidence }) => {
      const iat = claims?.['iat'];
      if (typeof iat !== 'number') return c.notApplicable;
      const { exchange } = message;
      const server = serverTime(exchange);
      if (server === null) return c.cannotTell('response headers');
      const ahead = iat - server;
      if (Math.abs(ahead) <= MAX_SKEW) return c.pass;
      const local = exchange.time === null ? null : iat - exchange.time / 1000;
      // The answer may be an old one out of the browser's cache.
      if (message.method === 'GET' && local !== null && Math.abs(local) <= MAX_SKEW) {
        return c.cannotTell('response headers');
      }
      const inAdvance = ahead > MAX_SKEW && local !== null && local > MAX_LEAD;
      const minutes = Math.round(Math.abs(ahead) / 60);
      return c.fail({
        evidence: [evidence],
        severity: inAdvance ? 'medium' : 'low',
        summary: inAdvance
          ? c.say`The proof is dated ${minutes} minutes ahead of the server, and ahead of the local clock too: it was made in advance.`
          : ahead > 0
            ? c.say`The proof is dated ${minutes} minutes ahead of the server.`
            : c.say`The proof is dated ${minutes} minutes behind the server.`,
      });
    });
  },
};

/** Seconds. */
const MAX_SKEW = 300;
const MAX_LEAD = 600;

/** Seconds since the epoch by the `Date` of the answer (RFC 9110 §6.6.1). */
function serverTime({ outcome }: Exchange): number | null {
  if (outcome.is !== 'response') return null;
  const time = Date.parse(header(outcome.response.headers, 'date') ?? '');
  return Number.isNaN(time) ? null : time / 1000;
}

// The traces begin at 2026-01-01T00:00:00Z by the local clock.
const dated = (clock: string): ExampleAnswer => ({
  status: 200,
  headers: [`Date: Thu, 01 Jan 2026 ${clock} GMT`],
  members: TOKENS,
});
const made = (iat: unknown, answer: ExampleAnswer | null = dated('00:00:00'), before = ''): string =>
  tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, iat })}`], answer, before);
const START = 1767225600;
const api = (clock: string, iat: number): string =>
  signInThen(
    apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof({ ...API_PROOF, iat })}`], dated(clock)),
    dated('00:00:00'),
  );

export const examples: Examples = {
  violation: [
    { name: 'two hours old', trace: made(START - 7200), severity: 'low' },
    { name: 'ten minutes ahead', trace: made(START + 600), severity: 'low' },
    { name: 'an hour ahead of both clocks', trace: made(START + 3600), severity: 'medium' },
    {
      name: 'ahead of the local clock, behind the server',
      trace: made(START + 3600, dated('02:00:00')),
      severity: 'low',
    },
    {
      name: 'as the local clock says, which is wrong',
      trace: made(START, dated('00:05:01')),
      severity: 'low',
    },
    { name: 'an old proof at an API', trace: api('00:00:00', START - 7200), severity: 'low' },
  ],
  clean: [{ name: 'at this moment', trace: made(START) }],
  lookAlike: [
    { name: 'five minutes late', trace: made(START - 300), verdict: 'pass' },
    {
      name: 'as the server says, with a wrong local clock',
      trace: made(START + 7200, dated('02:00:00')),
      verdict: 'pass',
    },
    { name: 'no time', trace: made('1767225600'), verdict: 'notApplicable' },
  ],
  cannotTell: [
    ...proofUnseen(),
    {
      name: 'which calls carry the token of a good proof',
      trace: made(START, dated('00:00:00'), '# capture record\n# hides response-body'),
      missing: ['response body'],
    },
    { name: 'the server gives no date', trace: made(START - 7200, { status: 200 }), missing: ['response headers'] },
    { name: 'no answer was seen', trace: made(START - 7200, null), missing: ['response headers'] },
    {
      name: 'the headers of the answer are hidden',
      trace: made(START - 7200, dated('00:00:00'), '# hides response-headers'),
      missing: ['response headers'],
    },
    { name: 'an answer out of the cache', trace: api('10:00:00', START), missing: ['response headers'] },
  ],
};
