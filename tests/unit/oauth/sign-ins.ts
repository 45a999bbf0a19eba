import { createHash } from 'node:crypto';
import fc from 'fast-check';

import type { Analysis, Finding } from '../../../lib/model/analysis.ts';
import type { Flow } from '../../../lib/model/flow.ts';
import { answer, redirect } from './flows.ts';

/** One sign-in as blocks of the trace language, in order, with every secret that it holds. */
export interface SignIn {
  readonly clientId: string;
  /** Whole exchanges: a request with its response. */
  readonly exchanges: readonly string[];
  readonly secrets: readonly string[];
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const random = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: length, maxLength: length });
/** Codes and states with characters that an address must encode. */
const awkward = fc.tuple(fc.constantFrom('4/0A', 'a+b ', '%7B$&', 'é~!'), random(20)).map((parts) => parts.join(''));
const secret = fc.oneof({ arbitrary: random(24), weight: 3 }, { arbitrary: awkward, weight: 1 });

/** Sign-ins as clients make them, right and wrong ones. Two of different `name` share no value. */
export function signIn(name: string): fc.Arbitrary<SignIn> {
  return fc
    .record({
      type: fc.constantFrom('code', 'token', 'id_token token', 'code id_token'),
      state: fc.option(secret),
      nonce: fc.option(random(20)),
      verifier: fc.option(random(43)),
      method: fc.constantFrom('S256', 'plain'),
      scope: fc.constantFrom('openid profile', 'profile', 'read write'),
      mode: fc.constantFrom(null, 'form_post', 'fragment', 'query'),
      error: fc.boolean(),
      otherState: fc.boolean(),
      redirected: fc.boolean(),
      code: secret,
      token: random(30),
      refreshToken: fc.option(random(30)),
      password: fc.option(awkward),
      sender: fc.constantFrom('page', 'unknown', 'nobody'),
      answered: fc.boolean(),
    })
    .map((chosen) => build(name, chosen));
}

type Chosen = Parameters<Parameters<ReturnType<typeof fc.record<Shape>>['map']>[0]>[0];
interface Shape {
  type: string;
  state: string | null;
  nonce: string | null;
  verifier: string | null;
  method: string;
  scope: string;
  mode: string | null;
  error: boolean;
  otherState: boolean;
  redirected: boolean;
  code: string;
  token: string;
  refreshToken: string | null;
  password: string | null;
  sender: string;
  answered: boolean;
}

function build(name: string, chosen: Chosen): SignIn {
  const clientId = `client-${name}`;
  const server = `https://as-${name}.example`;
  const callback = `https://app-${name}.example/cb`;
  const marked = (value: string | null): string | null => (value === null ? null : `${value}.${name}`);
  const state = marked(chosen.state);
  const verifier = chosen.type.includes('code') ? chosen.verifier : null;
  const code = chosen.type.includes('code') && !chosen.error ? marked(chosen.code) : null;
  const token = `${chosen.token}.${name}`;
  const idToken = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ${name}In0.${chosen.token}`;

  const request = form({
    response_type: chosen.type,
    client_id: clientId,
    redirect_uri: callback,
    scope: chosen.scope,
    state,
    nonce: marked(chosen.nonce),
    response_mode: chosen.mode,
    code_challenge: verifier === null ? null : chosen.method === 'S256' ? s256(verifier) : verifier,
    code_challenge_method: verifier === null ? null : chosen.method,
  });
  const back = form(
    chosen.error
      ? { error: 'access_denied', state }
      : {
          code,
          access_token: / token|^token/.test(chosen.type) ? token : null,
          id_token: chosen.type.includes('id_token') ? idToken : null,
          token_type: / token|^token/.test(chosen.type) ? 'Bearer' : null,
          state: chosen.otherState && state !== null ? `x${state}` : state,
        },
  );
  const exchanges: string[] = [];
  const asked = `GET ${server}/authorize?${request}`;
  if (chosen.mode === 'form_post') {
    exchanges.push(
      asked,
      `# initiator ${server}\nPOST ${callback}\nContent-Type: application/x-www-form-urlencoded\n\n${back}`,
    );
  } else {
    const separator = chosen.mode === 'query' || (chosen.mode === null && chosen.type === 'code') ? '?' : '#';
    const target = `${callback}${separator}${back}`;
    exchanges.push(chosen.redirected ? `${asked}\n\n${redirect(target)}` : asked, `GET ${target}`);
  }
  if (code !== null && chosen.sender !== 'nobody') {
    const body = form({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      client_secret: marked(chosen.password),
      code_verifier: verifier,
    });
    const initiator = chosen.sender === 'page' ? `# initiator https://app-${name}.example\n` : '';
    const redeem = `${initiator}POST ${server}/token\nContent-Type: application/x-www-form-urlencoded\n\n${body}`;
    const tokens = {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: marked(chosen.refreshToken),
    };
    exchanges.push(chosen.answered ? `${redeem}\n\n${answer(tokens)}` : redeem);
    if (chosen.answered) {
      exchanges.push(`GET https://api-${name}.example/orders\nAuthorization: Bearer ${token}`);
    }
  }
  const secrets = [
    state,
    marked(chosen.nonce),
    verifier,
    code,
    token,
    idToken,
    marked(chosen.refreshToken),
    marked(chosen.password),
  ];
  return { clientId, exchanges, secrets: secrets.filter((value) => value !== null) };
}

