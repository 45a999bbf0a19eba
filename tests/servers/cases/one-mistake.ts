import type { DemoCase, Expected, ExpectedFinding, PageClient, ServerBehaviour, ServerClient } from '../case.ts';
import { codePkcePublic } from './code-pkce-public.ts';
import { dpop } from './dpop.ts';
import { formPost } from './form-post.ts';
import { jar } from './jar.ts';
import { logout } from './logout.ts';
import { par } from './par.ts';
import { silentRenew } from './silent-renew.ts';

/** A correct client with one thing changed, and exactly what that must give. */
export interface BrokenEdition {
  readonly id: string;
  readonly title: string;
  readonly of: DemoCase;
  /** The one change: in the client, or in what the server does for it. */
  readonly change: Partial<Omit<PageClient, 'runs'>> | Partial<Omit<ServerClient, 'runs'>> | null;
  readonly server?: ServerBehaviour;
  /** What the whole traffic with its bodies gives. */
  readonly expected: Expected;
  /** What Watch gives where that is less: it sees no bodies of responses, few headers and no requests of pages but OAuth's. */
  readonly expectedOfWatch?: Expected;
  /** Rules that must say in Watch that they cannot tell. */
  readonly untold?: readonly string[];
}

const NOTHING: Expected = { nothingAbove: 'info' };

const only = (rule: string, severity: ExpectedFinding['severity'], ...children: readonly string[]): Expected => ({
  exactly: [{ rule, severity, children }],
});

