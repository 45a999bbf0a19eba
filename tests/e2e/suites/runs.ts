import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NO_OPTIONS } from '../../../lib/runner/run.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { type RunServer, SERVICE_SECRET, startRunServer } from '../../servers/run-server.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';

interface Form {
  readonly issuer?: string;
  readonly authorization?: string;
  readonly token?: string;
  readonly clientId: string;
  readonly secret?: string;
  readonly scope?: string;
  readonly flow?: 'clientCredentials';
}

/** Runs in the page. What stands on it, or nothing while it is not there. */
function textOf(selector: string): string {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent ?? '').join('\n');
}

/** What differs between code flows at an issuer. */
type CodeForm = Readonly<Record<'issuer' | 'clientId', string>>;

declare const chrome: {
  readonly identity: { getRedirectURL(path: string): string };
  readonly runtime: { sendMessage(message: object): Promise<{ readonly is: string }> };
  readonly tabs: {
    query(query: object): Promise<readonly { readonly title?: string; readonly windowId: number }[]>;
  };
  readonly windows: { remove(id: number): Promise<void> };
  readonly storage: {
    readonly session: { clear(): Promise<void>; get(key: string): Promise<Record<string, unknown>> };
  };
};

/** Flow runs in a real browser against a real server that refuses the extension's origin. */
export function runTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;
  let server: RunServer;

  before(async () => {
    demo = await startDemo();
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    server = await startRunServer(
      await extension.background.evaluate(() => chrome.identity.getRedirectURL('cb'), undefined),
    );
    await extension.grantHosts('http://127.0.0.1/*');
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    await demo?.stop();
  });

  const openRun = async (): Promise<Tab> => {
    const page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-run');
    await until('the view', () => page.evaluate((one) => document.querySelector(one) !== null || null, '.foot'));
    return page;
  };

  const shows = (page: Tab, selector: string, wanted: string | RegExp): Promise<string> =>
    until(`${wanted} in ${selector}`, async () => {
      const text = await page.evaluate(textOf, selector);
      return (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) ? text : null;
    });

  const choose = (page: Tab, label: string): Promise<void> =>
    page.evaluate((wanted) => {
      const found = [...document.querySelectorAll('label.segment')].find((one) => one.textContent === wanted);
      found?.querySelector('input')?.click();
      const option = [...document.querySelectorAll('option')].find((one) => one.textContent === wanted);
      const select = option?.closest('select');
      if (option === undefined || select === null || select === undefined) return;
      select.value = option.value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, label);

  const fillIn = async (page: Tab, label: string, value: string): Promise<void> => {
    const id = await page.evaluate((wanted) => {
      const found = [...document.querySelectorAll('label.field')].find((one) =>
        one.firstElementChild?.textContent?.startsWith(wanted),
      );
      found?.setAttribute('data-wanted', wanted.replaceAll(' ', '-'));
      return wanted.replaceAll(' ', '-');
    }, label);
    await page.fill(`[data-wanted="${id}"] input`, value);
  };

  /** A page whose run has ended, and the form that it was started from. */
  let ended: { readonly page: Tab; readonly form: CodeForm } | null = null;

  /** A fresh page with the form filled in. */
  const fillForm = async (form: Form): Promise<Tab> => {
    // What it shows is cleared with the session.
    await ended?.page.close();
    ended = null;
    server.requests.length = 0;
    await extension.background.evaluate(() => chrome.storage.session.clear(), undefined);
    const page = await openRun();
    await shows(page, 'h1', 'Which flow?');
    await page.click('.run-skip button');
    await shows(page, 'h1', 'Run a flow');
    if (form.flow === 'clientCredentials') await choose(page, 'Client credentials');
    if (form.issuer === undefined) {
      await choose(page, 'Endpoints by hand');
      if (form.authorization !== undefined) await fillIn(page, 'Authorization', form.authorization);
      await fillIn(page, 'Token', form.token ?? '');
    } else {
      await fillIn(page, 'Issuer', form.issuer);
    }
    await fillIn(page, 'Client id', form.clientId);
    if (form.secret !== undefined) await fillIn(page, 'Client secret', form.secret);
    await fillIn(page, 'Scopes', form.scope ?? '');
    assert.deepEqual(server.requests, [], 'nobody is asked before the press');
    return page;
  };

  /** The form of a code flow at an issuer, as a person comes back to it: with what was typed for the run before. */
  const formAgain = async (form: CodeForm): Promise<Tab> => {
    if (ended === null) return fillForm({ ...CODE, ...form });
    const { page, form: before } = ended;
    ended = null;
    server.requests.length = 0;
    await shows(page, '.foot', 'New run');
    await page.click('.foot .button');
    await shows(page, '.foot', /^.*Run at /);
    if (form.issuer !== before.issuer) await fillIn(page, 'Issuer', form.issuer);
    if (form.clientId !== before.clientId) await fillIn(page, 'Client id', form.clientId);
    assert.deepEqual(server.requests, [], 'nobody is asked before the press');
    return page;
  };

  /** The page of the extension goes, its tab stays: a tab that closes would give its focus to the sign-in window. */
  const leave = (page: Tab): Promise<void> =>
    page.evaluate(() => {
      setTimeout(() => location.replace('about:blank'), 0);
    }, undefined);

  /** Presses Run and gives the browser's sign-in window. */
  const startIn = async (page: Tab): Promise<Tab> => {
    const opened = browser.nextTab();
    await page.click('.foot .run-start');
    return opened;
  };

  /** One press of the person in the window, which may close under it. */
  const step = async (window: Tab, name: string): Promise<void> => {
    await until(`the step ${name}`, () =>
      window.evaluate((wanted) => document.querySelector(`[data-step="${wanted}"]`) !== null || null, name),
    );
    await window
      .evaluate((account) => {
        for (const input of document.querySelectorAll('input')) input.value = account;
        document.querySelector<HTMLElement>('#go')?.click();
      }, `alice-${people}`)
      .catch(() => null);
  };

  /** Another person each time: the server asks everyone for consent once. */
  let people = 0;

  const signIn = async (window: Tab): Promise<void> => {
    people += 1;
    await step(window, 'login');
    await step(window, 'consent');
  };

  const CODE = { clientId: 'public', scope: 'openid offline_access' } as const;

  const code = (): CodeForm => ({ clientId: CODE.clientId, issuer: server.issuer });

  /** A run from the press to its end. */
  const runOnce = async (): Promise<Tab> => {
    const page = await formAgain(code());
    await signIn(await startIn(page));
    return page;
  };

  /** The message of a run that ended badly: its heading, and cause, what was said, and next step. */
  const problem = async (page: Tab): Promise<{ readonly heading: string; readonly text: string }> => {
    const text = await shows(page, '.run-problem', 'Next');
    return { heading: await page.evaluate(textOf, 'h1'), text };
  };

  test('a run completes, and the same checks have nothing against it', async () => {
    const page = await fillForm({ ...CODE, issuer: server.issuer });
    await page.click('.run-metadata .button');
    await shows(page, '.run-metadata [role=status]', /^Read: \d+ endpoints are filled in/);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/.well-known/openid-configuration'],
    );
    await signIn(await startIn(page));
    await shows(page, 'h1', 'Authorization code with PKCE: done');
    const steps = await page.evaluate(textOf, '.run-step');
    for (const proof of ['Issuer matches', 'is the one that was sent', 'Tokens received', 'Every check fits']) {
      assert.ok(steps.includes(proof), proof);
    }
    const [sent] = server.requests.filter(({ path }) => path === '/token');
    assert.deepEqual(sent, { method: 'POST', path: '/token', origin: null });
    await shows(page, '.run-judged', 'no problems');
    const shown = await page.evaluate(textOf, 'main');
    assert.doesNotMatch(shown, /eyJ[\w-]+\.[\w-]+\./, 'no token in clear');

    await page.evaluate(() => document.querySelector<HTMLElement>('.run-actions .button')?.click(), undefined);
    await until('the refresh', async () => (server.requests.filter(({ path }) => path === '/token')[1] ? true : null));
    await shows(page, '.run-later', 'Tokens refreshed');
    await page.click('.run-later .link');
    assert.match(
      await page.evaluate(() => document.activeElement?.textContent ?? '', undefined),
      /^Refresh request/,
      'the step is gone to',
    );

    await page.evaluate(() => document.querySelectorAll<HTMLElement>('.run-actions .button')[1]?.click(), undefined);
    await shows(page, 'h1', /^ID token from 127\.0\.0\.1:\d+ for public$/);
    await page.click('.token-row .button');
    await shows(page, '.token-rows', /Signature valid: RS256, key .+ of 127\.0\.0\.1/);

    await page.click('#tab-run');
    await shows(page, '.run-actions', 'Forget');
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll<HTMLElement>('.run-actions .button')];
      buttons.find(({ textContent }) => textContent === 'Forget')?.click();
    }, undefined);
    await shows(page, '[role=alert]', 'Forgotten: the tokens, their key and everything else of the run.');
    const left = await page.evaluate(() => chrome.storage.session.get('run:current'), undefined);
    assert.deepEqual(left, {});
    await page.close();
  });

  describe('each way to fail has a message of its own', () => {
    test('wrong state', async () => {
      server.mistake = 'state';
      const page = await runOnce();
      const { heading, text } = await problem(page);
      server.mistake = null;
      assert.match(heading, /^Stopped at: Callback/);
      assert.match(text, /another state than the one that was sent/);
      assert.equal(server.requests.filter(({ path }) => path === '/token').length, 0);
      ended = { page, form: code() };
    });

    test('wrong iss', async () => {
      server.mistake = 'iss';
      const page = await runOnce();
      const { heading, text } = await problem(page);
      server.mistake = null;
      assert.match(heading, /^Stopped at: Callback/);
      assert.match(text, /comes from another issuer than http:\/\/127\.0\.0\.1/);
      assert.match(text, /https:\/\/other\.example/);
      assert.equal(server.requests.filter(({ path }) => path === '/token').length, 0);
      ended = { page, form: code() };
    });

    test('bad signature', async () => {
      server.mistake = 'signature';
      const page = await runOnce();
      const { heading, text } = await problem(page);
      server.mistake = null;
      assert.match(heading, /^Stopped at: ID token/);
      assert.match(text, /signature of the ID token does not fit the keys/);
      ended = { page, form: code() };
    });

    test('redirect URI not registered: the value to register', async () => {
      server.mistake = 'endless-error-page';
      const page = await formAgain({ ...code(), clientId: 'elsewhere' });
      await page.click('.foot .run-start');
      // Firefox shows the error page of the server until the person closes it; Chromium ends the flow at once.
      if (browser.name === 'firefox') {
        await until('the page of the server, and its window to close', () =>
          extension.background.evaluate(async (url) => {
            const [shown] = await chrome.tabs.query({ url });
            if (shown?.title !== 'The authorization server refused the request') return null;
            await chrome.windows.remove(shown.windowId);
            return true;
          }, 'http://127.0.0.1/*'),
        );
      }
      const { heading, text } = await problem(page);
      server.mistake = null;
      assert.match(heading, /^Stopped at: Sign-in/);
      assert.match(text, /did not send you back/);
      const uri = await extension.background.evaluate(() => chrome.identity.getRedirectURL('cb'), undefined);
      assert.equal(await page.evaluate(textOf, '.run-problem .correction code'), uri);
      ended = { page, form: { ...code(), clientId: 'elsewhere' } };
    });

    test('closed window', async () => {
      const page = await formAgain(code());
      const window = await startIn(page);
      await until('the window', () =>
        window.evaluate(() => document.querySelector('[data-step]') !== null || null, undefined),
      );
      await window.close();
      const { heading, text } = await problem(page);
      assert.match(heading, /^Stopped at: Sign-in/);
      assert.match(text, /window was closed before the server sent you back/);
      ended = { page, form: code() };
    });

    test('server down', async () => {
      const page = await formAgain({ ...code(), issuer: 'http://127.0.0.1:9' });
      await page.click('.foot .run-start');
      const { heading, text } = await problem(page);
      assert.match(heading, /^Stopped at: Discovery/);
      assert.match(text, /127\.0\.0\.1:9 could not be reached/);
      ended = { page, form: { ...code(), issuer: 'http://127.0.0.1:9' } };
    });

    test('HTML instead of JSON', async () => {
      server.mistake = 'html';
      const page = await formAgain(code());
      await page.click('.run-metadata .button');
      await shows(page, '.run-metadata [role=alert]', 'an HTML page instead of JSON');
      await page.click('.foot .run-start');
      const { heading, text } = await problem(page);
      server.mistake = null;
      assert.match(heading, /^Stopped at: Discovery/);
      assert.match(text, /an HTML page instead of JSON/);
      await page.evaluate(() => document.querySelector<HTMLElement>('.run-toggle')?.click(), undefined);
      await shows(page, '.run-exchange', '<h1>Welcome</h1>');
      ended = { page, form: code() };
    });

    test('second run', async () => {
      const page = await formAgain(code());
      const window = await startIn(page);
      await shows(page, '.run-step', 'one sign-in window at a time');
      const reply = await page.evaluate(
        (config) => chrome.runtime.sendMessage({ do: 'run.start', config, given: {} }),
        {
          flow: 'code',
          mode: 'through',
          issuer: server.issuer,
          endpoints: null,
          resourceUrl: null,
          clientId: 'public',
          authentication: 'none',
          scope: 'openid',
          redirectUri: 'https://app.example/cb',
          options: NO_OPTIONS,
          exchange: null,
          tokenTypeHint: '',
        },
      );
      assert.deepEqual(reply, { is: 'busy' });
      await signIn(window);
      await shows(page, 'h1', ': done');
      ended = { page, form: code() };
    });

    test('second run, started before the first one shows', async () => {
      const page = await formAgain(code());
      const opened = browser.nextTab();
      // The second press right behind the first: between two of a mouse the run may show already.
      await page.evaluate(() => {
        const start = document.querySelector<HTMLElement>('.foot .run-start');
        start?.addEventListener('click', () => start.click(), { once: true });
      }, undefined);
      await page.click('.foot .run-start');
      await shows(page, '[role=alert]', 'There is one sign-in window at a time: finish that run, or stop it.');
      await signIn(await opened);
      await shows(page, 'h1', ': done');
      assert.equal(server.requests.filter(({ path }) => path === '/token').length, 1);
      ended = { page, form: code() };
    });

    test('refused Origin: the token endpoint is at a host that is not granted', async () => {
      const page = await fillForm({
        ...CODE,
        clientId: codePkcePublic.id,
        authorization: `${server.issuer}/auth`,
        token: `${demo.origins.as}/token`,
      });
      await signIn(await startIn(page));
      const { heading, text } = await problem(page);
      assert.match(heading, /^Stopped at: Token request/);
      assert.match(text, /as\.example refuses requests whose Origin is this extension/);
      assert.ok(text.includes(extension.origin));
      assert.match(text, /Give access to as\.example/);
      await page.close();
    });
  });

  test('client credentials: one request, then the cache', async () => {
    const form = {
      flow: 'clientCredentials',
      issuer: server.issuer,
      clientId: 'service',
      secret: SERVICE_SECRET,
    } as const;
    const page = await fillForm(form);
    await page.click('.foot .run-start');
    await shows(page, 'h1', 'Client credentials: done');
    await page.evaluate(() => document.querySelector<HTMLElement>('.run-actions .button')?.click(), undefined);
    await shows(page, '.run-result', /From the cache, \d+ min/);
    assert.equal(server.requests.filter(({ path }) => path === '/token').length, 1);
    await page.close();
  });

  test('the popup may close meanwhile', async () => {
    const page = await formAgain(code());
    const window = await startIn(page);
    await leave(page);
    await signIn(window);
    const again = await openRun();
    await shows(again, 'h1', 'Authorization code with PKCE: done');
    await page.close();
    ended = { page: again, form: code() };
  });

  test('the person stops the run: its window closes', async () => {
    const page = await formAgain(code());
    const window = await startIn(page);
    await shows(page, '.foot', 'Stop the run');
    await page.click('.foot .button');
    await shows(page, 'h1', 'Stopped by you');
    await until('the window to close', async () =>
      (await window
        .evaluate(() => document.readyState, undefined)
        .then(
          () => false,
          () => true,
        ))
        ? true
        : null,
    );
    ended = { page, form: code() };
  });

  test('the worker may stop meanwhile: the run says which step to repeat', async () => {
    const page = await formAgain(code());
    const window = await startIn(page);
    await until('the window', () =>
      window.evaluate(() => document.querySelector('[data-step]') !== null || null, undefined),
    );
    await leave(page);
    await extension.stopBackground();
    const again = await openRun();
    const { heading, text } = await problem(again);
    assert.match(heading, /^Stopped at: Sign-in/);
    assert.match(text, /stopped the extension in the middle of this step/);
    await again.close();
    await page.close();
    await window.close().catch(() => null);
  });
}
