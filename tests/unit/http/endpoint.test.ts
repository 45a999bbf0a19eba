import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { endpointOf, isDevHost, isLoopback, siteOf } from '../../../lib/http/endpoint.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

test('an address is split, written as the standard writes it', () => {
  expect(endpointOf('HTTPS://jane:x@Login.App.Example:443/a/../cb;v=1?code=x#y')).toEqual({
    url: 'https://login.app.example/cb;v=1',
    origin: 'https://login.app.example',
    scheme: 'https',
    host: 'login.app.example',
    path: '/cb;v=1',
    site: 'app.example',
    loopback: false,
    dev: false,
  });
});

test.each([
  ['com.example.app:/cb?code=x', 'com.example.app:///cb', ''],
  ['myapp://cb/done', 'myapp://cb/done', 'cb'],
  ['http://127.0.0.1:4711/cb', 'http://127.0.0.1:4711/cb', '127.0.0.1'],
  ['https://[::1]:8443/', 'https://[::1]:8443/', '[::1]'],
])('%s', (url, whole, host) => {
  expect(endpointOf(url)).toMatchObject({ url: whole, host });
});

test.each(['', 'postmessage', '/cb?code=x', '//app.example/cb', 'https://', 'http://a b/', 'https://[::1/'])(
  '%j is no address',
  (url) => {
    expect(endpointOf(url)).toBeNull();
  },
);

test.each([
  ['www.app.example.co.uk', 'example.co.uk'],
  ['accounts.google.com', 'google.com'],
  ['project.supabase.co', 'project.supabase.co'],
  ['shop.myshopify.com', 'shop.myshopify.com'],
  ['as.example', 'as.example'],
  ['localhost', 'localhost'],
  ['10.0.0.1', '10.0.0.1'],
  ['[::1]', '[::1]'],
  ['co.uk', 'co.uk'],
])('the site of %s is %s', (host, site) => {
  expect(siteOf(host)).toBe(site);
});

describe('a developer’s machine', () => {
  test.each(['localhost', 'app.localhost', '127.0.0.1', '127.255.1.9', '[::1]'])('%s is loopback', (host) => {
    expect([isLoopback(host), isDevHost(host)]).toEqual([true, true]);
  });

  test.each([
    'app.local',
    'app.test',
    'build.internal',
    'nas.home.arpa',
    'tv.lan',
    '10.1.2.3',
    '192.168.0.9',
    '172.16.0.1',
    '172.31.255.1',
    '169.254.1.1',
    '0.0.0.0',
    '[fd00::1]',
    '[fc12:3::4]',
  ])('%s is near', (host) => {
    expect([isLoopback(host), isDevHost(host)]).toEqual([false, true]);
  });

  test.each([
    'localhost.example',
    'mylocalhost',
    'notlocal',
    '127.0.0.1.example',
    '128.0.0.1',
    '172.32.0.1',
    '11.0.0.1',
    'test.example',
    '[2001:db8::1]',
    'app.example',
  ])('%s is not', (host) => {
    expect([isLoopback(host), isDevHost(host)]).toEqual([false, false]);
  });
});

test('no text throws, and an endpoint has no parameters', () => {
  const scheme = fc.constantFrom('https://app.example/', 'https://', 'com.app:', 'http://[::1]:80/', '');
  let endpoints = 0;
  fc.assert(
    fc.property(scheme, anyText(40), anyText(10), (start, text, more) => {
      for (const url of [start + text, `${start}${more}?${text}#${more}`]) {
        const endpoint = endpointOf(url);
        if (endpoint === null) continue;
        endpoints++;
        expect(endpoint.url).not.toMatch(/[?#]/);
      }
    }),
    seeded(500),
  );
  expect(endpoints).toBeGreaterThan(100);
});
