import { endpointOf } from '../http/endpoint.ts';
import { param, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Evidence, Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { ID_TOKEN_CLAIMS } from '../token/claims.ts';
import { numericDate } from '../token/time.ts';
import { clientRequest } from './support/client-request.ts';
import {
  ACCESS_CLAIMS,
  ACCESS_TOKEN,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  refreshed,
  without,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, type IdToken, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'id-token-missing-claims',
  title: 'ID token with claims that are missing or malformed',
  subject: 'Required claims of ID tokens',
  group: 'F',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response', 'token response'],
  references: [
    { spec: 'OIDC Core', section: '2', level: 'none' },
    { spec: 'OIDC Core', section: '3.1.2.1', level: 'none' },
  ],
  why: 'The client cannot find out who made the ID token, for whom, about whom, or whether it still holds.',
  fix: 'Make the server write all required claims into its ID tokens, and reject in the client those without.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      const evidence = c.at(token.message, token.param);
      const [first, ...rest] = [
        ...missing(token, c),
        ...malformed(flow, token, c),
        ...authenticated(flow, token, c),
      ].map(
        (defect): Fail => ({
          evidence: defect.beside === undefined ? [evidence] : [evidence, defect.beside],
          severity: defect.severity,
          part: defect.claim,
          summary: defect.summary,
        }),
      );
      return first === undefined ? c.pass : c.fail(first, ...rest);
    });
  },
};

interface Defect {
  readonly claim: string;
  readonly severity: Severity;
  readonly summary: Redacted;
  readonly beside?: Evidence;
}

function missing({ claims }: IdToken, c: RuleContext): readonly Defect[] {
  const absent = ['iss', 'sub', 'aud', 'exp'].filter((name) => (claims[name] ?? null) === null);
  const found: Defect[] = absent.map((claim) => ({
    claim,
    severity: 'high',
    summary: c.say`The ID token has no ${c.plain(claim)}.`,
  }));
  if ((claims['iat'] ?? null) === null) {
    found.push({ claim: 'iat', severity: 'low', summary: c.say`The ID token does not say when it was made.` });
  }
  const empty = Object.keys(claims).filter((name) => claims[name] === null && !REQUIRED.has(name));
  if (empty.length > 0) {
    found.push({
      claim: 'null',
      severity: 'info',
      summary: c.say`The ID token holds ${c.plain(empty.join(', '))} without a value.`,
    });
  }
  return found;
}

const REQUIRED: ReadonlySet<string> = new Set(ID_TOKEN_CLAIMS);

function malformed(flow: Flow, { claims }: IdToken, c: RuleContext): readonly Defect[] {
  const found: Defect[] = [];
  const add = (claim: string, summary: Redacted): void => void found.push({ claim, severity: 'medium', summary });
  const { iss, sub } = claims;
  if ((iss ?? null) !== null && !flow.provider?.looseIssuer && !isIssuer(iss)) {
    add('iss', c.say`The issuer is no https address without query and fragment.`);
  }
  if ((sub ?? null) !== null && !/^[\x20-\x7e]{1,255}$/.test(typeof sub === 'string' ? sub : '')) {
    add('sub', c.say`The subject is no text of at most 255 ASCII characters.`);
  }
  for (const claim of ['exp', 'iat']) {
    if ((claims[claim] ?? null) !== null && numericDate(claims[claim]) === null) {
      add(claim, c.say`The claim ${c.plain(claim)} is no number.`);
    }
  }
  return found;
}

