import { endpointOf } from '../http/endpoint.ts';
import { parseForm, queryOf } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { judgeRedirectUri } from './support/redirect-uri.ts';

export const rule: Rule = {
  id: 'redirect-uri-nested-url',
  title: 'redirect_uri that carries another address',
  subject: 'Addresses inside of redirect_uri',
  group: 'A',
  severity: 'medium',
  confidence: 'tentative',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '4.1.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.11.1', level: 'MUST NOT' },
    { spec: 'RFC 6819', section: '4.1.5', level: 'none' },
  ],
  why: 'A callback that forwards there hands the code or token to whoever chose the address.',
  fix: 'Keep the redirect URI constant and remember the page to return to in the client.',
  copy: 'redirect_uri=https%3A%2F%2F…&state=…',
  parents: ['callback-open-redirect'],

  check(flow, c) {
    return judgeRedirectUri(flow, c, (message, redirectUri) => {
      const own = endpointOf(redirectUri.value);
      const query = parseForm(queryOf(redirectUri.value), 'query');
      const nested = query.find(({ value }) => ABSOLUTE.test(value));
      const evidence = [c.at(message, redirectUri)] as const;
      if (nested === undefined) {
        const relative = query.find(({ name, value }) => TARGET_NAME.test(name) && value.startsWith('/'));
        if (relative === undefined) return passIfWhole(message, c);
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`Its parameter ${c.plain(relative.name)} holds a path: exact registration leaves no room for that.`,
        });
      }
      const target = endpointOf(nested.value.startsWith('//') ? `https:${nested.value}` : nested.value);
      const host = target?.host ?? '';
      if (target?.site === own?.site) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`Its parameter ${c.plain(nested.name)} holds an address of the same site.`,
        });
      }
      return forwardsTo(flow, host)
        ? c.fail({
            evidence,
            severity: 'high',
            confidence: 'firm',
            summary: c.say`The callback sent the browser on to ${c.plain(host)}, which the redirect URI names.`,
          })
        : c.fail({
            evidence,
            summary: c.say`It names ${c.plain(host)}: a danger if the server allows patterns and the callback forwards there.`,
          });
    });
  },
};

const ABSOLUTE = /^(https?:)?\/\/[^/]/i;
const TARGET_NAME =
  /^(next|url|uri|redirect|redirect_?(to|ur[il])|return|return_?(to|ur[il])|continue|dest|destination)$/i;

function forwardsTo(flow: Flow, host: string): boolean {
  return messagesOf(flow, 'authorizationResponse').some(
    (response) => endpointOf(locationOf(response.exchange) ?? '')?.host === host,
  );
}

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';
const NESTED = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fnext%3Dhttps%253A%252F%252Fpartner.example%252Fstart';
const CALLBACK =
  'GET https://app.example/cb?next=https%3A%2F%2Fpartner.example%2Fstart&code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'an address of another site', trace: `${REQUEST}&${NESTED}`, severity: 'medium' },
    {
      name: 'a host without a scheme',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fr%3D%252F%252Fpartner.example%252Fstart`,
      severity: 'medium',
    },
    {
      name: 'the callback forwarded there',
      trace: `${REQUEST}&${NESTED}\n\n${CALLBACK}\n\n302\nLocation: https://partner.example/start?code=SplxlOBeZQQYbYS6WxSbIA`,
      severity: 'high',
    },
    {
      name: 'the callback stayed at home',
      trace: `${REQUEST}&${NESTED}\n\n${CALLBACK}\n\n302\nLocation: https://app.example/home`,
      severity: 'medium',
    },
    {
      name: 'an address of the same site',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fnext%3Dhttps%253A%252F%252Fshop.app.example%252F`,
      severity: 'info',
    },
    {
      name: 'the same site without a scheme',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fnext%3D%252F%252Fshop.app.example%252F`,
      severity: 'info',
    },
    {
      name: 'a path to return to',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3FreturnTo%3D%252Finbox`,
      severity: 'info',
    },
  ],
  clean: [{ name: 'without parameters', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` }],
  lookAlike: [
    {
      name: 'a parameter that chooses the provider',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fnext%3Das1%26tenant%3D%252Facme`,
      verdict: 'pass',
    },
    { name: "a vendor's relay", trace: `${VENDOR_POPUP}&response_type=code`, verdict: 'notApplicable' },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}%3Fnext%3Dhttps%253A%252F%252Fapp.example%252F&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      missing: ['whole address'],
    },
  ],
};
