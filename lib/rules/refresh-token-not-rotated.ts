import { dpopProofs } from '../http/headers.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { ACCESS_TOKEN, REFRESH_TOKEN } from './support/example-sign-in.ts';
import { isRotated, judgeRefreshes, REFRESH_HIDDEN, refreshAt, repeatedRefresh } from './support/refreshes.ts';

export const rule: Rule = {
  id: 'refresh-token-not-rotated',
  title: 'Refresh token of a browser that never changes',
  subject: 'Rotation of refresh tokens',
  group: 'G',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token request', 'request body', 'client type'],
  references: [
    { spec: 'RFC 9700', section: '2.2.2', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.14.2', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'MUST' },
  ],
  asvs: ['10.4.5'],
  why: 'A stolen refresh token works beside that of its owner, and nobody notices.',
  fix: 'Turn on rotation of refresh tokens, or DPoP, for this client.',
  parents: [],

  check: (flow, c) =>
    judgeRefreshes(flow, c, (all) => {
      if (flow.clientType.is === 'confidential') return c.notApplicable;
      const repeated = repeatedRefresh(flow);
      if (repeated === null) return isRotated(flow) ? c.pass : c.notApplicable;
      if (all.some(({ request }) => dpopProofs(request.exchange.request.headers).length > 0)) return c.pass;
      if (flow.clientType.is === 'unknown') return c.cannotTell('client type');
      const [first, later] = repeated;
      const fixed = flow.provider?.keepsRefreshTokens === true;
      const evidence = ({ request }: typeof first) => {
        const token = param(request, 'refresh_token');
        return token === null ? c.absent(request, 'refresh_token') : c.at(request, token);
      };
      return c.fail({
        evidence: [evidence(first), evidence(later)],
        severity: fixed ? 'info' : 'medium',
        confidence: first.answer === null ? 'firm' : 'certain',
        summary: fixed
          ? c.say`${c.plain(flow.provider?.name ?? '')} keeps the refresh token as it is unless it is told otherwise.`
          : c.say`Two renewals, more than a minute apart, used the same refresh token.`,
      });
    }),
};

const BROWSER = 'https://app.example';
const GIVEN = { access_token: ACCESS_TOKEN, token_type: 'Bearer' };
const NEXT = { ...GIVEN, refresh_token: 'n3wR3fr3shT0k3nA1b2C3' };
const twice = (first: object | null, more = ''): string =>
  refreshAt(0, first, REFRESH_TOKEN, BROWSER, more) + refreshAt(3600, first, REFRESH_TOKEN, BROWSER, more);

export const examples: Examples = {
  violation: [
    { name: 'the same twice', trace: twice({ ...GIVEN, refresh_token: REFRESH_TOKEN }), severity: 'medium' },
    { name: 'no other was given', trace: twice(GIVEN), severity: 'medium' },
    {
      name: 'a provider that keeps it',
      trace: twice(GIVEN).replaceAll(
        'https://as.example/token',
        'https://pool1.auth.eu-central-1.amazoncognito.com/oauth2/token',
      ),
      severity: 'info',
    },
  ],
  clean: [
    {
      name: 'another each time',
      trace: refreshAt(0, NEXT, REFRESH_TOKEN, BROWSER) + refreshAt(3600, GIVEN, 'n3wR3fr3shT0k3nA1b2C3', BROWSER),
    },
  ],
  lookAlike: [
    { name: 'bound to a key', trace: twice(GIVEN, '\nDPoP: eyJhbGciOiJFUzI1NiJ9.e30.c2ln'), verdict: 'pass' },
    {
      name: 'again after a few seconds',
      trace: refreshAt(0, GIVEN, REFRESH_TOKEN, BROWSER) + refreshAt(5, GIVEN, REFRESH_TOKEN, BROWSER),
      verdict: 'notApplicable',
    },
    { name: 'one renewal alone', trace: refreshAt(0, GIVEN, REFRESH_TOKEN, BROWSER), verdict: 'notApplicable' },
    {
      name: 'the second was refused',
      trace:
        refreshAt(0, GIVEN, REFRESH_TOKEN, BROWSER) +
        refreshAt(3600, { error: 'invalid_grant' }, REFRESH_TOKEN, BROWSER),
      verdict: 'notApplicable',
    },
    { name: 'of a server', trace: twice(GIVEN), clientType: 'confidential', verdict: 'notApplicable' },
  ],
  cannotTell: [
    ...REFRESH_HIDDEN,
    { name: 'whose it is', trace: refreshAt(0, GIVEN) + refreshAt(3600, GIVEN), missing: ['client type'] },
  ],
};
