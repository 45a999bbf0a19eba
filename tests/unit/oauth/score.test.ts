import { describe, expect, test } from 'vitest';

import { parseTrace } from '../../../lib/http/trace.ts';
import { type Known, nothingKnown } from '../../../lib/oauth/known.ts';
import { partsOf, type RequestParts } from '../../../lib/oauth/parts.ts';
import { scoreAuthorizationRequest, scoreAuthorizationResponse, scoreTokenRequest } from '../../../lib/oauth/score.ts';

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const JOSE = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln';

function parts(text: string): RequestParts {
  const [exchange] = parseTrace(text);
  const found = exchange === undefined ? null : partsOf(exchange);
  if (found === null) throw new Error('no request');
  return found;
}

const known = (more: Partial<Known>): Known => ({ ...nothingKnown(), ...more });

describe('an authorization request: 4 for client and redirect target, and', () => {
  const score = (text: string, what: Known = nothingKnown()) => scoreAuthorizationRequest(parts(text), what);
  const BASE = 'client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';

  test.each([
    ['', 0],
    ['&response_type=code', 3],
    ['&response_type=colour', 0],
    ['&code_challenge=x', 3],
    ['&scope=x', 1],
    ['&state=x', 1],
    ['&nonce=x', 1],
    ['&response_mode=x', 1],
    ['&prompt=x', 1],
    ['&acr_values=x&prompt=y&response_mode=z', 1],
    ['&request_uri=urn:ietf:params:oauth:request_uri:x', 5],
    ['&request_uri=https://app.example/request.jwt', 1],
    [`&request=${JOSE}`, 3],
    ['&request=1', 0],
    ['&code=x', -3],
    ['&code=x&response_type=code', 3],
    ['&state=', 0],
    ['&RelayState=x', -12],
  ])('%s: %i', (more, points) => {
    expect(score(`GET https://as.example/signin?${BASE}${more}`)).toBe(4 + points);
  });

  test.each([
    ['https://as.example/authorize', 2],
    ['https://as.example/oauth2/authorize', 3],
    ['https://as.example/oauth2/v2/auth', 2],
    ['https://sso.example/realms/a/protocol/openid-connect/auth', 8],
    ['https://as.example/as/authorization.oauth2', 8],
    ['https://github.com/login/oauth/authorize', 9],
    ['https://as.example/auth', 0],
    ['https://as.example/oauth2/logout', -8],
    ['https://as.example/common/adminconsent', -9],
    ['https://ads.example/usersync', -3],
    ['https://ads.example/synchronous', -1],
    ['https://ads.example/synchronous-login', 0],
    ['https://as.example/start', -1],
  ])('%s: %i', (at, points) => {
    expect(score(`GET ${at}?${BASE}`)).toBe(4 + points);
  });

  test('an endpoint of the metadata: 6; a sub-request: -3', () => {
    const endpoints = new Map([['https://as.example/start', 'authorization']] as const);
    expect(score(`GET https://as.example/start?${BASE}`, known({ endpoints }))).toBe(10);
    expect(score(`# resource xhr\nGET https://as.example/signin?${BASE}`)).toBe(1);
    for (const resource of ['document', 'frame', 'other']) {
      expect(score(`# resource ${resource}\nGET https://as.example/signin?${BASE}`)).toBe(4);
    }
  });

  test('where only a parameter tells, what is not there counts', () => {
    expect(score('GET https://as.example/authorize?client_id=web1&state=x')).toBe(4);
    expect(score('GET https://as.example/authorize?client_id=web1&scope=x&state=y')).toBe(5);
    expect(score('GET https://as.example/authorize?client_id=web1&request_uri=urn:x')).toBe(5);
    expect(score(`GET https://as.example/start?${BASE}&scope=x`)).toBe(5);
    expect(score(`GET https://as.example/start?${BASE}&nonce=x`)).toBe(5);
    expect(score('GET https://as.example/authorize?response_type=code&state=x')).toBe(4);
    const asked = known({ serverSites: new Set(['as.example']) });
    expect(score('GET https://as.example/authorize?response_type=code&state=x', asked)).toBe(6);
  });

  test('without a client never enough', () => {
    expect(score('GET https://github.com/login/oauth/authorize?scope=a&state=b&nonce=c&prompt=d')).toBe(4);
  });
});

