import type { Exchange } from '../lib/model/observation.ts';
import { seen } from '../lib/model/observation.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * A dense log: sign-ins of one client one after the other, in one trace, nothing but OAuth. Each gives six messages:
 * authorization request and response, token request and response, userinfo request and response.
 */
export function denseLog(messages: number): Exchange[] {
  const log: Exchange[] = [];
  for (let n = 0; n < Math.round(messages / 6); n++) signIn(n, log);
  return log;
}

/** Looks like a value of a real server: long, different each time, the same in each run. */
function value(kind: string, n: number): string {
  let hash = 0x811c9dc5 ^ n;
  let text = '';
  for (let round = 0; text.length < 43; round++) {
    for (const char of `${kind}${n}${round}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    text += hash.toString(36);
  }
  return text.slice(0, 43);
}

function signIn(n: number, log: Exchange[]): void {
  const code = value('code', n);
  const state = value('state', n);
  const token = value('token', n);
  const callback = `https://app.example/cb?${new URLSearchParams({ code, state, iss: 'https://as.example' })}`;
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: 'c1',
    redirect_uri: 'https://app.example/cb',
    scope: 'openid profile',
    state,
    nonce: value('nonce', n),
    code_challenge: value('challenge', n),
    code_challenge_method: 'S256',
  });
  const redeem = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: 'c1',
    redirect_uri: 'https://app.example/cb',
    code,
    code_verifier: value('verifier', n),
  });
  const issued = { access_token: token, token_type: 'Bearer', expires_in: 3600, refresh_token: value('refresh', n) };
  const add = (part: Pick<Exchange, 'request' | 'outcome' | 'redirectedFrom'>): string => {
    const entry = log.length;
    const id = String(entry);
    log.push({
      is: 'exchange',
      id,
      trace: 'bench',
      capture: 'har',
      time: entry * 10,
      tab: null,
      resource: null,
      initiator: 'https://app.example/',
      truncated: false,
      source: { source: 0, entry },
      ...part,
    });
    return id;
  };
  const first = add({
    request: get(`https://as.example/authorize?${request}`),
    outcome: { is: 'response', response: { status: 302, headers: seen([['Location', callback]]), body: seen(null) } },
    redirectedFrom: null,
  });
  add({ request: get(callback), outcome: json(200, {}), redirectedFrom: first });
  add({
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      headers: seen([['Content-Type', FORM]]),
      body: seen({ is: 'text', text: String(redeem) }),
    },
    outcome: json(200, issued),
    redirectedFrom: null,
  });
  add({
    request: get('https://as.example/userinfo', [['Authorization', `Bearer ${token}`]]),
    outcome: json(200, { sub: value('sub', n) }),
    redirectedFrom: null,
  });
}

function get(url: string, headers: readonly (readonly [string, string])[] = []): Exchange['request'] {
  return { method: 'GET', url, headers: seen(headers), body: seen(null) };
}

function json(status: number, body: unknown): Exchange['outcome'] {
  const headers = seen([['Content-Type', 'application/json']] as const);
  return { is: 'response', response: { status, headers, body: seen({ is: 'text', text: JSON.stringify(body) }) } };
}
