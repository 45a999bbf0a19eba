import { endpointOf } from '../http/endpoint.ts';
import { bearerToken, header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange, PageScan } from '../model/observation.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { cut, text } from './support/example-pages.ts';
import { ACCESS_TOKEN, openIdRequest } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'service-worker-token-broker',
  title: 'Service worker that holds or adds tokens',
  subject: 'Service workers',
  group: 'E',
  severity: 'info',
  confidence: 'firm',
  needs: ['page code'],
  references: [
    { spec: 'RFC 10017', section: '7.4', level: 'none' },
    { spec: 'RFC 10017', section: '7.4.1.1', level: 'none' },
    { spec: 'RFC 10017', section: '8.2', level: 'none' },
  ],
  why: 'An injected script can take the worker out and start a sign-in of its own: it protects less than it seems to.',
  fix: 'Prefer a backend that keeps the tokens, or a dedicated worker that holds the refresh token.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const scripts = trace.scans.filter(({ found }) => found === 'file');
    const [first, ...rest] = [...scripts.flatMap((scan) => byScript(scan, c) ?? []), ...byRequests(trace, c)];
    if (first !== undefined) return c.fail(first, ...rest);
    return scripts.length === 0 || scripts.some(({ truncated }) => truncated) ? c.cannotTell('page code') : c.pass;
  },
};

/** A worker that answers requests, and that asks for tokens or adds them. */
function byScript(scan: PageScan, c: RuleContext): Fail | null {
  const isWorker =
    /addEventListener\(\s*["'`]fetch["'`]|\bonfetch\s*=/.test(scan.text) && scan.text.includes('.respondWith(');
  const broker = isWorker
    ? /grant_type|["'`]?\bAuthorization["'`]?\s*[,:\]]\s*[^;]{0,40}Bearer/i.exec(scan.text)
    : null;
  if (broker === null) return null;
  const name = broker[0].startsWith('grant_type') ? 'grant_type' : 'Authorization';
  return {
    evidence: [c.inText(scan, { name, offset: broker.index }, broker[0])],
    summary: c.say`The service worker ${c.plain(scan.url.replace(/[?#].*$/s, ''))} ${c.plain(name === 'grant_type' ? 'asks for tokens' : 'adds tokens to requests')}.`,
  };
}

/** The browser says of no tab that it sent them, but of a page of the web that it made them. */
function byRequests({ flows, exchanges }: Trace, c: RuleContext): readonly Fail[] {
  const asked = flows.flatMap((flow) =>
    flow.messages.flatMap((message): Fail[] => {
      const grant = message.kind === 'tokenRequest' ? paramValue(message, 'grant_type') : null;
      if (grant === null || !isOfWorker(message.exchange)) return [];
      return [fail(message.exchange, c.inRequest(message.exchange, 'body', 'grant_type', grant), 'asks for tokens', c)];
    }),
  );
  const added = exchanges.flatMap((exchange): Fail[] => {
    const token = isOfWorker(exchange) ? bearerToken(header(exchange.request.headers, 'authorization')) : null;
    if (token === null) return [];
    return [fail(exchange, c.inRequest(exchange, 'header', 'Authorization', token), 'sends tokens', c)];
  });
  return [...asked, ...added];
}

function isOfWorker({ capture, tab, initiator }: Exchange): boolean {
  return (capture === 'watch' || capture === 'record') && tab === null && /^https?:/.test(initiator ?? '');
}

function fail({ initiator }: Exchange, evidence: Fail['evidence'][0], does: string, c: RuleContext): Fail {
  const origin = endpointOf(initiator ?? '')?.origin ?? '';
  return {
    evidence: [evidence],
    confidence: 'tentative',
    part: origin,
    summary: c.say`A service worker of ${c.plain(origin)} ${c.plain(does)}.`,
  };
}

const FETCHES = 'self.addEventListener("fetch",e=>{e.respondWith(answer(e.request))});';
const ADDS = `${FETCHES}function answer(r){return fetch(r,{headers:{Authorization:"Bearer "+t}})}`;
const WORKER = '# capture record\n# resource xhr\n# initiator https://app.example';

export const examples: Examples = {
  violation: [
    { name: 'a script that adds tokens', trace: text('SCRIPT', ADDS, 'https://app.example/sw.js'), severity: 'info' },
    {
      name: 'a script that asks for tokens',
      trace: text('SCRIPT', `onfetch=e=>e.respondWith(f(e));p.set("grant_type","refresh_token")`),
      severity: 'info',
    },
    {
      name: 'a token request that no tab sent',
      trace: `${WORKER}\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1`,
      severity: 'info',
    },
    {
      name: 'a token that no tab sent',
      trace: `${WORKER}\nGET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}`,
      severity: 'info',
    },
  ],
  clean: [{ name: 'no service worker', trace: text('SCRIPT', 'start()') }],
  lookAlike: [
    { name: 'one that keeps files', trace: text('SCRIPT', `${FETCHES}caches.open("v1")`), verdict: 'pass' },
    {
      name: 'a script of the page that asks for tokens',
      trace: text('SCRIPT', 'p.set("grant_type","refresh_token")'),
      verdict: 'pass',
    },
    {
      name: 'a request of a tab',
      trace: `# capture record\n# tab 1\n# initiator https://app.example\nGET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}\n\n${text('SCRIPT', 'start()')}`,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'no script was looked at', trace: openIdRequest(), missing: ['page code'] },
    { name: 'the script was cut', trace: cut(text('SCRIPT', 'start()')), missing: ['page code'] },
  ],
};
