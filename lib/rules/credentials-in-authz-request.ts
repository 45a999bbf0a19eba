import type { Examples } from '../model/example.ts';
import type { Param } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { inAddress } from './support/front-channel.ts';

export const rule: Rule = {
  id: 'credentials-in-authz-request',
  title: "Visitor's password in the authorization request",
  subject: "Visitor's credentials in the request",
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.4', level: 'none' },
    { spec: 'RFC 6749', section: '10.7', level: 'none' },
  ],
  why: 'An address is kept in the history, in logs and by every party that sees it, and the password with it.',
  fix: 'Leave credentials to the sign-in page of the authorization server.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    const params = inAddress(message);
    const password = params.find((param) => /^passw(or)?d$/i.test(param.name) && isCredential(param));
    if (password !== undefined) {
      return c.fail({
        evidence: [c.at(message, password)],
        summary: c.say`A password stands in the address of ${c.plain(message.endpoint.host)}.`,
      });
    }
    const likely = params.find((param) => /^(pwd|otp|pin)$/i.test(param.name) && isCredential(param));
    if (likely !== undefined) {
      return c.fail({
        evidence: [c.at(message, likely)],
        severity: 'medium',
        confidence: 'firm',
        summary: c.say`By its name, ${c.plain(likely.name)} is a credential of the visitor.`,
      });
    }
    return message.truncated ? c.cannotTell('whole address') : c.pass;
  },
};

/** Not a switch, a step of the sign-in or the name of a policy. */
function isCredential({ value }: Param): boolean {
  return !/^(|true|false|yes|no|on|off|[01]|reset|forgot|change|required|optional|none|b2c_.*)$/i.test(value);
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a password', trace: `${REQUEST}&username=bob&password=hunter2`, severity: 'high' },
    { name: 'under its short name', trace: `${REQUEST}&passwd=hunter2`, severity: 'high' },
    {
      name: 'beside a pushed request',
      trace:
        'GET https://as.example/authorize?client_id=web1&password=hunter2&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      severity: 'high',
    },
    { name: 'a code from a device', trace: `${REQUEST}&otp=482913`, severity: 'medium' },
  ],
  clean: [{ name: 'no credentials', trace: `${REQUEST}&login_hint=O.CiQ8f2` }],
  lookAlike: [
    {
      name: 'the name of a policy',
      trace: `${REQUEST}&password_policy=strict&password=B2C_1_PasswordReset`,
      verdict: 'pass',
    },
    { name: 'a switch', trace: `${REQUEST}&password=true&pin=0`, verdict: 'pass' },
    {
      name: 'a form is no address',
      trace: `
        POST https://as.example/authorize
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&password=hunter2
      `,
      verdict: 'pass',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&password=hunter2`, verdict: 'notApplicable' },
  ],
  cannotTell: [{ name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] }],
};