describe('an authorization response: 2 for a long code, and', () => {
  const score = (text: string, what: Known = nothingKnown(), from: string | null = null) =>
    scoreAuthorizationResponse(parts(text), what, from);

  test.each([
    ['/x?code=k7GhT1xa', 2],
    ['/x?code=SplxlOBeZQQYbYS6WxSbIA', 3],
    ['/x?code=SplxlOBeZQQYbYSaWxSbIA', 2],
    ['/x?code=SplxlOBeZQQYbYS', -4],
    ['/x?code=InvalidCredentialsError', -4],
    ['/x?code=INVALIDCREDENTIALSERROR', -4],
    ['/x?code=12345678', -4],
    ['/x?code=SUMMERSALE', -4],
    ['/x?code=SAVE20', -4],
    ['/x?code=SAVE20&state=abcdef9h', -2],
    ['/x?code=GIFT-1234-5678-ABCD', -4],
    ['/x?code=SKU-1234567890ABCD', -4],
    ['/x?code=3F2504E0-4F89-11D3-9A0C-0305E82C3301', 3],
    ['/cb?code=00', -1],
    ['/cb?code=0012345', 5],
    ['/cb?code=SAVE20', 5],
    ['/x?code=k7GhT1xa&state=abc', 3],
    ['/x?code=k7GhT1xa&state=abcdef9h', 4],
    ['/x?code=k7GhT1xa&state=in_stock', 3],
    ['/x?code=k7GhT1xa&state=Departed', 3],
    ['/x?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz', 5],
    ['/x?code=SplxlOBeZQQYbYS6WxSbIA&state=NY', 4],
    ['/x?code=SplxlOBeZQQYbYS6WxSbIA&state=closed', 4],
    ['/x?code=4/0AX4XfWh', 5],
    ['/x?code=0.ARoAv4j5cvGGr0GRqy180BHbR', 5],
    ['/x?code=M.R3_BAY.0123-4567', 5],
    ['/x?code=0.12345678', 2],
    ['/googleCallback?code=k7GhT1xa', 5],
    ['/oauthplayground?code=k7GhT1xa', 5],
    ['/signin-google?code=k7GhT1xa', 6],
    ['/x?code=k7GhT1xa&iss=here', 3],
    ['/x?code=k7GhT1xa&iss=https://as.example', 4],
    ['/x?code=k7GhT1xa&scope=a&session_state=b&authuser=0', 6],
    ['/x?session_state=b&error=access_denied', 1],
    ['/login?code=k7GhT1xa', 3],
    ['/?code=SplxlOBeZQQYbYS6WxSbIA', 3],
    ['/x?code=k7GhT1xa&hmac=a&shop=b', 3],
    ['/x?code=k7GhT1xa&hmac=a', 2],
    ['/coupon?code=k7GhT1xa', -2],
    ['/x?access_token=2YotnFZFEjr1zCsicMWpAA', 3],
    ['/x#access_token=2YotnFZFEjr1zCsicMWpAA', 5],
    ['/x#id_token=a&expires_in=1&token_type=b', 7],
    ['/x?access_token=pk.eyJ1Ijoi', -8],
    ['/x#access_token=2YotnFZFEjr1zCsicMWpAA&type=recovery', -8],
    ['/oauth2redirect?code=k7GhT1xa', 5],
    ['/#/callback?code=k7GhT1xa', 5],
    ['/#!/auth/callback?code=k7GhT1xa', 6],
    ['/#/login?code=k7GhT1xa', 3],
    ['/#/basket?code=k7GhT1xa', 2],
    ['/cb?error=access_denied', 5],
    ['/cb?error=access_denied&error_description=no', 8],
    ['/x?error=access_denied&error_description=no', 5],
    ['/x?error=access_denied&error_uri=/errors', 5],
    ['/x?error=access_denied&state=xyz', 5],
    ['/x#error=access_denied', 5],
    ['/x#error=out_of_stock', 0],
    ['/x?error=out_of_stock&error_description=no', 2],
    ['/x?error=out_of_stock&state=abcdef9h', 3],
    ['/error?error=access_denied&error_description=no', 1],
    ['/x#error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid+or+has+expired', -8],
    ['/cb?error=out_of_stock', 3],
    ['/x?error=access_denied', 0],
    ['/x?state=abcdefgh', 0],
    [`/x?response=${JOSE}`, 4 - 2],
    ['/x?code=k7GhT1xa&SAMLResponse=a', -8],
  ])('%s: %i', (path, points) => {
    expect(score(`GET https://app.example${path}`)).toBe(points);
  });

  test('a pending redirect target: 5; a pending state: 5; neither asks for a long code', () => {
    const redirectTargets = new Set(['https://app.example/x']);
    const states = new Set(['abc']);
    expect(score('GET https://app.example/x?code=k', known({ redirectTargets }))).toBe(7);
    expect(score('GET https://app.example/x?code=k&state=abc', known({ states }))).toBe(8);
    expect(score('GET https://app.example/reset?code=k&state=abc', known({ states }))).toBe(8);
  });

  test('a redirect out of the server: 3', () => {
    const asked = known({
      serverSites: new Set(['as.example', 'app.example']),
      serverOrigins: new Set(['https://as.example', 'https://login.app.example']),
    });
    const target = 'GET https://app.example/x?code=k7GhT1xa';
    expect(score(target, asked, 'https://as.example/consent')).toBe(5);
    expect(score(target, asked, 'https://www.as.example/consent')).toBe(5);
    expect(score(target, asked, 'https://login.app.example/consent')).toBe(5);
    expect(score(target, asked, 'https://www.app.example/start')).toBe(2);
    expect(score(target, asked, 'https://app.example/start')).toBe(2);
    expect(score(target, asked, 'https://other.example/start')).toBe(2);
    expect(score('GET https://login.app.example/x?code=k7GhT1xa', asked, 'https://login.app.example/y')).toBe(2);
  });

  test('an application on this machine, at its root, or with a scheme of its own: 2', () => {
    expect(score('GET http://127.0.0.1:51004/?code=SplxlOBeZQQYbYS6WxSbIA')).toBe(5);
    expect(score('GET http://localhost:51004/?code=k7GhT1xa')).toBe(2);
    expect(score('GET http://localhost:51004/join?code=SplxlOBeZQQYbYS6WxSbIA')).toBe(3);
    expect(score('GET editor://plugin/done?code=k7GhT1xa&state=abc')).toBe(5);
    expect(score('GET editor://plugin/done?code=k7GhT1xa')).toBe(2);
    expect(score('GET game://join?code=SAVE20&state=abc')).toBe(-1);
  });

  test('a posted form: 4 for a token, a query beside it does not count', () => {
    expect(score(`POST https://app.example/x\n${FORM}\n\nid_token=a`)).toBe(4);
    expect(score(`POST https://app.example/x?code=k7GhT1xa\n${FORM}\n\nname=a`)).toBe(2);
    expect(score(`# resource xhr\nPOST https://app.example/x\n${FORM}\n\nid_token=a`)).toBe(0);
  });
});