function isIssuer(iss: unknown): boolean {
  const endpoint = typeof iss === 'string' ? endpointOf(iss) : null;
  if (endpoint === null || /[?#]/.test(wordOf(iss))) return false;
  return endpoint.scheme === 'https' || endpoint.dev;
}

/** Seconds that signing in may take beyond `max_age`. */
const SIGN_IN_SECONDS = 120;

function authenticated(flow: Flow, { claims, by }: IdToken, c: RuleContext): readonly Defect[] {
  const request = clientRequest(flow);
  const asked = request.is === 'seen' ? param(request.message, 'max_age') : null;
  if (request.is !== 'seen' || asked === null || !/^\d{1,9}$/.test(asked.value) || (by !== 'front' && by !== 'code'))
    return [];
  const beside = c.at(request.message, asked);
  const time = numericDate(claims['auth_time']);
  const made = numericDate(claims['iat']);
  if (time === null) {
    return [
      {
        claim: 'auth_time',
        severity: 'medium',
        beside,
        summary: c.say`The request set max_age, but the ID token does not say when the person signed in.`,
      },
    ];
  }
  return time + Number(asked.value) + SIGN_IN_SECONDS < (made ?? 0)
    ? [
        {
          claim: 'auth_time',
          severity: 'medium',
          beside,
          summary: c.say`The person signed in longer ago than max_age allows.`,
        },
      ]
    : [];
}

const AGED = openIdRequest('nonce=n-0S6_WzA2Mj&max_age=300');
const IAT = ID_CLAIMS.iat;

export const examples: Examples = {
  violation: [
    { name: 'a subject and nothing else', trace: codeSignIn({ sub: '248289761001' }), severity: 'high' },
    ...['iss', 'sub', 'aud', 'exp'].map((claim) => ({
      name: `no ${claim}`,
      trace: codeSignIn(without(ID_CLAIMS, claim)),
      severity: 'high' as const,
    })),
    { name: 'an audience without a value', trace: codeSignIn({ ...ID_CLAIMS, aud: null }), severity: 'high' },
    { name: 'no iat', trace: codeSignIn(without(ID_CLAIMS, 'iat')), severity: 'low' },
    { name: 'a claim without a value', trace: codeSignIn({ ...ID_CLAIMS, email: null }), severity: 'info' },
    {
      name: 'an issuer with a query',
      trace: codeSignIn({ ...ID_CLAIMS, iss: 'https://as.example?x=1' }),
      severity: 'medium',
    },
    { name: 'an issuer that is no address', trace: codeSignIn({ ...ID_CLAIMS, iss: 'as' }), severity: 'medium' },
    { name: 'an issuer that is no text', trace: codeSignIn({ ...ID_CLAIMS, iss: 7 }), severity: 'medium' },
    {
      name: 'an issuer without TLS',
      trace: codeSignIn({ ...ID_CLAIMS, iss: 'http://as.example' }),
      severity: 'medium',
    },
    { name: 'a subject that is a number', trace: codeSignIn({ ...ID_CLAIMS, sub: 248289761001 }), severity: 'medium' },
    {
      name: 'a subject that is too long',
      trace: codeSignIn({ ...ID_CLAIMS, sub: 'x'.repeat(256) }),
      severity: 'medium',
    },
    { name: 'an end that is no number', trace: codeSignIn({ ...ID_CLAIMS, exp: '1767229200' }), severity: 'medium' },
    { name: 'max_age, and no auth_time', trace: codeSignIn(ID_CLAIMS, AGED), severity: 'medium' },
    {
      name: 'max_age, and an older sign-in',
      trace: codeSignIn({ ...ID_CLAIMS, auth_time: IAT - 421 }, AGED),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'all claims', trace: codeSignIn(ID_CLAIMS) },
    { name: 'max_age, and a fresh sign-in', trace: codeSignIn({ ...ID_CLAIMS, auth_time: IAT - 420 }, AGED) },
  ],
  lookAlike: [
    {
      name: 'an access token without them',
      trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'sub')),
      verdict: 'notApplicable',
    },
    {
      name: 'a server in development',
      trace: codeSignIn({ ...ID_CLAIMS, iss: 'http://localhost:8080' }),
      verdict: 'pass',
    },
    {
      name: 'a provider that writes its issuer without a scheme',
      trace: codeSignIn({ ...ID_CLAIMS, iss: 'accounts.google.com' })
        .replaceAll('https://as.example/authorize', 'https://accounts.google.com/o/oauth2/v2/auth')
        .replaceAll('https://as.example/token', 'https://oauth2.googleapis.com/token'),
      verdict: 'pass',
    },
    {
      name: 'max_age, and an ID token of a refresh',
      trace:
        codeSignIn({ ...ID_CLAIMS, auth_time: IAT }, AGED) +
        refreshed({
          access_token: ACCESS_TOKEN,
          token_type: 'Bearer',
          id_token: exampleJwt({ ...ID_CLAIMS, iat: IAT + 3600 }),
        }),
      verdict: 'pass',
    },
    {
      name: 'a max_age that is no number',
      trace: codeSignIn(ID_CLAIMS, openIdRequest('nonce=n-0S6_WzA2Mj&max_age=none')),
      verdict: 'pass',
    },
  ],
  cannotTell: ID_TOKEN_UNSEEN,
};
