import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, VENDOR_POPUP } from './support/example-traces.ts';
import { initiatingPage } from './support/initiating-page.ts';
import { judgeRedirectUri } from './support/redirect-uri.ts';

export const rule: Rule = {
  id: 'redirect-uri-localhost',
  title: 'redirect_uri with the name localhost',
  subject: 'Host of a local redirect_uri',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 8252', section: '7.3', level: 'none' }],
  why: 'The name can lead to another interface or machine, and in production it gives the code to whatever listens there.',
  fix: 'Use `http://127.0.0.1` with any port for a local application and https for everything else.',
  copy: 'redirect_uri=http%3A%2F%2F127.0.0.1%3A…',
  parents: [],

  check(flow, c) {
    return judgeRedirectUri(flow, c, (message, redirectUri) => {
      const target = endpointOf(redirectUri.value);
      if (target === null || !/^https?$/.test(target.scheme) || !/(^|\.)localhost$/.test(target.host)) {
        return passIfWhole(message, c);
      }
      const evidence = [c.at(message, redirectUri)] as const;
      if (message.provider?.refusesLocalhost) {
        return c.fail({
          evidence,
          severity: 'medium',
          summary: c.say`${c.plain(message.provider.name)} refuses this name; the address 127.0.0.1 is allowed.`,
        });
      }
      const page = initiatingPage(message.exchange);
      return page?.scheme === 'https' && !page.dev
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`A page on ${c.plain(page.host)} has the response sent to the visitor's own machine.`,
          })
        : c.fail({ evidence, summary: c.say`Fine on the machine of a developer; keep it out of production.` });
    });
  },
};

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';
const LOCALHOST = 'redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb';

export const examples: Examples = {
  violation: [
    { name: 'nothing tells who sent it', trace: `${REQUEST}&${LOCALHOST}`, severity: 'info' },
    {
      name: 'a name below localhost',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.localhost%2Fcb`,
      severity: 'info',
    },
    {
      name: 'sent by a page of the same machine',
      trace: `# initiator http://localhost:3000/login\n${REQUEST}&${LOCALHOST}`,
      severity: 'info',
    },
    {
      name: 'sent by a page of the local network with TLS',
      trace: `# initiator https://nas.local/login\n${REQUEST}&${LOCALHOST}`,
      severity: 'info',
    },
    {
      name: 'sent by a public page',
      trace: `# initiator https://app.example/login\n${REQUEST}&${LOCALHOST}`,
      severity: 'low',
    },
    {
      name: 'sent by a public page, as the Referer says',
      trace: `${REQUEST}&${LOCALHOST}\nReferer: https://app.example/`,
      severity: 'low',
    },
    {
      name: 'a provider that refuses it',
      trace: `GET https://accounts.spotify.com/authorize?response_type=code&client_id=9c3ab8aa609ea11e793ae92361f00267&state=af0ifjsldkjQ2w7&${LOCALHOST}`,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'a loopback address', trace: `${REQUEST}&redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcb` },
    { name: 'a public host', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` },
  ],
  lookAlike: [
    {
      name: 'localhost as a part of a public name',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Flocalhost.app.example%2Fcb`,
      verdict: 'pass',
    },
    {
      name: 'a scheme of its own with that name',
      trace: `${REQUEST}&redirect_uri=com.example.app%3A%2F%2Flocalhost%2Fcb`,
      verdict: 'pass',
    },
    { name: 'no redirect_uri', trace: `${REQUEST}&scope=localhost`, verdict: 'notApplicable' },
    { name: "a vendor's relay", trace: `${VENDOR_POPUP}&response_type=code`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
    {
      name: 'the address was cut inside of the redirect_uri',
      trace: `# truncated\n${REQUEST}&redirect_uri=http%3A%2F%2Flocal`,
      missing: ['whole address'],
    },
  ],
};
