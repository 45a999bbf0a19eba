import * as oauth from 'oauth4webapi';
import { page, run } from '../library-page.ts';

const { client, id, issuer, urls } = page;
const self: oauth.Client = { client_id: id };
const SLOT = 'transaction';

async function server(): Promise<oauth.AuthorizationServer> {
  const address = new URL(issuer);
  return oauth.processDiscoveryResponse(address, await oauth.discoveryRequest(address));
}

let refreshToken: string | undefined;

run({
  signIn: async () => {
    const transaction = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    };
    sessionStorage.setItem(SLOT, JSON.stringify(transaction));
    const url = new URL((await server()).authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: urls.callback,
      scope: client.scope,
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(transaction.verifier),
      code_challenge_method: 'S256',
    }).toString();
    location.assign(url);
  },
  finish: async () => {
    const { verifier, state, nonce } = JSON.parse(sessionStorage.getItem(SLOT) ?? '{}') as Record<string, string>;
    sessionStorage.removeItem(SLOT);
    const callback = new URL(location.href);
    history.replaceState(null, '', location.pathname);
    const as = await server();
    const params = oauth.validateAuthResponse(as, self, callback, state ?? '');
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      self,
      oauth.None(),
      params,
      urls.callback,
      verifier ?? '',
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, self, answer, { expectedNonce: nonce ?? '' });
    refreshToken = tokens.refresh_token;
    return { access_token: tokens.access_token, id_token: tokens.id_token, refresh_token: refreshToken };
  },
  renew: async () => {
    const as = await server();
    const answer = await oauth.refreshTokenGrantRequest(as, self, oauth.None(), refreshToken ?? '');
    return { access_token: (await oauth.processRefreshTokenResponse(as, self, answer)).access_token };
  },
});
