import { describe, expect, test } from 'vitest';
import { showValue } from '../../../lib/adapters/show-value.ts';
import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import { NO_OPTIONS } from '../../../lib/runner/run.ts';
import { findingViews } from '../../../lib/view/findings.ts';
import { type CapturedRequest, compareRequests, properRunOf } from '../../../lib/view/proper-run.ts';
import { NO_FORM_SECRETS, readForm } from '../../../lib/view/run-form.ts';
import { plainText } from '../../../lib/view/text.ts';
import { startFullServer } from '../../servers/full-server.ts';
import { REDIRECT_URI, start } from '../runner/real-run.ts';

const CALLBACK = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb';

/** The trace judged, and the run of its first authorization request. */
async function properOf(trace: string) {
  const analysis = await analyse(parseTrace(trace));
  const request = analysis.messages.findIndex(({ kind }) => kind === 'authorizationRequest');
  const proper = properRunOf(analysis, request, showValue(analysis.messages));
  if (proper === null) throw new Error('no authorization request');
  return { analysis, ...proper };
}

const rowsOf = (
  { captured }: { readonly captured: CapturedRequest },
  plan: Partial<Parameters<typeof compareRequests>[1]>,
) =>
  compareRequests(captured, {
    clientId: 'web1',
    scope: '',
    redirectUri: REDIRECT_URI,
    options: NO_OPTIONS,
    ...plan,
  });

describe('the form that a captured request fills in', () => {
  test('client, scope and further parameters go along; what the runner makes does not', async () => {
    const { form } = await properOf(
      `GET https://as.example/authorize?response_type=code&client_id=web1&${CALLBACK}&scope=openid%20mail&state=a&prompt=login&login_hint=jo&resource=https%3A%2F%2Fapi.example&ui_locales=de`,
    );
    expect(form).toMatchObject({
      page: 'form',
      flow: 'code',
      server: 'issuer',
      issuer: 'https://as.example',
      clientId: 'web1',
      method: 'none',
      scope: 'openid mail',
      resources: 'https://api.example',
      extra: 'prompt=login\nui_locales=de',
    });
    expect(readForm(form, NO_FORM_SECRETS, REDIRECT_URI)).toHaveProperty('config');
  });

  test('secrets stay behind, and so do parameters that would break the run', async () => {
    const { form, captured } = await properOf(
      `GET https://as.example/authorize?response_type=code&client_id=web1&${CALLBACK}&client_secret=gX1fBat3bV-super-secret-77&id_token_hint=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyIn0.c2ln&prompt=none&request_uri=&session=9c0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x&two=a%0Ab`,
    );
    expect(form.extra).toBe('');
    expect(JSON.stringify({ form, captured })).not.toMatch(/super-secret|c2ln|sLhEfPiK6/);
  });

  test.each([
    ['metadata', 'https://as.example/tenant', 'https://login.as.example/authorize'],
    ['an answer', 'https://as.example', 'https://as.example/authorize'],
  ])('the issuer by %s', async (how, issuer, endpoint) => {
    const metadata = `GET ${issuer}/.well-known/openid-configuration\n\n200\nContent-Type: application/json\n\n${JSON.stringify({ issuer, authorization_endpoint: endpoint, token_endpoint: `${issuer}/token` })}\n\n`;
    const { form } = await properOf(
      `${how === 'metadata' ? metadata : ''}GET ${endpoint}?response_type=code&client_id=web1&${CALLBACK}

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&iss=${encodeURIComponent(issuer)}`,
    );
    expect(form).toMatchObject({ server: 'issuer', issuer });
  });

  test('an answer that names the issuer of somebody else is not believed', async () => {
    const { form } = await properOf(`GET https://as.example/authorize?response_type=code&client_id=web1&${CALLBACK}

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&iss=https%3A%2F%2Fevil.example`);
    expect(form.issuer).toBe('https://as.example');
  });

  test.each([
    ['https://sso.example/realms/shop/protocol/openid-connect/auth', 'https://sso.example/realms/shop'],
    ['https://login.example/contoso/oauth2/v2.0/authorize', 'https://login.example/contoso/v2.0'],
    ['https://id.example/oauth2/default/v1/authorize', 'https://id.example/oauth2/default'],
    ['https://id.example/connect/authorize', 'https://id.example'],
  ])('the usual issuer of %s', async (endpoint, issuer) => {
    const { form } = await properOf(`GET ${endpoint}?response_type=code&client_id=web1&${CALLBACK}&scope=openid`);
    expect(form.issuer).toBe(issuer);
  });

  test('the endpoints that were seen, and the way in which the client proved itself', async () => {
    const { form } = await properOf(`
# initiator https://app.example
GET https://as.example/authorize?response_type=code&client_id=web1&${CALLBACK}

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA

# initiator https://app.example
# resource xhr
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&client_secret=gX1fBat3bV-super-secret-77&${CALLBACK}`);
    expect(form).toMatchObject({
      server: 'endpoints',
      method: 'client_secret_post',
      endpoints: {
        authorization_endpoint: 'https://as.example/authorize',
        token_endpoint: 'https://as.example/token',
      },
    });
  });
});

describe('the two requests beside each other', () => {
  test('what is added, changed, left out and the same, each change with its reason', async () => {
    const proper = await properOf(
      `GET https://as.example/authorize?response_type=token&client_id=web1&${CALLBACK}&scope=read&nonce=abc&prompt=none&response_mode=fragment&code_challenge=abc&code_challenge_method=plain`,
    );
    const rows = rowsOf(proper, { scope: 'read' });
    expect(rows.map(({ name, is }) => `${name} ${is}`)).toEqual([
      'response_type changed',
      'client_id same',
      'redirect_uri changed',
      'scope same',
      'nonce left-out',
      'prompt left-out',
      'response_mode left-out',
      'code_challenge changed',
      'code_challenge_method changed',
      'state added',
    ]);
    for (const { is, why } of rows) expect(why === null ? '' : plainText(why)).toMatch(is === 'same' ? /^$/ : /\.$/);
    expect(rows.find(({ name }) => name === 'state')).toMatchObject({ captured: null, fresh: true });
  });

  test('what is said to be sent is what a run sends', async () => {
    const server = await startFullServer(REDIRECT_URI);
    const options = { ...NO_OPTIONS, dpop: true, extra: [['ui_locales', 'de']] as const };
    const run = await start({ issuer: server.issuer, scope: 'openid', options });
    await server.stop();
    const sent = new URL(run.authorizationUrl ?? '').searchParams;
    const rows = compareRequests({ line: '', parameters: [] }, run.config);
    expect(rows.map(({ name }) => name).sort()).toEqual([...sent.keys()].sort());
    for (const { name, proper, fresh } of rows) if (!fresh) expect(proper).toBe(sent.get(name));
  });
});

test('findings offer the run of their request; notes and own runs do not', async () => {
  const trace = `GET https://as.example/authorize?response_type=code&client_id=web1&${CALLBACK}`;
  for (const capture of ['watch', 'run'] as const) {
    const analysis = await analyse(parseTrace(trace).map((exchange) => ({ ...exchange, capture })));
    const [flow = null] = analysis.flows;
    const views = findingViews(analysis, flow, new Map());
    expect(views.length).toBeGreaterThan(0);
    for (const { severity, request } of views) {
      expect(request).toBe(capture === 'run' || severity === 'info' ? null : 0);
    }
  }
});
