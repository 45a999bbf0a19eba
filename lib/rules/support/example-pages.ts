import type { CannotTellExample, LookAlikeExample } from '../../model/example.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt, openIdRequest, REFRESH_TOKEN } from './example-sign-in.ts';

/** A snapshot of one area of storage, for the examples. */
export function stored(
  items: Readonly<Record<string, string | object>>,
  area = 'local',
  origin = 'https://app.example',
): string {
  const lines = Object.entries(items).map(
    ([key, value]) => `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `\n\nSTORAGE ${area} ${origin}\n${lines.join('\n')}\n\n`;
}

/** A text of a page, for the examples. */
export function text(
  word: 'SCRIPT' | 'INLINE' | 'MARKUP' | 'GLOBAL' | 'CONSOLE' | 'MESSAGE',
  content: string | object,
  url = 'https://app.example/app.js',
): string {
  return `\n\n${word} ${url}\n\n${typeof content === 'string' ? content : JSON.stringify(content)}\n\n`;
}

/** An access token as RFC 9068 has it, and the entry of a library that keeps it. */
export const ACCESS_JWT = exampleJwt(ACCESS_CLAIMS, { alg: 'RS256', kid: 'k1', typ: 'at+jwt' });
export const OIDC_KEY = 'oidc.user:https://as.example:web1';
export const OIDC_USER = { access_token: ACCESS_TOKEN, token_type: 'Bearer', scope: 'openid', expires_at: 1767229200 };

/** The entries of MSAL, in the clear and as it encrypts them. */
const MSAL = 'msal.2|1f6c5d2e.9b1d|login.example|';
export const MSAL_ACCESS = {
  [`${MSAL}accesstoken|web1|tenant1|user.read||`]: { credentialType: 'AccessToken', secret: ACCESS_TOKEN },
};
export const MSAL_REFRESH = {
  [`${MSAL}refreshtoken|web1||||`]: { credentialType: 'RefreshToken', secret: REFRESH_TOKEN },
};
export const MSAL_SEALED = {
  [`${MSAL}refreshtoken|web1||||`]: {
    id: '0198f6',
    nonce: 'lDVvC2X0wlFbo3yQ',
    data: 'k1mJ8v0qRkqB1c8nZr5sT7wXy',
    lastUpdatedAt: '1767225600000',
  },
};

/** What has to be in storage while a sign-in is pending, in the places of several libraries. */
export const TRANSACTIONS = {
  'oidc.4f9c1dbb07a34f0c8b5e2d7a9b1deb4d': {
    id: '4f9c1dbb07a34f0c8b5e2d7a9b1deb4d',
    code_verifier: 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
    nonce: 'n-0S6_WzA2Mj',
  },
  'a0.spajs.txs.web1': {
    state: 'af0ifjsldkjQ2w7',
    code_verifier: 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
    nonce: 'n-0S6_WzA2Mj',
  },
  'kc-callback-1f2c5d2e-9b1d-4eb4': {
    state: 'af0ifjsldkjQ2w7',
    nonce: 'n-0S6_WzA2Mj',
    pkceCodeVerifier: 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
  },
  pkce_verifier: 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
} as const;

/** A sign-in is pending: what it needs lies in this area. */
export function pendingSignIn(area = 'local'): LookAlikeExample {
  return { name: 'what a pending sign-in needs', trace: openIdRequest() + stored(TRANSACTIONS, area), verdict: 'pass' };
}

/** One part of a page, of which the end is missing. */
export function cut(part: string): string {
  return `# truncated\n${part.trim()}`;
}

const UNSEEN = { name: 'the page was not looked at', trace: openIdRequest() };

/** What keeps a rule about one area of storage from an answer; `other` is an area that it does not look at. */
export function storageUnseen(area: string, other: string): readonly CannotTellExample[] {
  const tokens = { access_token: ACCESS_TOKEN, refresh_token: REFRESH_TOKEN };
  return [
    { ...UNSEEN, missing: ['page storage'] },
    { name: 'only another area was', trace: stored(tokens, other), missing: ['page storage'] },
    { name: 'the snapshot was cut', trace: cut(stored({ theme: 'dark' }, area)), missing: ['page storage'] },
  ];
}

/** What keeps a rule about the code of a page from an answer. */
export const CODE_UNSEEN: readonly CannotTellExample[] = [
  { ...UNSEEN, missing: ['page code'] },
  { name: 'the script was cut', trace: cut(text('SCRIPT', 'start()')), missing: ['page code'] },
];

/** A client secret, and a token request with which a page sends it. */
export const PAGE_SECRET = 'Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y';
export function sentByPage(more = `&client_secret=${PAGE_SECRET}`, header = ''): string {
  return `# initiator https://app.example\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded${header}\n\ngrant_type=client_credentials&client_id=web1${more}`;
}