describe('a token request: 1 for POST, and', () => {
  const score = (text: string, what: Known = nothingKnown(), authorization: string | null = null) =>
    scoreTokenRequest(parts(text), what, authorization);
  const post = (body: string, at = 'https://as.example/x') => `POST ${at}\n${FORM}\n\n${body}`;

  test.each([
    ['grant_type=authorization_code', 5],
    ['grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer', 5],
    ['grant_type=https://as.example/grant', 5],
    ['grant_type=monthly', 0],
    ['grantType=authorization_code', 5],
    ['grant_type=password&client_id=web1', 6],
    ['code=x&redirect_uri=y', 3],
    ['code=x&code_verifier=y', 3],
    ['code=x&client_secret=y', 2],
    ['code=x', 0],
    ['refresh_token=x', 0],
    ['name=x', -4],
    ['query=x&code=y', -4],
    ['code=x&redirect_uri=y&client_id=z', 4],
    ['query=x&grant_type=password', 5],
    ['grant_type=password&wtrealm=x', -9],
  ])('%s: %i', (body, points) => {
    expect(score(post(body))).toBe(1 + points);
  });

  test.each([
    ['https://as.example/token', 2],
    ['https://as.example/oauth2/v2.0/token', 2],
    ['https://as.example/oauth/access_token/', 2],
    ['https://as.example/as/token.oauth2', 8],
    ['https://github.com/login/oauth/access_token', 8],
    ['https://as.example/tokens', 0],
    ['https://as.example/oauth2/v1/tokens/bearer', 2],
    ['https://as.example/refresh_access_token', 2],
    ['https://as.example/-/oauth_token', 2],
    ['https://as.example/token.js', 0],
    ['https://shop.example/coupons/apply', -4],
  ])('%s: %i', (at, points) => {
    expect(score(post('code=x', at))).toBe(1 + points);
  });

  test('a grant of its own: 3 at an address of tokens', () => {
    expect(score(post('grant_type=delegation', 'https://as.example/token'))).toBe(1 + 2 + 3);
  });

  test('HTTP Basic: 1; an endpoint of the metadata: 6; a hidden body takes nothing away', () => {
    expect(score(post('code=x'), nothingKnown(), 'Basic d2ViMTp4')).toBe(2);
    expect(score(post('code=x'), nothingKnown(), 'Bearer x')).toBe(1);
    const endpoints = new Map([['https://as.example/x', 'token']] as const);
    expect(score(post('code=x'), known({ endpoints }))).toBe(7);
    expect(score('# hides request-body\nPOST https://as.example/x')).toBe(1);
    expect(score('GET https://as.example/x?code=a&redirect_uri=b')).toBe(3);
    expect(score('OPTIONS https://as.example/token?grant_type=password')).toBe(-8);
  });
});
