import { describe, expect, it } from 'vitest';
import type { ServerMetadata } from '../../../lib/runner/run.ts';
import { discoveryProblem, withMetadata } from '../../../lib/view/run-discovery.ts';
import { EMPTY_FORM, type RunForm } from '../../../lib/view/run-form.ts';
import { runWords } from '../../../lib/view/words-run.ts';

const w = runWords.form.discovered;
const METADATA: ServerMetadata = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/auth',
  token_endpoint: 'https://as.example/token',
};
const read = (form: Partial<RunForm>, metadata: Record<string, unknown> = {}) =>
  withMetadata({ ...EMPTY_FORM, issuer: 'https://as.example', ...form }, { ...METADATA, ...metadata });

describe('metadata in the form', () => {
  it('fills in the endpoints, and says which flows have none', () => {
    const { form, says } = read({});
    expect(form.endpoints).toEqual({
      authorization_endpoint: 'https://as.example/auth',
      token_endpoint: 'https://as.example/token',
    });
    expect(form).toMatchObject({ server: 'issuer', par: false, method: 'none', scope: 'openid' });
    expect(says[0]).toBe(w.endpoints(2));
    expect(says.at(-1)).toBe(
      w.without('Device authorization, Introspection, Revocation, Userinfo, Sign-out, Client registration'),
    );
  });

  it('takes no endpoint that is none', () => {
    const bad = { token_endpoint: 'javascript:alert(1)', userinfo_endpoint: 7, jwks_uri: 'http://as.example/keys' };
    expect(read({}, bad).form.endpoints).toEqual({ authorization_endpoint: 'https://as.example/auth' });
  });

  it('pushes where the server takes nothing else', () => {
    const { form, says } = read({}, { require_pushed_authorization_requests: true });
    expect(form.par).toBe(true);
    expect(says).toContain(w.par);
  });

  it.each<[string, Partial<RunForm>, Record<string, unknown>, Partial<RunForm>]>([
    [
      'another way for the secret',
      { method: 'client_secret_basic' },
      { token_endpoint_auth_methods_supported: ['client_secret_post'] },
      { method: 'client_secret_post' },
    ],
    [
      'a way that is listed stays',
      { method: 'client_secret_post' },
      { token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'] },
      { method: 'client_secret_post' },
    ],
    [
      'a public client stays one: many servers do not list it',
      { method: 'none' },
      { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
      { method: 'none' },
    ],
    [
      'no key is at hand',
      { method: 'client_secret_basic' },
      { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
      { method: 'client_secret_basic' },
    ],
    ['no OpenID', { scope: 'openid' }, { scopes_supported: ['read'] }, { scope: '' }],
    ['what was typed stays', { scope: 'openid read' }, { scopes_supported: ['read'] }, { scope: 'openid read' }],
  ])('%s', (_what, form, metadata, expected) => {
    expect(read(form, metadata).form).toMatchObject(expected);
  });

  it('lists what a hostile server says harmlessly, and not without end', () => {
    const scopes = ['`b`', '\u202eevil', ...Array.from({ length: 500 }, (_, index) => `s${index}`), 7];
    const line = read({}, { scopes_supported: scopes }).says.find((one) => one.startsWith('Scopes')) ?? '';
    expect(line).toContain('´b´');
    expect(line).not.toContain('\u202e');
    expect(line.length).toBeLessThan(400);
  });

  it('a problem has its cause, what was said, and the next thing to do', () => {
    const says = discoveryProblem({ code: 'no-metadata', detail: 'HTTP 404', about: null }, 'as.example');
    expect(says).toHaveLength(3);
    expect(says[0]).toContain('as.example');
    expect(says[1]).toBe(w.said('HTTP 404'));
  });
});
