import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { page, run } from '../library-page.ts';

const { client, id, issuer, urls } = page;
const stores = { localStorage, sessionStorage, memory: new InMemoryWebStorage() };

const manager = new UserManager({
  authority: issuer,
  client_id: id,
  redirect_uri: urls.callback,
  scope: client.scope,
  automaticSilentRenew: false,
  userStore: new WebStorageStateStore({ store: stores[client.keeps] }),
});

run({
  signIn: () => manager.signinRedirect(),
  finish: async () => {
    const user = await manager.signinCallback();
    history.replaceState(null, '', location.pathname);
    return { ...user };
  },
  renew: async () => ({ ...(await manager.signinSilent()) }),
});
