import { describe, expect, test } from 'vitest';

import { authorize, recognised, redirect, trace } from './flows.ts';

const JSON_TYPE = 'Content-Type: application/json';
const FORM = 'Content-Type: application/x-www-form-urlencoded';

describe('nothing is recognised in', () => {
  test.each<[string, string]>([
    ['a coupon', 'GET https://shop.example/cart?code=SAVE20'],
    ['a coupon as long as a code', 'GET https://shop.example/redeem?code=SUMMER2026SALE50OFF'],
    ['a locale', 'GET https://shop.example/?code=de'],
    ['a status', 'GET https://shop.example/error?code=404'],
    ['a country and a state', 'GET https://shop.example/addresses?state=CA&code=94103'],
    ['a postal code', 'GET https://shop.example/stores?zipcode=10115&state=BE'],
    ['a voucher link with a state of the page', 'GET https://shop.example/voucher?code=F3J9K2L8M4N7&state=checkout'],
    ['an e-mail link to reset a password', 'GET https://app.example/reset?token=9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d'],
    [
      'an e-mail link to verify an address',
      'GET https://app.example/verify-email?code=9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d',
    ],
    ['an invitation', 'GET https://app.example/invite?token=9b1deb4d3b7d4bad&email=jane%40example.com'],
    ['an unsubscribe link', 'GET https://app.example/unsubscribe?token=9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d'],
    [
      'a recovery link with a session in its fragment',
      'GET https://app.example/#access_token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln&expires_in=3600&refresh_token=v1MxTGV2&token_type=bearer&type=recovery',
    ],
    [
      'a SAML request',
      'GET https://idp.example/authorize?SAMLRequest=fZJRT9swEMff&RelayState=x&client_id=web1&response_type=code',
    ],
    [
      'a SAML response',
      `POST https://app.example/cb\n${FORM}\n\nSAMLResponse=PHNhbWxwOlJlc3BvbnNl&RelayState=af0ifjsldkjQ2w7&code=SplxlOBeZQQYbYS6WxSbIA`,
    ],
    [
      'OAuth 1.0a authorization',
      'GET https://api.twitter.com/oauth/authorize?oauth_token=Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhlSLik',
    ],
    [
      'an OAuth 1.0a callback',
      'GET https://app.example/callback?oauth_token=Z6eEdO8MOmk394&oauth_verifier=uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY',
    ],
    [
      'OpenID 2.0',
      'GET https://steamcommunity.com/openid/login?openid.ns=http%3A%2F%2Fspecs.openid.net%2Fauth%2F2.0&openid.mode=checkid_setup&openid.return_to=https%3A%2F%2Fapp.example%2Fcallback',
    ],
    [
      'WS-Federation',
      'GET https://login.example/oauth2/authorize?wa=wsignin1.0&wtrealm=https%3A%2F%2Fapp.example&client_id=1&response_type=code',
    ],
    [
      'WS-Federation without a realm',
      'GET https://login.example/oauth2/authorize?wa=wsignin1.0&client_id=1&response_type=code',
    ],
    [
      'CAS',
      'GET https://sso.example/cas/oauth2/authorize?service=https%3A%2F%2Fapp.example%2Fcallback&client_id=1&response_type=code',
    ],
    [
      'a CAS ticket',
      'GET https://app.example/callback?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7&code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
    ],
    [
      'an e-mail link that is no longer good',
      'GET https://app.example/#error=access_denied&error_code=403&error_description=Email+link+is+invalid+or+has+expired',
    ],
    ['a page of the application that says what went wrong', 'GET https://app.example/auth/error?error=AccessDenied'],
    ['a list by state with a long product code', 'GET https://shop.example/items?state=open&code=9b1deb4d3b7d4bad9bdd'],
    ['the application’s own sign-out', 'GET https://app.example/logout?returnTo=%2Fhome'],
    ['a sign-out of a proxy in front', 'GET https://app.example/oauth2/sign_out?rd=%2Fhome'],
    ['a form about money', `POST https://gov.example/apply\n${FORM}\n\ngrant_type=research&client_id=7`],
    ['a voucher beside a state of the page', 'GET https://shop.example/cart?state=step2&code=DISCOUNT2024SUMMER1'],
    ['a ticket that was looked at', 'GET https://tickets.example/scan?state=valid&code=9b1deb4d3b7d4bad9bdd'],
    ['an answer about a payment', 'GET https://shop.example/paymentCallback?code=SUCCESS&order=1'],
    ['an advertisement', 'GET https://ads.example/clickredirect?code=AB12'],
    ['a map', 'GET https://maps.example/?state=zoom12&center=52.5,13.4'],
    ['a router', 'GET https://app.example/#/orders?state=open&page=2'],
    [
      'a payment',
      'GET https://checkout.stripe.com/c/pay?state=open&client_secret=pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
    ],
    [
      'a payment intent from the client’s server',
      `POST https://app.example/api/payment\n${JSON_TYPE}\n\n{"client_secret":"pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH"}`,
    ],
    ['a nonce of a form', 'GET https://blog.example/wp-admin/admin-ajax.php?_wpnonce=3f2a1b9c8d&nonce=3f2a1b9c8d'],
    [
      'an API key in a header',
      'GET https://api.example/v1/charges\nAuthorization: Bearer pk_test_TYooMQauvdEDq54NiTphI7jx',
    ],
    ['a staging password', 'GET https://staging.example/\nAuthorization: Basic c3RhZ2luZzpzZWNyZXQ='],
    [
      'an encrypted session cookie',
      'GET https://app.example/api/auth/session\nCookie: __Secure-authjs.session-token=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c',
    ],
    [
      'identifiers that advertisers exchange',
      'GET https://ads.example/sync?client_id=77&redirect_uri=https%3A%2F%2Fb.example%2Fsetuid&state=abc',
    ],
    [
      'identifiers that advertisers exchange at an address of any name',
      'GET https://ads.example/cm?client_id=77&redirect_uri=https%3A%2F%2Fb.example%2Fs&state=9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d',
    ],
    [
      'a payment that is authorized',
      'GET https://pay.example/authorize?amount=10&currency=EUR&state=pending&client_id=merchant1',
    ],
    ['a payment that returns', 'GET https://shop.example/callback?code=00&state=success&token=EC-7WD12345AB678901C'],
    ['a variant of a product', 'GET https://shop.example/product?code=SKU-1234567890ABCD&state=in_stock'],
    ['a gift card', 'GET https://shop.example/balance?code=GIFT-1234-5678-ABCD&state=9b1deb4d'],
    [
      'a coupon posted as JSON',
      `POST https://shop.example/coupons/apply\n${JSON_TYPE}\n\n{"code":"SAVE20","client_id":7,"redirect_uri":"/cart"}`,
    ],
    ['a golf course', `POST https://golf.example/par\n${FORM}\n\ncourse=1&client_id=7`],
    ['a device without a client', `POST https://app.example/device/code\n${FORM}\n\nserial=1&client_id=`],
    [
      'texts of an interface',
      `GET https://app.example/en.json\n\n200\n${JSON_TYPE}\n\n{"access_token":"Access token","token_type":"Token type"}`,
    ],
    [
      'tokens of a collector',
      `GET https://nft.example/1\n\n200\n${JSON_TYPE}\n\n{"access_token":"0x5f2b","token_type":"ERC721"}`,
    ],
    ['an app’s own sign-out', 'GET https://app.example/logout?next=/home'],
    [
      'a one-tap posted ID token',
      `POST https://app.example/signin\n${FORM}\n\ncredential=eyJhbGciOiJSUzI1NiJ9.e30.c2ln&g_csrf_token=9b1deb4d3b7d`,
    ],
    [
      'Discord’s installation link',
      'GET https://discord.com/oauth2/authorize?client_id=157858&scope=bot&permissions=8',
    ],
    [
      'administrator consent',
      'GET https://login.microsoftonline.com/common/adminconsent?client_id=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=12345',
    ],
    [
      'the answer of administrator consent',
      'GET https://app.example/permissions?admin_consent=True&tenant=contoso&state=af0ifjsldkjQ2w7',
    ],
    [
      'a third party’s request to start a sign-in',
      'GET https://app.example/login?iss=https%3A%2F%2Fas.example&login_hint=jane&target_link_uri=https%3A%2F%2Fapp.example',
    ],
    [
      'map tiles',
      'GET https://api.mapbox.com/styles/v1/a/b/tiles/1/2/3?access_token=pk.eyJ1IjoiZXhhbXBsZSJ9.c2lnbmF0dXJl',
    ],
    ['a signed video', '# resource xhr\nGET https://media.example/play.m3u8?token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln'],
    ['an installed GitHub app', 'GET https://app.example/setup?installation_id=1&setup_action=install'],
    [
      'GraphQL',
      `POST https://api.example/graphql\n${JSON_TYPE}\n\n{"query":"{ token(code: 1) { state } }","variables":{"code":"a","client_id":"b"}}`,
    ],
    [
      'a login form',
      `POST https://app.example/login\n${FORM}\n\nusername=jane&password=correct-horse&state=af0ifjsldkjQ2w7`,
    ],
    ['a page about codes', 'GET https://docs.example/authorize?page=2'],
    ['a lone authorization path', 'GET https://as.example/oauth2/authorize?state=ready&scope=all'],
    ['a lone path of a known server', 'GET https://github.com/login/oauth/authorize?scope=user'],
    ['an error page', 'GET https://app.example/?error=not_found&state=af0ifjsldkjQ2w7'],
    ['the page where a device is signed in', 'GET https://as.example/device?user_code=WDJB-MJHT'],
    ['the settings of a device', `POST https://app.example/device/code\n${FORM}\n\nserial=4711`],
    ['a page about a device', 'GET https://app.example/device/code?client_id=4711'],
    ['a form about a device', `POST https://as.example/device\n${FORM}\n\nuser_code=WDJB-MJHT`],
    [
      'keys of another kind',
      'GET https://app.example/keys\n\n200\nContent-Type: application/json\n\n{"keys":[{"id":1}]}',
    ],
    ['a userinfo of the app’s own', 'GET https://app.example/userinfo'],
    ['a registration form', `POST https://app.example/register\n${FORM}\n\nusername=jane&password=correct-horse`],
    [
      'a sub-request with a code in its address',
      '# resource image\nGET https://stats.example/collect?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
    ],
    [
      'a bearer token that was never issued here',
      'GET https://api.example/orders\nAuthorization: Bearer 2YotnFZFEjr1zCsicMWpAA',
    ],
    [
      'a metadata path in a parameter',
      'GET https://app.example/docs?about=/.well-known/openid-configuration\n\n200\nContent-Type: application/json\n\n{"issuer":"https://as.example"}',
    ],
    ['a logo', 'GET https://app.example/oauth-logo.png'],
  ])('%s', (_, text) => {
    expect(recognised(text)).toEqual([]);
  });
});

test('a coupon on the very path of a pending callback is not taken for its code by chance', () => {
  const asked = authorize({ to: 'https://app.example/cart' });
  expect(recognised(trace(asked, 'GET https://app.example/shop?code=SAVE20'))).toEqual([
    'authorizationRequest request',
  ]);
});

test('redirects among pages of the client or of the server are no answer, whoever shares the site', () => {
  const asked = authorize({ at: 'https://login.app.example/authorize' });
  for (const page of ['https://app.example/apply', 'https://login.app.example/apply']) {
    const cart = `${new URL(page).origin}/cart?code=SUMMER20`;
    expect(recognised(trace(asked, `GET ${page}`, redirect(cart), `GET ${cart}`))).toEqual([
      'authorizationRequest request',
    ]);
    expect(recognised(trace(asked, `GET ${page}`, redirect(cart)))).toEqual(['authorizationRequest request']);
  }
});

test('a redirect to an ordinary page with state and error of its own', () => {
  const errors = redirect('https://app.example/login?error=wrong_password&state=open');
  expect(recognised(trace('POST https://app.example/login', errors))).toEqual([]);
});
