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
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
}

const page = readCasePage<PageClient>();
const { client } = page;
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
    return { issuer: page.issuer, authorization: `${page.issuer}/auth`, token: `${page.issuer}/token` };
  }
  const answer = await fetch(`${page.issuer}/.well-known/openid-configuration`);
  const metadata = (await answer.json()) as Record<string, string>;
  if (metadata['issuer'] !== page.issuer) throw new Error('the metadata is of another issuer');
  return {
    issuer: page.issuer,
    authorization: metadata['authorization_endpoint'] ?? '',
    token: metadata['token_endpoint'] ?? '',
  };
}

async function authorizationUrl(redirectUri: string, prompt: string | null): Promise<string> {
  const transaction: Transaction = {
    redirectUri,
    state: client.sendsState ? random() : null,
    nonce: client.sendsNonce ? random() : null,
    verifier: client.pkce ? random() : null,
  };
  sessionStorage.setItem(slot, JSON.stringify(transaction));
  const { authorization } = await endpoints();
  const url = new URL(authorization);
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
  ] as const) {
    if (value) url.searchParams.set(name, value);
  }
  return url.href;
}

async function requestTokens(form: URLSearchParams): Promise<TokenResponse> {
  const { token } = await endpoints();
  form.set('client_id', page.id);
  if (page.secret) form.set('client_secret', page.secret);
  const answer = await fetch(token, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as TokenResponse;
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
  if (client.checks.includes('state') && response.get('state') !== transaction.state) throw new Error('wrong state');
  if (client.checks.includes('iss') && response.get('iss') !== page.issuer) throw new Error('wrong issuer');
  const error = response.get('error');
  if (error) throw new Error(`the server answered ${error}`);

  let tokens: TokenResponse;
  if (client.grant === 'implicit') {
    tokens = { access_token: response.get('access_token') ?? '', id_token: response.get('id_token') ?? '' };
  } else {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: response.get('code') ?? '',
      redirect_uri: transaction.redirectUri,
    });
    if (transaction.verifier) form.set('code_verifier', transaction.verifier);
    tokens = await requestTokens(form);
  }
  if (client.checks.includes('nonce')) checkIdToken(tokens.id_token ?? '', transaction);
  return factsOf(tokens);
}

async function factsOf(tokens: TokenResponse): Promise<Facts> {
  return {
    subject: await callApi(page.api, tokens.access_token ?? ''),
    tokens: Object.keys(tokens)
      .filter((name) => name.endsWith('_token'))
      .sort(),
  };
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
        authorizationUrl(page.urls.callback, null).then(
          (url) => location.assign(url),
          (error: unknown) => report('failed', { error: String(error) }),
        );
      }
    });
    break;
  case 'callback':
    settle(callback());
    break;
  case 'renewed':
    parent.postMessage(takeResponse().toString(), location.origin);
    break;
}
