import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { passIfWhole } from './support/client-request.ts';
import { ephemeralKind } from './support/ephemeral-hosts.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { initiatingPage } from './support/initiating-page.ts';
import { judgeRedirectUri } from './support/redirect-uri.ts';

export const rule: Rule = {
  id: 'redirect-uri-ephemeral-host',
  title: 'redirect_uri on a tunnel or preview host',
  subject: 'Permanence of the host of redirect_uri',
  group: 'A',
  severity: 'info',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 9700', section: '4.1.1', level: 'none' }],
  why: 'Such a name is given to somebody else once it is released, and the registration then points there.',
  fix: 'Take redirect URIs of tunnels and previews out of the registration of the production client.',
  parents: [],

  check(flow, c) {
    return judgeRedirectUri(flow, c, (message, redirectUri) => {
      const host = endpointOf(redirectUri.value)?.host ?? '';
      const kind = ephemeralKind(host);
      if (kind === null) return passIfWhole(message, c);
      const page = initiatingPage(message.exchange);
      const evidence = [c.at(message, redirectUri)] as const;
      if (
        page !== null &&
        page.host !== host &&
        page.scheme === 'https' &&
        !page.dev &&
        ephemeralKind(page.host) === null
      ) {
        return c.fail({
          evidence,
          severity: 'low',
          summary: c.say`A page on ${c.plain(page.host)} has the response sent to ${c.plain(host)}.`,
        });
      }
      if (kind === 'hosting' && page === null) return c.cannotTell('page');
      if (page?.host === host) return c.pass;
      return c.fail({ evidence, summary: c.say`The name ${c.plain(host)} is borrowed.` });
    });
  },
};

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';
const TUNNEL = `${REQUEST}&redirect_uri=https%3A%2F%2Fab12.ngrok-free.app%2Fcb`;
const HOSTED = `${REQUEST}&redirect_uri=https%3A%2F%2Fmyapp.web.app%2Fcb`;

export const examples: Examples = {
  violation: [
    { name: 'a tunnel', trace: TUNNEL, severity: 'info' },
    {
      name: 'a tunnel, sent by a production page',
      trace: `# initiator https://www.app.example/\n${TUNNEL}`,
      severity: 'low',
    },
    {
      name: 'a tunnel, sent by the machine behind it',
      trace: `# initiator https://app.localhost/\n${TUNNEL}`,
      severity: 'info',
    },
    {
      name: 'a tunnel, sent by a page without TLS',
      trace: `# initiator http://app.example/\n${TUNNEL}`,
      severity: 'info',
    },
    {
      name: 'another hosted name',
      trace: `# initiator https://myapp-git-x1.vercel.app/\n${HOSTED}`,
      severity: 'info',
    },
    {
      name: 'a hosted name, sent by a page with a name of its own',
      trace: `# initiator https://www.app.example/\n${HOSTED}`,
      severity: 'low',
    },
  ],
  clean: [{ name: 'a name of its own', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` }],
  lookAlike: [
    {
      name: 'an application that lives on a hosted name',
      trace: `# initiator https://myapp.web.app/\n${HOSTED}`,
      verdict: 'pass',
    },
    {
      name: 'a name that only ends alike',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fmyweb.app%2Fcb`,
      verdict: 'pass',
    },
    {
      name: 'the callback of a broker',
      trace: `${UPSTREAM}%3Fx%3Dab12.ngrok-free.app&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'a hosted name without the page that sent it', trace: HOSTED, missing: ['page'] },
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&redirect_uri=https%3A%2F%2Fapp.ex`,
      missing: ['whole address'],
    },
  ],
};
