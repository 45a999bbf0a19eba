import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export const rule: Rule = {
  id: 'device-flow-in-browser',
  title: 'Device grant polled by a page',
  subject: 'Device grant in the browser',
  group: 'C',
  severity: 'low',
  confidence: 'firm',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 8628', section: '1', level: 'none' },
    { spec: 'RFC 8628', section: '5.4', level: 'none' },
  ],
  why: 'The device grant can be started by an attacker and approved by a victim, a risk that a browser has no need to take.',
  fix: 'Use the authorization code grant with PKCE in browsers and keep the device grant for devices without one.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const grant = param(message, 'grant_type');
      if (grant === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      if (grant.value !== DEVICE_GRANT) return c.pass;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const summary = c.say`A page that could redirect polls ${c.plain(message.endpoint.host)} like a device without a browser.`;
      return c.fail({ evidence: [c.at(message, grant)], summary });
    });
  },
};

const request = (grant: string, more: string): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=${grant}&client_id=tv1${more}`;
const POLL = request(encodeURIComponent(DEVICE_GRANT), '&device_code=GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eS');
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [{ name: 'from a page', trace: FROM_PAGE + POLL, severity: 'low' }],
  clean: [{ name: 'a code', trace: `${FROM_PAGE}${request('authorization_code', '&code=SplxlOBeZQQYbYS6WxSbIA')}` }],
  lookAlike: [
    {
      name: 'a device code beside another grant',
      trace: `${FROM_PAGE}${request('refresh_token', '&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&device_code=GmRhmhcxhwAzkoEqiMEg')}`,
      verdict: 'pass',
    },
    {
      name: 'a provider that needs no grant_type',
      trace: `${FROM_PAGE}\nPOST https://github.com/login/oauth/access_token\nContent-Type: application/x-www-form-urlencoded\n\nclient_id=78a2ba87f071c28e65bb&code=e72e16c7e42f292c6912&device_code=GmRhmhcxhwAzkoEqiMEg`,
      verdict: 'notApplicable',
    },
    { name: 'the page where a person types a code', trace: 'GET https://as.example/device?user_code=WDJB-MJHT' },
  ],
  cannotTell: [
    { name: 'a device may have sent it', trace: POLL, missing: ['sender'] },
    {
      name: 'the body is hidden',
      trace: `# hides request-body\n${FROM_PAGE}\nPOST https://github.com/login/oauth/access_token\n\nx`,
      missing: ['request body'],
    },
  ],
};
