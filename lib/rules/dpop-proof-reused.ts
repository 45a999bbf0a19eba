import { dpopProofs } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { isRedirected, judgeCallProofs } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  callsNotSeen,
  exampleProof,
  proofUnseen,
  TOKEN_PROOF,
  tokenRequest,
} from './support/example-proofs.ts';

export const rule: Rule = {
  id: 'dpop-proof-reused',
  title: 'One DPoP proof for several requests',
  subject: 'Uniqueness of DPoP proofs',
  group: 'K',
  severity: 'medium',
  confidence: 'certain',
  needs: ['request headers', 'page'],
  references: [
    { spec: 'RFC 9449', section: '4', level: 'none' },
    { spec: 'RFC 9449', section: '4.2', level: 'MUST' },
    { spec: 'RFC 9449', section: '11.1', level: 'none' },
  ],
  why: 'A server that has to accept repeats cannot tell a stolen proof from a good one.',
  fix: 'Make a new proof with a new random `jti` for each request.',
  parents: [],

  check(flow, c) {
    return judgeCallProofs(flow, c, ({ message, claims, evidence }) => {
      const jti = claims?.['jti'];
      const { exchange } = message;
      if (typeof jti !== 'string' || isRedirected(exchange)) return c.notApplicable;
      const uses = c.once(exchangesByJti).get(jti) ?? [];
      const before = uses.slice(0, Math.max(uses.indexOf(exchange), 0));
      if (before.every((earlier) => isSameRequest(earlier, exchange))) return c.pass;
      return c.fail({
        evidence: [evidence],
        summary: c.say`The proof has the jti ${c.mask(jti)} of ${before.length} earlier requests.`,
      });
    });
  },
};

/** Requests that reached a server, by the `jti` of their proofs. */
function exchangesByJti({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlyMap<string, readonly Exchange[]> {
  const uses = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    // A browser tries again by itself where a connection broke.
    if (exchange.outcome.is === 'failed') continue;
    const [proof = ''] = dpopProofs(exchange.request.headers);
    const jti = readCompactJose(proof)?.claims?.['jti'];
    if (typeof jti !== 'string') continue;
    const list = uses.get(jti);
    if (list === undefined) uses.set(jti, [exchange]);
    else list.push(exchange);
  }
  return uses;
}

/** A recorder shows a request twice that a service worker hands on: as the page sent it, and as the worker did. */
function isSameRequest(a: Exchange, b: Exchange): boolean {
  return (
    a.request.url === b.request.url &&
    a.request.method === b.request.method &&
    Math.abs((b.time ?? Infinity) - (a.time ?? 0)) < 1000
  );
}

const at = (jti: string, ...lines: readonly string[]): string =>
  tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, jti })}`], { status: 400 }, lines.join('\n'));
const JTI = TOKEN_PROOF.jti;

export const examples: Examples = {
  violation: [
    { name: 'the same proof a second later', trace: at(JTI) + at(JTI), severity: 'medium' },
    {
      name: 'the same proof at once, for another address',
      trace: at(JTI) + at(JTI, '# time +0').replace('POST https://as.example/token', 'POST https://as.example/token/2'),
      severity: 'medium',
    },
    {
      name: 'the same proof at once, with another method',
      trace: `${tokenRequest([`DPoP: ${exampleProof()}`])}${apiRequest([`DPoP: ${exampleProof()}`], { status: 200 }, 'https://as.example/token', '# time +0')}${at(JTI)}`,
      severity: 'medium',
    },
    {
      name: 'the same jti in another proof',
      trace: `${at(JTI)}${tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, iat: 1767225660 })}`])}`,
      severity: 'medium',
    },
    {
      name: 'a proof that went to an API before',
      trace: `${apiRequest([`DPoP: ${exampleProof({ ...API_PROOF, jti: JTI })}`])}${at(JTI)}`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'a new proof for each request', trace: at(JTI) + at('f7Zq2_LmWc9-TbYe_KxRu3S') }],
  lookAlike: [
    {
      name: 'the browser follows a redirect with the proof of the hop before',
      trace: `
        POST https://as.example/oauth2/token
        DPoP: ${exampleProof()}

        307
        Location: https://as.example/token
        ${at(JTI)}
      `,
    },
    { name: 'a request that a service worker hands on', trace: at(JTI) + at(JTI, '# time +0'), verdict: 'pass' },
    {
      name: 'a proof without jti',
      trace:
        tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, jti: 7 })}`]) +
        tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, jti: 7 })}`]),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [...proofUnseen(), ...callsNotSeen()],
};
