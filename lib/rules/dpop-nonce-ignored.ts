import { header } from '../http/headers.ts';
import { paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Exchange } from '../model/observation.ts';
import type { Need, Outcome, Rule, RuleContext } from '../model/rule.ts';
import { type Proof, proofsOf, unlessCallsUnseen, worstOfEachHost } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  type ExampleAnswer,
  exampleProof,
  GRANTED,
  signInThen,
  TOKEN_PROOF,
  tokenRequest,
} from './support/example-proofs.ts';
import { ACCESS_TOKEN } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-nonce-ignored',
  title: 'DPoP nonce of the server not used',
  subject: 'Answer to the DPoP nonce of the server',
  group: 'K',
  severity: 'low',
  confidence: 'certain',
  needs: ['request headers', 'response headers', 'response body'],
  references: [
    { spec: 'RFC 9449', section: '8', level: 'none' },
    { spec: 'RFC 9449', section: '9', level: 'none' },
  ],
  why: 'The server refuses every request until its nonce comes back in a proof, so the client never succeeds.',
  fix: 'Copy `DPoP-Nonce` into the `nonce` of the next proof, and name the header in `Access-Control-Expose-Headers`.',
  parents: [],

  check(flow, c) {
    const proofs = proofsOf(flow);
    const outcomes = proofs.map((proof) => judge(flow, c, proof, proofs));
    return unlessCallsUnseen(flow, c, worstOfEachHost(outcomes, c));
  },
};

function judge(flow: Flow, c: RuleContext, proof: Proof, proofs: readonly Proof[]): Outcome {
  const { message, evidence } = proof;
  const answer = challengeOf(flow, proof);
  if (answer.is === 'hidden') return c.cannotTell(answer.missing);
  if (answer.is === 'none') return c.notApplicable;
  const host = c.plain(message.endpoint.host);
  const later = proofs
    .slice(proofs.indexOf(proof) + 1)
    .filter((other) => other.message.endpoint.url === message.endpoint.url);
  if (answer.nonce !== null && later.some((other) => other.claims?.['nonce'] === answer.nonce)) return c.pass;
  const [next] = later;
  if (
    next !== undefined &&
    next.claims?.['nonce'] === proof.claims?.['nonce'] &&
    challengeOf(flow, next).is === 'nonce' &&
    areApart(message.exchange, next.message.exchange)
  ) {
    return c.fail({
      evidence: [evidence, next.evidence],
      summary: c.say`${host} asked for its nonce, and the next proof came without it and was refused again.`,
    });
  }
  if (!isHiddenFromPage(proof)) return c.notApplicable;
  // Watch does not keep the header that tells it.
  if (message.exchange.capture === 'watch') return c.cannotTell('response headers');
  return c.fail({
    evidence: [evidence],
    summary: c.say`${host} asked for its nonce, but does not let the page read the header DPoP-Nonce.`,
  });
}

type Challenge =
  | { readonly is: 'none' }
  | { readonly is: 'hidden'; readonly missing: Need }
  | { readonly is: 'nonce'; readonly nonce: string | null };

/** The server asks for its nonce: by an error in the body (RFC 9449 §8), or in `WWW-Authenticate` (§9). */
function challengeOf(flow: Flow, { message }: Proof): Challenge {
  const { outcome, id } = message.exchange;
  if (outcome.is !== 'response' || ![400, 401].includes(outcome.response.status)) return { is: 'none' };
  const { headers } = outcome.response;
  const answer = flow.messages.find((other) => other.at === 'response' && other.exchange.id === id);
  const asked =
    (answer !== undefined && paramValue(answer, 'error') === 'use_dpop_nonce') ||
    /\buse_dpop_nonce\b/.test(header(headers, 'www-authenticate') ?? '');
  if (asked) return { is: 'nonce', nonce: header(headers, 'dpop-nonce') };
  if (answer !== undefined && answer.bodyHidden !== null) return { is: 'hidden', missing: 'response body' };
  return headers.seen ? { is: 'none' } : { is: 'hidden', missing: 'response headers' };
}

/** Requests that were under way at the same time could not know of the nonce. */
function areApart(a: Exchange, b: Exchange): boolean {
  return (b.time ?? Infinity) - (a.time ?? 0) >= 1000;
}

/** A page of another origin got the answer without the leave to read the header (Fetch, CORS). */
function isHiddenFromPage({ message: { exchange, endpoint } }: Proof): boolean {
  const origin = header(exchange.request.headers, 'origin');
  if (origin === null || origin === endpoint.origin || exchange.outcome.is !== 'response') return false;
  const { headers } = exchange.outcome.response;
  if (header(headers, 'access-control-allow-origin') === null) return false;
  const exposed = wordsOf(header(headers, 'access-control-expose-headers'));
  return !exposed.includes('dpop-nonce') && !exposed.includes('*');
}

