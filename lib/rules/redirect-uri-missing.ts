import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, isOpenId, judgeRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'redirect-uri-missing',
  title: 'Request without redirect_uri',
  subject: 'Presence of redirect_uri',
  group: 'A',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '3.1.2.1', level: 'MUST' },
    { spec: 'RFC 6749', section: '3.1.2.3', level: 'none' },
    { spec: 'RFC 9700', section: '4.5.2', level: 'none' },
  ],
  why: 'The server chooses where the code goes, and the token endpoint cannot compare the address.',
  fix: 'Send the registered `redirect_uri`, character by character, with every request.',
  copy: 'redirect_uri=https%3A%2F%2F…',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      // A wallet that is called by its own scheme answers to the client_id (Self-Issued OP).
      if (message.endpoint.scheme === 'openid') return c.notApplicable;
      if (param(message, 'redirect_uri') !== null) return c.pass;
      const unseen = blindSpot(message);
      if (unseen !== null) return c.cannotTell(unseen);
      const evidence = [c.absent(message, 'redirect_uri')] as const;
      if (message.provider?.redirectUriOptional) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`${c.plain(message.provider.name)} then uses the address of the registration.`,
        });
      }
      return isOpenId(message)
        ? c.fail({ evidence, severity: 'medium', summary: c.say`OpenID Connect requires it.` })
        : c.fail({ evidence, summary: c.say`The server falls back on what was registered, if that is one address.` });
    });
  },
};

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a plain OAuth request', trace: `${REQUEST}&scope=profile`, severity: 'low' },
    { name: 'an empty value counts as absent', trace: `${REQUEST}&scope=profile&redirect_uri=`, severity: 'low' },
    { name: 'an OpenID request', trace: `${REQUEST}&scope=openid`, severity: 'medium' },
    {
      name: 'a provider where it is optional',
      trace: 'GET https://github.com/login/oauth/authorize?client_id=Iv1.8a61f9b3a7aba766&state=af0ifjsldkjQ2w7',
      severity: 'info',
    },
  ],
  clean: [
    { name: 'redirect_uri', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` },
    {
      name: 'under the name of a provider',
      trace:
        'GET https://project.supabase.co/auth/v1/authorize?provider=google&redirect_to=https%3A%2F%2Fapp.example%2Fcb',
    },
  ],
  lookAlike: [
    {
      name: 'an installation that asks for no answer',
      trace: 'GET https://discord.com/oauth2/authorize?client_id=157858&scope=bot&permissions=8',
    },
    {
      name: 'a wallet on the device',
      trace:
        'GET openid://?response_type=id_token&client_id=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj',
      verdict: 'notApplicable',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
