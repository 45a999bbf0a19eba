import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { formBody, STRICT_HEADERS } from './demo-site.ts';
import { escapeHtml, htmlPage, STYLE_SOURCE } from './html.ts';

/** Whatever name the person types becomes the account; any password will do. */
export const loginForm = (action: string) => `
<form method="post" action="${escapeHtml(action)}" data-step="login">
<label>Name <input name="login" required autocomplete="username"></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label>
<button id="go">Sign in</button>
</form>`;

const consentForm = (action: string, client: string, scope: string) => `
<p><code>${escapeHtml(client)}</code> asks for: <code>${escapeHtml(scope)}</code></p>
<form method="post" action="${escapeHtml(action)}" data-step="consent">
<button id="go" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`;

export const PAGE_HEADERS = {
  ...STRICT_HEADERS,
  'content-type': 'text/html; charset=utf-8',
  'x-frame-options': 'DENY',
  'content-security-policy': `default-src 'none'; style-src ${STYLE_SOURCE}; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
} as const;

export function errorPage(title: string, details: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(details).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return htmlPage(title, `<table data-outcome="failed">${rows.join('\n')}</table>`);
}

/** The grant that the person gives: everything that the request asks for. */
async function grantAll(
  provider: Provider,
  { grantId, session, params, prompt }: Awaited<ReturnType<Provider['interactionDetails']>>,
): Promise<string> {
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    existing ?? new provider.Grant({ accountId: String(session?.accountId), clientId: String(params['client_id']) });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes, rar } = prompt.details;
  if (Array.isArray(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (Array.isArray(missingOIDCClaims)) grant.addOIDCClaims(missingOIDCClaims.map(String));
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, (scopes as string[]).join(' '));
  }
  if (Array.isArray(rar)) for (const detail of rar) grant.addRar(detail);
  return grant.save();
}

/**
 * Login and consent pages, where `interactions.url` of the server leads.
 *
 * @param headersFor - what the pages for a client are sent with
 */
export async function answerInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headersFor: (clientId: string) => OutgoingHttpHeaders = () => PAGE_HEADERS,
): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  const clientId = String(details.params['client_id']);

  if (request.method !== 'POST') {
    const page =
      details.prompt.name === 'login'
        ? htmlPage('Sign in', loginForm(path))
        : htmlPage('Allow access', consentForm(path, clientId, String(details.params['scope'])));
    response.writeHead(200, headersFor(clientId)).end(page);
    return;
  }

  const form = await formBody(request);
  if (details.prompt.name === 'login') {
    await provider.interactionFinished(
      request,
      response,
      { login: { accountId: form.get('login') || 'anonymous' } },
      { mergeWithLastSubmission: false },
    );
  } else if (form.get('decision') === 'deny') {
    await provider.interactionFinished(
      request,
      response,
      { error: 'access_denied', error_description: 'the person denied access' },
      { mergeWithLastSubmission: false },
    );
  } else {
    await provider.interactionFinished(request, response, { consent: { grantId: await grantAll(provider, details) } });
  }
}
