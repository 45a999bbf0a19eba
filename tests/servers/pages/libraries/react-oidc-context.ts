import { WebStorageStateStore } from 'oidc-client-ts';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { type AuthContextProps, AuthProvider, useAuth } from 'react-oidc-context';
import { page, run } from '../library-page.ts';

const { client, id, issuer, urls } = page;

/** Hands what the hook says to the page, as soon as it has settled. */
function Client({ onReady }: { readonly onReady: (auth: AuthContextProps) => void }) {
  const auth = useAuth();
  useEffect(() => {
    if (!auth.isLoading) onReady(auth);
  }, [auth, onReady]);
  return null;
}

const root = document.createElement('div');
document.body.append(root);
const settings = {
  authority: issuer,
  client_id: id,
  redirect_uri: urls.callback,
  scope: client.scope,
  automaticSilentRenew: false,
  onSigninCallback: () => history.replaceState(null, '', location.pathname),
  ...(client.keeps === 'localStorage' && { userStore: new WebStorageStateStore({ store: localStorage }) }),
};
const ready = new Promise<AuthContextProps>((onReady) => {
  createRoot(root).render(createElement(AuthProvider, settings, createElement(Client, { onReady })));
});

run({
  signIn: async () => (await ready).signinRedirect(),
  finish: async () => {
    const { user, error } = await ready;
    if (error) throw error;
    return { ...user };
  },
  renew: async () => ({ ...(await (await ready).signinSilent()) }),
});