const CHALLENGE: ExampleAnswer = {
  status: 400,
  headers: ['DPoP-Nonce: eyJ7S_zG.eyJH0-Z.HX4w-7v'],
  members: { error: 'use_dpop_nonce' },
};
const asked = (
  nonce?: unknown,
  answer: ExampleAnswer | null = CHALLENGE,
  before = '',
  more: readonly string[] = [],
): string => tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, nonce })}`, ...more], answer, before);
const api = (nonce?: string): string =>
  apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof({ ...API_PROOF, nonce })}`], {
    status: 401,
    headers: ['WWW-Authenticate: DPoP error="use_dpop_nonce"', 'DPoP-Nonce: eyJ7S_zG.eyJH0-Z.HX4w-7v'],
  });
const NONCE = 'eyJ7S_zG.eyJH0-Z.HX4w-7v';
const crossOrigin = (...headers: readonly string[]): ExampleAnswer => ({
  ...CHALLENGE,
  headers: [...(CHALLENGE.headers ?? []), ...headers],
});
const PAGE = ['Origin: https://app.example'];
const ALLOWED = 'Access-Control-Allow-Origin: https://app.example';

export const examples: Examples = {
  violation: [
    { name: 'twice without the nonce', trace: asked() + asked(), severity: 'low' },
    { name: 'twice with an old nonce', trace: asked('dUqYx3bVtR9mKw2') + asked('dUqYx3bVtR9mKw2'), severity: 'low' },
    { name: 'at an API', trace: signInThen(api() + api()), severity: 'low' },
    {
      name: 'the page cannot read the nonce',
      trace: asked(undefined, crossOrigin(ALLOWED), '', PAGE),
      severity: 'low',
    },
    {
      name: 'the page may read other headers',
      trace: asked(undefined, crossOrigin(ALLOWED, 'Access-Control-Expose-Headers: WWW-Authenticate'), '', PAGE),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'the nonce comes with the next proof', trace: asked() + asked(NONCE, GRANTED) },
    { name: 'at an API', trace: signInThen(api() + api(NONCE)) },
    {
      name: 'a page that reads the nonce in another way',
      trace: asked(undefined, crossOrigin(ALLOWED), '', PAGE) + asked(NONCE, GRANTED, '', PAGE),
    },
  ],
  lookAlike: [
    { name: 'one challenge, and nothing after it', trace: asked(), verdict: 'notApplicable' },
    {
      name: 'two requests at once',
      trace: asked() + asked(undefined, CHALLENGE, '# time +0'),
      verdict: 'notApplicable',
    },
    { name: 'the second one is granted', trace: asked() + asked(undefined, GRANTED), verdict: 'notApplicable' },
    {
      name: 'the second one fails for another reason',
      trace: asked() + asked(undefined, { status: 400, members: { error: 'invalid_grant' } }),
      verdict: 'notApplicable',
    },
    { name: 'the second one has an older nonce', trace: asked() + asked('dUqYx3bVtR9mKw2'), verdict: 'notApplicable' },
    {
      name: 'the second one goes to another address',
      trace: asked() + asked().replace('POST https://as.example/token', 'POST https://as.example/token/2'),
      verdict: 'notApplicable',
    },
    {
      name: 'the error in an answer with another status',
      trace: asked(undefined, { ...CHALLENGE, status: 200 }) + asked(undefined, { ...CHALLENGE, status: 200 }),
      verdict: 'notApplicable',
    },
    {
      name: 'the page may read the nonce',
      trace: asked(undefined, crossOrigin(ALLOWED, 'Access-Control-Expose-Headers: DPoP-Nonce'), '', PAGE),
      verdict: 'notApplicable',
    },
    {
      name: 'the page may read every header',
      trace: asked(undefined, crossOrigin(ALLOWED, 'Access-Control-Expose-Headers: *'), '', PAGE),
      verdict: 'notApplicable',
    },
    {
      name: 'a page of the same origin',
      trace: asked(undefined, crossOrigin(ALLOWED), '', ['Origin: https://as.example']),
      verdict: 'notApplicable',
    },
    {
      name: 'an origin that nothing is allowed',
      trace: asked(undefined, CHALLENGE, '', PAGE),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'calls of APIs are not seen',
      trace: tokenRequest([`DPoP: ${exampleProof()}`], GRANTED, '# capture watch'),
      missing: ['page'],
    },
    {
      name: 'the body of the answer is hidden',
      trace:
        asked(undefined, CHALLENGE, '# hides response-body') + asked(undefined, CHALLENGE, '# hides response-body'),
      missing: ['response body'],
    },
    {
      name: 'the headers of the answer are hidden',
      trace: signInThen(api().replace('\nGET', '\n# hides response-headers\nGET')),
      missing: ['response headers'],
    },
    {
      name: 'whether the page may read the nonce is not kept',
      trace: `
        # capture watch
        GET https://app.example/cb#access_token=${ACCESS_TOKEN}&token_type=DPoP&state=af0ifjsldkjQ2w7

        # capture watch
        GET https://api.example/me
        Authorization: DPoP ${ACCESS_TOKEN}
        DPoP: ${exampleProof(API_PROOF)}
        Origin: https://app.example

        401
        WWW-Authenticate: DPoP error="use_dpop_nonce"
        DPoP-Nonce: ${NONCE}
        ${ALLOWED}
      `,
      missing: ['response headers'],
    },
  ],
};
