import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { type ReadableValue, readValue } from './support/readable-value.ts';
import { judgeState } from './support/sent-state.ts';

export const rule: Rule = {
  id: 'state-carries-data',
  title: 'State with readable data of the application',
  subject: 'Content of state',
  group: 'A',
  severity: 'low',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '4.7.1', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.2.2', level: 'none' },
  ],
  why: 'Data that is not bound to the browser can be exchanged to lead the visitor elsewhere or into another account.',
  fix: 'Send a random key as `state` and keep the data in the client, or sign it and bind it to the browser.',
  copy: 'state=…',
  parents: ['state-contains-token', 'callback-open-redirect'],

  check(flow, c) {
    return judgeState(flow, c, (message, state) => {
      if (message.sdk !== null) return c.notApplicable;
      const read = readValue(state.value);
      if (read === null || read.sealed) return c.pass;
      const evidence = [c.at(message, state)] as const;
      if (isAddress(state.value) && forwardsTo(flow, state.value)) {
        return c.fail({
          evidence,
          severity: 'medium',
          summary: c.say`The state is an address, and the callback sends the browser there.`,
        });
      }
      const content = personalOrAbsolute(read);
      if (content !== null) {
        return c.fail({
          evidence,
          summary: c.say`Without a key one can read ${c.plain(content)} in it: verify that it is bound to the browser.`,
        });
      }
      return texts(read).some((text) => /^\/[a-z]/i.test(text))
        ? c.fail({ evidence, severity: 'info', summary: c.say`It names a path of the application.` })
        : c.pass;
    });
  },
};

function isAddress(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text);
}

/** The callback, once it is done, redirects to exactly this address. */
function forwardsTo(flow: Flow, address: string): boolean {
  return messagesOf(flow, 'authorizationResponse').some(
    (response) => response.at === 'request' && locationOf(response.exchange) === address,
  );
}

function texts(read: ReadableValue): readonly string[] {
  return [read.text, ...read.members.map(([, value]) => value)];
}

function personalOrAbsolute(read: ReadableValue): string | null {
  if (texts(read).some(isAddress)) return 'an absolute address';
  if (texts(read).some((text) => /^[^\s@/:]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text))) return 'an e-mail address';
  const named = read.members.find(([name, value]) => PERSONAL_NAME.test(name) && value !== '');
  return named === undefined ? null : `the member ${named[0]}`;
}

const PERSONAL_NAME = /^(user_?id|uid|user_?name|e-?mail|roles?|is_?admin|account_?id|tenant_?id)$/i;

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const ADDRESS = 'state=https%3A%2F%2Fapp.example%2Fadmin';

export const examples: Examples = {
  violation: [
    { name: 'an address', trace: `${REQUEST}&${ADDRESS}`, severity: 'low' },
    {
      name: 'an address to which the callback forwards',
      trace: `${REQUEST}&${ADDRESS}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}\n\n302\nLocation: https://app.example/admin`,
      severity: 'medium',
    },
    {
      name: 'the callback forwards elsewhere',
      trace: `${REQUEST}&${ADDRESS}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}\n\n302\nLocation: https://app.example/home`,
      severity: 'low',
    },
    {
      name: 'the callback was seen only as a redirect of the server',
      trace: `${REQUEST}&${ADDRESS}\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}`,
      severity: 'low',
    },
    {
      name: 'an address in JSON',
      trace: `${REQUEST}&state=%7B%22csrf%22%3A%22q1TzX8b2nE6m0uYw%22%2C%22returnTo%22%3A%22https%3A%2F%2Fapp.example%2Finbox%22%7D`,
      severity: 'low',
    },
    {
      name: 'an e-mail address in a form',
      trace: `${REQUEST}&state=csrf%3Dq1TzX8b2nE6m0uYw%26who%3Dbob%40mail.example`,
      severity: 'low',
    },
    {
      name: 'the identifier of a user',
      trace: `${REQUEST}&state=eyJjc3JmIjoicTFUelg4YjJuRTZtMHVZdyIsInVzZXJJZCI6NDIxN30`,
      severity: 'low',
    },
    {
      name: 'a relative path beside a random value',
      trace: `${REQUEST}&state=%7B%22id%22%3A%22q1TzX8b2nE6m0uYw%22%2C%22returnTo%22%3A%22%2Finbox%22%7D`,
      severity: 'info',
    },
    { name: 'a relative path', trace: `${REQUEST}&state=%2Finbox`, severity: 'info' },
    {
      name: 'only the response was seen',
      trace: `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}`,
      severity: 'low',
    },
    {
      name: 'a pushed request, its state in the response',
      trace: `${PUSHED_UNSEEN}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}`,
      severity: 'low',
    },
  ],
  clean: [{ name: 'a random value', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw` }],
  lookAlike: [
    {
      name: 'an identifier and what kind of sign-in it is',
      trace: `${REQUEST}&state=eyJpZCI6IjkwNmU0YjNkLTg5ZTgtNGM5Zi1hOGUyLWExMGVmMWFlMzg5ZiIsIm1ldGEiOnsiaW50ZXJhY3Rpb25UeXBlIjoicmVkaXJlY3QifX0%3D`,
      verdict: 'pass',
    },
    {
      name: 'an empty member for the user',
      trace: `${REQUEST}&state=%7B%22id%22%3A%22q1TzX8b2nE6m0uYw%22%2C%22userId%22%3A%22%22%7D`,
      verdict: 'pass',
    },
    {
      name: 'signed data with an address',
      trace: `${REQUEST}&state=eyJhbGciOiJIUzI1NiJ9.eyJydCI6Imh0dHBzOi8vYXBwLmV4YW1wbGUvaW5ib3gifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
      verdict: 'pass',
    },
    {
      name: 'an address with an authentication code',
      trace: `${REQUEST}&state=https%3A%2F%2Fapp.example%2Finbox%7Ca50b822630358ec4b16cc66f8e7d51c9`,
      verdict: 'pass',
    },
    { name: "a vendor's popup", trace: `${VENDOR_POPUP}&response_type=code&${ADDRESS}`, verdict: 'notApplicable' },
    { name: 'no state', trace: `${REQUEST}&state=`, verdict: 'notApplicable' },
    {
      name: "a broker's own request and its answer",
      trace: `
        GET https://accounts.google.com/o/oauth2/v2/auth?client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&response_type=code&${ADDRESS}

        GET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&${ADDRESS}
      `,
      verdict: 'notApplicable',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'neither the pushed request nor a response was seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