function form(members: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== null) params.set(name, value);
  return params.toString();
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Requests of an ordinary page, with names that look like OAuth. None of them is a page load. */
export const ordinary: fc.Arbitrary<string> = fc.constantFrom(
  '# resource image\nGET https://cdn.example/logo.png',
  '# resource script\nGET https://cdn.example/oauth.js?v=3&state=min',
  '# resource xhr\nGET https://shop.example/api/items?code=de&page=2',
  '# resource xhr\nGET https://shop.example/api/address?state=CA&zipcode=94103',
  '# resource xhr\nPOST https://shop.example/api/cart\nContent-Type: application/json\n\n{"code":"SAVE20","token":"none"}',
  '# resource xhr\nPOST https://stats.example/collect\nContent-Type: text/plain\n\nstate=open&code=404',
  '# resource frame\nGET https://ads.example/frame?token=9b1deb4d3b7d',
  '# resource font\nGET https://cdn.example/font.woff2',
  'GET https://shop.example/logout?next=/home',
  'GET https://shop.example/error?error=not_found\n\n404',
);

/** Puts the lists together; each keeps its own order. `turns` says whose turn it is. */
export function interleave<T>(lists: readonly (readonly T[])[], turns: readonly number[]): T[] {
  const left = lists.map((list) => [...list]);
  const merged: T[] = [];
  for (const turn of turns) {
    const next = left[turn % left.length]?.shift();
    if (next !== undefined) merged.push(next);
  }
  return [...merged, ...left.flat()];
}

export const turns = fc.array(fc.nat(), { maxLength: 24 });

/** A finding without its place in the list of messages and flows. */
export function withoutPlace({ flow: _flow, message: _message, evidence, ...finding }: Finding): unknown {
  return { ...finding, evidence: evidence.map(({ message: _index, observation: _place, ...rest }) => rest) };
}

/** What an analysis says of the flows that fit, apart from numbering. */
export function saidOf(analysis: Analysis, fits: (flow: Flow) => boolean): unknown {
  const flows = analysis.flows.filter(fits);
  const ids = new Set(flows.map((flow) => flow.id));
  return {
    flows: flows.map((flow) => [
      flow.grant,
      flow.clientType,
      flow.links.map((link) => [link.message.kind, link.by, link.sure]),
    ]),
    findings: analysis.findings.filter((finding) => finding.flow !== null && ids.has(finding.flow)).map(withoutPlace),
    verdicts: analysis.verdicts
      .filter((verdict) => verdict.flow !== null && ids.has(verdict.flow))
      .map(({ flow: _flow, ...verdict }) => verdict),
  };
}