export const oneMistake: readonly BrokenEdition[] = [
  {
    id: 'par-without-pkce',
    title: 'The pushed request has no code_challenge',
    of: par,
    change: { pkce: null },
    server: { pkceOptional: true },
    expected: only('missing-pkce', 'high'),
  },
  {
    id: 'state-with-email',
    title: 'The state carries an e-mail address as it is',
    of: codePkcePublic,
    change: { mistake: 'state-with-email' },
    expected: only('state-carries-data', 'low'),
  },
  {
    id: 'verifier-constant',
    title: 'The code_verifier is the same in every sign-in',
    of: codePkcePublic,
    change: { mistake: 'verifier-constant' },
    expected: only('weak-code-verifier', 'high'),
  },
  {
    id: 'state-again',
    title: 'The renewal repeats the state of the sign-in',
    of: silentRenew,
    change: { mistake: 'state-again' },
    expected: only('state-reused', 'low'),
  },
  {
    id: 'nonce-again',
    title: 'The renewal repeats the nonce of the sign-in',
    of: silentRenew,
    change: { mistake: 'nonce-again' },
    expected: only('nonce-reused', 'medium'),
  },
  {
    id: 'verifier-again',
    title: 'The renewal repeats the code_verifier of the sign-in',
    of: silentRenew,
    change: { mistake: 'verifier-again' },
    expected: only('pkce-challenge-reused', 'high'),
  },
  {
    id: 'verifier-in-request',
    title: 'The authorization request carries the code_verifier',
    of: codePkcePublic,
    change: { mistake: 'verifier-in-request' },
    expected: only('pkce-verifier-in-front-channel', 'high'),
  },
  {
    id: 'secret-in-request',
    title: 'The authorization request carries a client secret',
    of: codePkcePublic,
    change: { mistake: 'secret-in-request' },
    expected: only('client-secret-in-authz-request', 'high'),
  },
  {
    id: 'password-in-request',
    title: 'The authorization request carries a password',
    of: codePkcePublic,
    change: { mistake: 'password-in-request' },
    expected: only('credentials-in-authz-request', 'high'),
  },
  {
    id: 'request-object-differs',
    title: 'The address asks for another redirect_uri than the signed request',
    of: jar,
    change: { differsFromRequestObject: { redirect_uri: 'https://app.example/elsewhere' } },
    expected: only('request-object-mismatch', 'medium'),
  },
  {
    id: 'secret-as-basic',
    title: 'The page authenticates with a secret by HTTP Basic',
    of: codePkcePublic,
    change: { mistake: 'secret-as-basic' },
    expected: only('client-secret-basic-in-browser', 'high'),
  },
  {
    id: 'code-redeemed-twice',
    title: 'The page redeems its code a second time',
    of: codePkcePublic,
    change: { mistake: 'code-redeemed-twice' },
    expected: only('code-exchanged-twice', 'medium'),
  },
  {
    id: 'callback-to-stats',
    title: 'The callback page tells the analytics site its whole address',
    of: codePkcePublic,
    change: { mistake: 'callback-to-stats' },
    expected: only('token-in-analytics-url', 'medium', 'code-sent-to-third-party'),
    expectedOfWatch: NOTHING,
    untold: ['code-sent-to-third-party', 'token-in-analytics-url'],
  },
  {
    id: 'callback-in-referer',
    title: 'The callback page loads a picture whose Referer is its whole address',
    of: codePkcePublic,
    change: { mistake: 'callback-in-referer' },
    expected: only('code-in-referer', 'medium'),
    expectedOfWatch: NOTHING,
    untold: ['code-in-referer'],
  },
  {
    id: 'proof-used-twice',
    title: 'Two calls of the API carry the same DPoP proof',
    of: dpop,
    change: { mistake: 'proof-used-twice' },
    expected: only('dpop-proof-reused', 'medium'),
    expectedOfWatch: NOTHING,
  },
  {
    id: 'proof-without-token',
    title: 'The DPoP proof for the API is not made for the token',
    of: dpop,
    change: { mistake: 'proof-without-token' },
    expected: only('dpop-ath-missing', 'high'),
    expectedOfWatch: NOTHING,
  },
  {
    id: 'proof-too-old',
    title: 'The DPoP proof for the API is an hour old',
    of: dpop,
    change: { mistake: 'proof-too-old' },
    expected: only('dpop-iat-skew', 'low'),
    expectedOfWatch: NOTHING,
    untold: ['dpop-iat-skew'],
  },
  {
    id: 'signs-out-alone',
    title: 'The page signs the person out without a word to the server',
    of: logout,
    change: { mistake: 'signs-out-alone' },
    expected: only('token-not-revoked-on-logout', 'low'),
    expectedOfWatch: NOTHING,
  },
  {
    id: 'state-left-out',
    title: 'The response comes without the state that was sent',
    of: codePkcePublic,
    change: { checks: ['iss', 'nonce'] },
    server: { mistakes: ['state-left-out'] },
    expected: only('state-missing-in-response', 'high'),
  },
  {
    id: 'iss-left-out',
    title: 'The response comes without the iss that the metadata promises',
    of: codePkcePublic,
    change: { checks: ['state', 'nonce'] },
    server: { mistakes: ['iss-left-out'] },
    expected: only('iss-missing', 'medium'),
    expectedOfWatch: NOTHING,
    untold: ['iss-missing'],
  },
  {
    id: 'code-twice',
    title: 'The response carries its code twice',
    of: codePkcePublic,
    change: null,
    server: { mistakes: ['code-twice'] },
    expected: only('duplicate-code-in-callback', 'medium', 'duplicate-oauth-parameter'),
  },
  {
    id: 'cacheable-form',
    title: 'The page that posts the response may be cached',
    of: formPost,
    change: null,
    server: { mistakes: ['cacheable-form'] },
    expected: only('form-post-page-cacheable', 'low'),
    expectedOfWatch: NOTHING,
    untold: ['form-post-page-cacheable'],
  },
  {
    id: 'framable-pages',
    title: 'Anybody may frame the sign-in pages',
    of: codePkcePublic,
    change: null,
    server: { mistakes: ['framable-pages'] },
    expected: only('authz-page-framable', 'medium'),
    expectedOfWatch: NOTHING,
    untold: ['authz-page-framable'],
  },
  {
    id: 'cacheable-tokens',
    title: 'The token response may be cached',
    of: codePkcePublic,
    change: null,
    server: { mistakes: ['cacheable-tokens'] },
    expected: only('token-response-cacheable', 'low'),
    expectedOfWatch: NOTHING,
    untold: ['token-response-cacheable'],
  },
  {
    id: 'endless-tokens',
    title: 'The token response does not say when its tokens expire',
    of: codePkcePublic,
    change: null,
    server: { mistakes: ['endless-tokens'] },
    expected: only('missing-expires-in', 'low'),
    expectedOfWatch: NOTHING,
    untold: ['missing-expires-in'],
  },
  {
    id: 'tokens-as-html',
    title: 'The token response is HTML by its type',
    of: codePkcePublic,
    change: null,
    server: { mistakes: ['tokens-as-html'] },
    expected: only('token-response-content-type', 'medium'),
    expectedOfWatch: NOTHING,
    untold: ['token-response-content-type'],
  },
  {
    id: 'foreign-nonce',
    title: 'The ID token carries the nonce of another sign-in, and the page takes it',
    of: codePkcePublic,
    change: { checks: ['state', 'iss'] },
    server: { mistakes: ['foreign-nonce'] },
    expected: only('nonce-mismatch', 'high'),
    expectedOfWatch: NOTHING,
    untold: ['nonce-mismatch'],
  },
];

/** The case of an edition. The server asks nobody for consent, but where its pages are what is broken. */
export function editionCase({ id, title, of, change, server, expected }: BrokenEdition): DemoCase {
  const trusted = server?.mistakes?.includes('framable-pages') ? {} : ({ trusted: true } as const);
  return {
    ...of,
    id,
    title,
    client: { ...of.client, ...change } as DemoCase['client'],
    server: { ...of.server, ...trusted, ...server },
    expected,
  };
}
