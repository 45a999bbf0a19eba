import Keycloak from 'keycloak-js';
import { page, run, type Tokens } from '../library-page.ts';

const { client, id, issuer, urls } = page;
const keycloak = new Keycloak({ url: issuer, realm: 'demo', clientId: id });
const ready = keycloak.init({ checkLoginIframe: false });

function tokens(): Tokens {
  return { access_token: keycloak.token, id_token: keycloak.idToken, refresh_token: keycloak.refreshToken };
}

run({
  signIn: async () => {
    await ready;
    await keycloak.login({ redirectUri: urls.callback, scope: client.scope });
  },
  finish: async () => {
    await ready;
    return tokens();
  },
  renew: async () => {
    await keycloak.updateToken(-1);
    return tokens();
  },
});
