/**
 * The client that runs in the pages of the client site. What it does and which checks it leaves out is data
 * (`PageClient`), so that a sound and a broken client differ in that alone.
 */
import type { PageClient } from '../case.ts';
import { callApi, element, type Facts, readCasePage, report, settle } from './case-page.ts';

interface TokenResponse {
  readonly access_token?: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

/** What one authorization request leaves behind until its response arrives. */
interface Transaction {
  readonly redirectUri: string;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly verifier: string | null;
}

interface Endpoints {
  readonly authorization: string;
  readonly pushed: string;
  readonly token: string;
  readonly revocation: string;
  readonly endSession: string;
}

const page = readCasePage<PageClient>();
const { client } = page;
const { mistake } = client;
const slot = `transaction:${page.id}`;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function s256(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

async function endpoints(): Promise<Endpoints> {
  if (!client.readsMetadata) {
    return {
      authorization: `${page.issuer}/auth`,
      pushed: `${page.issuer}/par`,
      token: `${page.issuer}/token`,
      revocation: `${page.issuer}/token/revocation`,
      endSession: `${page.issuer}/session/end`,
    };
  }
  const answer = await fetch(`${page.issuer}/.well-known/openid-configuration`);
  const metadata = (await answer.json()) as Record<string, string>;
  if (metadata['issuer'] !== page.issuer) throw new Error('the metadata is of another issuer');
  return {
    authorization: metadata['authorization_endpoint'] ?? '',
    pushed: metadata['pushed_authorization_request_endpoint'] ?? '',
    token: metadata['token_endpoint'] ?? '',
    revocation: metadata['revocation_endpoint'] ?? '',
    endSession: metadata['end_session_endpoint'] ?? '',
  };
}

/** The transaction that this page took to its end. */
let finished: Transaction | null = null;

function newTransaction(redirectUri: string): Transaction {
  const made = {
    redirectUri,
    state: client.sendsState ? random() : null,
    nonce: client.sendsNonce ? random() : null,
    verifier: client.pkce ? random() : null,
  };
  switch (mistake) {
    case 'state-with-email':
      return { ...made, state: btoa(JSON.stringify({ email: 'alice@app.example', csrf: random() })) };
    case 'verifier-constant':
      return { ...made, verifier: '0123456789'.repeat(5) };
    case 'state-again':
      return { ...made, state: finished?.state ?? made.state };
    case 'nonce-again':
      return { ...made, nonce: finished?.nonce ?? made.nonce };
    case 'verifier-again':
      return { ...made, verifier: finished?.verifier ?? made.verifier };
    default:
      return made;
  }
}

async function authorizationUrl(redirectUri: string, prompt: string | null): Promise<string> {
  const transaction = newTransaction(redirectUri);
  sessionStorage.setItem(slot, JSON.stringify(transaction));
  const { authorization, pushed } = await endpoints();
  const request = new URLSearchParams();
  const { verifier } = transaction;
  for (const [name, value] of [
    ['response_type', client.grant === 'implicit' ? 'id_token token' : 'code'],
    ['client_id', page.id],
    ['redirect_uri', redirectUri],
    ['scope', client.scope],
    ['state', transaction.state],
    ['nonce', transaction.nonce],
    ['code_challenge', verifier && (client.pkce === 'S256' ? await s256(verifier) : verifier)],
    ['code_challenge_method', client.pkce],
    ['prompt', prompt],
    ['code_verifier', mistake === 'verifier-in-request' && verifier],
    ['client_secret', mistake === 'secret-in-request' && random()],
    ['password', mistake === 'password-in-request' && random()],
  ] as const) {
    if (value) request.set(name, value);
  }
  if (!client.pushes) return `${authorization}?${request}`;
  const { request_uri = '' } = (await post(pushed, request)) as { readonly request_uri?: string };
  return `${authorization}?${new URLSearchParams({ client_id: page.id, request_uri })}`;
}

/** A request to an endpoint of the authorization server, and the JSON document that it answers with, if any. */
async function post(
  url: string,
  form: URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: form, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

async function requestTokens(form: URLSearchParams): Promise<TokenResponse> {
  const { token } = await endpoints();
  form.set('client_id', page.id);
  const headers: Record<string, string> = client.bindsTokens ? await proof('POST', token) : {};
  if (mistake === 'secret-as-basic') headers['authorization'] = `Basic ${btoa(`${page.id}:${page.secret}`)}`;
  else if (page.secret) form.set('client_secret', page.secret);
  return (await post(token, form, headers)) as TokenResponse;
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Its private half cannot be read, not even by this page. */
const boundKey = client.bindsTokens ? crypto.subtle.generateKey(ES256, false, ['sign']) : null;

/** The header of a DPoP proof (RFC 9449 §4.2); with a token, also for the token. */
async function proof(htm: string, htu: string, token?: string): Promise<{ dpop: string }> {
  if (boundKey === null) throw new Error('this client has no key');
  const { privateKey, publicKey } = await boundKey;
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const ath = token === undefined || mistake === 'proof-without-token' ? {} : { ath: await s256(token) };
  const iat = Math.floor(Date.now() / 1000) - (token !== undefined && mistake === 'proof-too-old' ? 3600 : 0);
  const parts = [
    { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } },
    { jti: random(), htm, htu, iat, ...ath },
  ];
  const input = parts.map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join('.');
  const signature = await crypto.subtle.sign(ES256, privateKey, new TextEncoder().encode(input));
  return { dpop: `${input}.${base64url(new Uint8Array(signature))}` };
}

/** OIDC Core §3.1.3.7 without the signature, which TLS stands for where the token endpoint itself gave the token. */
function checkIdToken(idToken: string, transaction: Transaction) {
  const payload = idToken.split('.')[1] ?? '';
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, unknown>;
  if (claims['iss'] !== page.issuer || claims['aud'] !== page.id)
    throw new Error('the ID token is not for this client');
  if (claims['nonce'] !== transaction.nonce) throw new Error('the ID token carries another nonce');
}

/** Takes an authorization response to its end: checks, token request, one call of the API with the token. */
async function finish(response: URLSearchParams): Promise<Facts> {
  const transaction = JSON.parse(sessionStorage.getItem(slot) ?? 'null') as Transaction | null;
  sessionStorage.removeItem(slot);
  if (!transaction) throw new Error('no sign-in is under way');
  finished = transaction;
  if (client.checks.includes('state') && response.get('state') !== transaction.state) throw new Error('wrong state');
  if (client.checks.includes('iss') && response.get('iss') !== page.issuer) throw new Error('wrong issuer');
  const error = response.get('error');
  if (error) throw new Error(`the server answered ${error}`);

  let tokens: TokenResponse;
  let form: URLSearchParams | null = null;
  if (client.grant === 'implicit') {
    tokens = { access_token: response.get('access_token') ?? '', id_token: response.get('id_token') ?? '' };
  } else {
    form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: response.get('code') ?? '',
      redirect_uri: transaction.redirectUri,
    });
    if (transaction.verifier) form.set('code_verifier', transaction.verifier);
    tokens = await requestTokens(form);
  }
  if (client.checks.includes('nonce')) checkIdToken(tokens.id_token ?? '', transaction);
  const facts = await factsOf(tokens);
  if (form !== null && mistake === 'code-redeemed-twice') await inVain(form);
  return client.refreshes ? refresh(tokens) : facts;
}

async function refresh({ refresh_token = '' }: TokenResponse): Promise<Facts> {
  const tokens = await requestTokens(new URLSearchParams({ grant_type: 'refresh_token', refresh_token }));
  const facts = await factsOf(tokens);
  return client.signsOut ? signOut(tokens, facts) : facts;
}

/** A token request that the server must refuse, because its code was used. */
async function inVain(form: URLSearchParams) {
  const taken = await requestTokens(form).then(
    () => true,
    () => false,
  );
  if (taken) throw new Error('the server took it twice');
}

const leaving = `leaving:${page.id}`;

/** Revokes the refresh token and leaves for the server's sign-out (RP-Initiated Logout §2), which leads back to `signedOut`. */
async function signOut(tokens: TokenResponse, facts: Facts): Promise<never> {
  const state = random();
  sessionStorage.setItem(leaving, JSON.stringify({ state, facts }));
  if (mistake === 'signs-out-alone') return leaveFor(`${page.urls.signedOut}?${new URLSearchParams({ state })}`);
  const { revocation, endSession } = await endpoints();
  await post(revocation, new URLSearchParams({ token: tokens.refresh_token ?? '', client_id: page.id }));
  // By POST, because the ID token has no business in an address.
  const form = document.createElement('form');
  form.method = 'post';
  form.action = endSession;
  for (const [name, value] of Object.entries({
    id_token_hint: tokens.id_token ?? '',
    client_id: page.id,
    post_logout_redirect_uri: page.urls.signedOut,
    state,
  })) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  return leaveFor(form);
}

function leaveFor(target: string | HTMLFormElement): Promise<never> {
  if (typeof target === 'string') location.assign(target);
  else target.submit();
  return new Promise(() => {
    // The page is left before it settles.
  });
}

function signedOut(): Facts {
  const { state, facts } = JSON.parse(sessionStorage.getItem(leaving) ?? '{}') as {
    readonly state?: string;
    readonly facts?: Facts;
  };
  sessionStorage.removeItem(leaving);
  const answer = takeResponse();
  if (state === undefined || answer.get('state') !== state)
    throw new Error('this is not the end of a sign-out of this page');
  return { ...facts, signedOut: true };
}

async function factsOf(tokens: TokenResponse): Promise<Facts> {
  const token = tokens.access_token ?? '';
  const bound = client.bindsTokens ? await proof('GET', page.api, token) : undefined;
  // A proof is made for an address without its query (RFC 9449 §4.2).
  if (mistake === 'proof-used-twice') await callApi(`${page.api}?fields=sub`, token, bound);
  return {
    subject: await callApi(page.api, token, bound),
    tokens: Object.keys(tokens)
      .filter((name) => name.endsWith('_token'))
      .sort(),
  };
}

/** Tells the analytics site about this page, as the start pages do, but with its whole address. */
async function tellStats(): Promise<void> {
  const { pathname, href } = location;
  const image = new Image();
  if (mistake === 'callback-in-referer') image.referrerPolicy = 'unsafe-url';
  const told = mistake === 'callback-to-stats' ? href : pathname;
  image.src = `${page.stats}/collect?${new URLSearchParams({ page: told })}`;
  // It answers without a picture.
  await image.decode().catch(() => null);
}

/** The response is taken out of the address at once, before anything can copy it. */
function takeResponse(): URLSearchParams {
  const response = new URLSearchParams(client.grant === 'implicit' ? location.hash.slice(1) : location.search);
  history.replaceState(null, '', location.pathname);
  return response;
}

/** `prompt=none` in a hidden frame (OIDC Core §3.1.2.1); the frame's page hands the response to this one. */
async function renew(): Promise<Facts> {
  const frame = document.createElement('iframe');
  const response = new Promise<string>((resolve) => {
    addEventListener('message', (event) => {
      if (event.origin === location.origin && event.source === frame.contentWindow) resolve(String(event.data));
    });
  });
  frame.src = await authorizationUrl(page.urls.renewed, 'none');
  document.body.append(frame);
  const facts = await finish(new URLSearchParams(await response));
  frame.remove();
  return { ...facts, renewed: true };
}

async function passwordSignIn(form: HTMLFormElement): Promise<Facts> {
  const entered = new FormData(form);
  return factsOf(
    await requestTokens(
      new URLSearchParams({
        grant_type: 'password',
        username: String(entered.get('login')),
        password: String(entered.get('password')),
        scope: client.scope,
      }),
    ),
  );
}

async function callback(): Promise<Facts> {
  if (mistake === 'callback-to-stats' || mistake === 'callback-in-referer') await tellStats();
  const facts = await finish(takeResponse());
  return client.renewsSilently ? renew() : facts;
}

switch (page.page) {
  case 'start':
    element('form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (client.grant === 'password') {
        settle(passwordSignIn(element('form', HTMLFormElement)));
      } else {
        // Refresh tokens are given for a consent that was asked for (OpenID Connect Core §11).
        authorizationUrl(page.urls.callback, client.refreshes ? 'consent' : null).then(
          (url) => location.assign(url),
          (error: unknown) => report('failed', { error: String(error) }),
        );
      }
    });
    break;
  case 'callback':
    settle(callback());
    break;
  case 'signedOut':
    settle(Promise.resolve().then(signedOut));
    break;
  case 'renewed':
    parent.postMessage(takeResponse().toString(), location.origin);
    break;
}
