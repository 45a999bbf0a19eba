import {
  type AuthenticationResult,
  BrowserCacheLocation,
  ProtocolMode,
  PublicClientApplication,
} from '@azure/msal-browser';
import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';
import { page, run, runInWindow, type Tokens } from '../library-page.ts';

const { client, id, issuer, urls } = page;
const locations = {
  localStorage: BrowserCacheLocation.LocalStorage,
  sessionStorage: BrowserCacheLocation.SessionStorage,
  memory: BrowserCacheLocation.MemoryStorage,
};

const application = new PublicClientApplication({
  auth: { clientId: id, authority: issuer, knownAuthorities: [new URL(issuer).host], redirectUri: urls.callback },
  cache: { cacheLocation: locations[client.keeps] },
  system: { protocolMode: ProtocolMode.OIDC },
});
const ready = application.initialize();
// The library always asks for offline_access, which this server gives only to who is asked for consent.
const request = { scopes: client.scope.split(' '), prompt: 'consent' };

function tokensOf(result: AuthenticationResult | null): Tokens {
  return { access_token: result?.accessToken, id_token: result?.idToken };
}

async function renew(): Promise<Tokens> {
  const [account] = application.getAllAccounts();
  if (account === undefined) throw new Error('nobody is signed in');
  return tokensOf(await application.acquireTokenSilent({ scopes: request.scopes, account, forceRefresh: true }));
}

// In memory nothing outlives a redirect, and the library refuses one.
if (client.keeps === 'memory') {
  runInWindow({
    signIn: async () => {
      await ready;
      return tokensOf(await application.loginPopup(request));
    },
    relay: broadcastResponseToMainFrame,
    renew,
  });
} else {
  run({
    signIn: async () => {
      await ready;
      await application.loginRedirect(request);
    },
    finish: async () => {
      await ready;
      return tokensOf(await application.handleRedirectPromise({ navigateToLoginRequestUrl: false }));
    },
    renew,
  });
}
