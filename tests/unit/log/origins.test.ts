import { describe, expect, it } from 'vitest';
import { observe } from '../../../lib/log/observe.ts';
import { signInOrigins } from '../../../lib/log/origins.ts';
import { entries, OWN, redirect } from './traffic.ts';

describe('signInOrigins', () => {
  it('finds the client in the address of an authorization request', () => {
    const redirectUri = encodeURIComponent('https://app.example/cb');
    expect(signInOrigins(`https://as.example/authorize?client_id=c&redirect_uri=${redirectUri}`, [])).toEqual([
      'https://as.example',
      'https://app.example',
    ]);
  });

  it('finds the server in the issuer of a response, in the query or in the fragment', () => {
    const issuer = encodeURIComponent('https://as.example/tenant');
    for (const mark of ['?', '#']) {
      expect(signInOrigins(`https://app.example/cb${mark}code=c&iss=${issuer}`, [])).toEqual([
        'https://app.example',
        'https://as.example',
      ]);
    }
  });

  it('finds the server where a watched page redirected to it', () => {
    const { observations } = observe(
      entries(redirect('https://app.example/login', 'https://as.example/authorize?x')),
      OWN,
    );
    expect(signInOrigins('https://app.example/', observations)).toEqual(['https://app.example', 'https://as.example']);
  });

  it('leaves out what is no web origin', () => {
    expect(signInOrigins('https://as.example/authorize?redirect_uri=com.app%3A%2Fcb&iss=nonsense', [])).toEqual([
      'https://as.example',
    ]);
    expect(signInOrigins('about:blank', [])).toEqual([]);
    expect(signInOrigins(null, [])).toEqual([]);
  });
});
