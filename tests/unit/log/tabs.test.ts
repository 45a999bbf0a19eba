import { describe, expect, it } from 'vitest';
import { entriesOfTab, tabsConcerned } from '../../../lib/log/tabs.ts';
import { entries, request } from './traffic.ts';

const APP = 'https://app.example/cb?code=c';
const worker = request('https://as.example/token', { tab: -1, from: 'https://app.example', type: 'xmlhttprequest' });
const stranger = request('https://as.example/token', {
  tab: -1,
  from: 'https://other.example',
  type: 'xmlhttprequest',
});

describe('entries of a tab', () => {
  it('are its own, not those of another tab of the same site', () => {
    const log = entries(request(APP, { tab: 1 }), request(APP, { tab: 2 }));
    expect(entriesOfTab(log, 1)).toEqual([log[0]]);
    expect(entriesOfTab(log, 3)).toEqual([]);
  });

  it('include those of its popup windows and of the tab that opened it', () => {
    const log = entries(
      request(APP, { tab: 2 }),
      { is: 'opener', at: 1, tab: 3, opener: 2 },
      { is: 'opener', at: 1, tab: 2, opener: 1 },
      request(APP, { tab: 3 }),
      request(APP, { tab: 4 }),
    );
    for (const tab of [1, 2, 3]) expect(entriesOfTab(log, tab)).toEqual(log.slice(0, 4));
    expect(entriesOfTab(log, 4)).toEqual([log[4]]);
  });

  it('end where openers go round in a circle', () => {
    const log = entries({ is: 'opener', at: 1, tab: 1, opener: 2 }, { is: 'opener', at: 1, tab: 2, opener: 1 });
    expect(entriesOfTab(log, 1)).toEqual(log);
  });

  it('include requests of service workers of its origins', () => {
    const log = entries(request(APP, { tab: 1 }), worker, stranger);
    expect(entriesOfTab(log, 1)).toEqual(log.slice(0, 2));
  });

  it('survive addresses that are none', () => {
    const log = entries(request('no address', { tab: 1, from: 'null' }), worker);
    expect(entriesOfTab(log, 1)).toEqual([log[0]]);
  });
});

describe('tabs that a record concerns', () => {
  it('are its tab, the popup windows of it and its opener', () => {
    const log = entries({ is: 'opener', at: 1, tab: 2, opener: 1 });
    expect([...tabsConcerned(log, request(APP, { tab: 2 }))].sort()).toEqual([1, 2]);
  });

  it('are all tabs of the origin where a service worker sent it', () => {
    const log = entries(
      request(APP, { tab: 1 }),
      request('https://other.example/', { tab: 2 }),
      request(APP, { tab: 3 }),
    );
    expect([...tabsConcerned(log, worker)].sort()).toEqual([1, 3]);
  });
});
