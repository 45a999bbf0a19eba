import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';

export const rule: Rule = {
  id: 'legacy-oauth-endpoint',
  title: 'Endpoint that the provider has replaced',
  subject: 'Endpoint of the provider',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [],
  why: 'Old endpoints lack later protections, such as PKCE, and are switched off one day.',
  fix: 'Move to the authorization endpoint that the documentation of the provider names.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null || message.provider === null || message.sdk !== null) return c.notApplicable;
    if (!message.provider.legacyEndpoint) return c.pass;
    return c.fail({
      evidence: [{ message, where: 'url', name: 'path', value: message.endpoint.path }],
      summary: c.say`${c.plain(message.provider.name)} has a newer endpoint than ${c.plain(message.endpoint.path)}.`,
    });
  },
};

const PARAMETERS =
  'response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    {
      name: 'the first generation of a provider',
      trace:
        'GET https://slack.com/oauth/authorize?client_id=19729314800.77855559317&scope=commands&state=af0ifjsldkjQ2w7',
    },
    { name: 'an address without its version', trace: `GET https://www.facebook.com/dialog/oauth?${PARAMETERS}` },
    { name: 'an old path', trace: `GET https://accounts.google.com/o/oauth2/auth?${PARAMETERS}` },
    { name: 'an old number', trace: `GET https://www.dropbox.com/1/oauth2/authorize?${PARAMETERS}` },
    { name: 'an old host', trace: `GET https://api.twitch.tv/kraken/oauth2/authorize?${PARAMETERS}` },
    { name: 'an old folder', trace: `GET https://www.linkedin.com/uas/oauth2/authorization?${PARAMETERS}` },
    { name: 'an old server', trace: `GET https://login.live.com/oauth20_authorize.srf?${PARAMETERS}` },
  ],
  clean: [
    {
      name: 'the second generation',
      trace:
        'GET https://slack.com/oauth/v2/authorize?client_id=19729314800.77855559317&scope=commands&user_scope=&state=af0ifjsldkjQ2w7',
    },
    { name: 'an address with its version', trace: `GET https://www.facebook.com/v19.0/dialog/oauth?${PARAMETERS}` },
  ],
  lookAlike: [
    {
      name: 'the same path at a server of its own',
      trace: `GET https://as.example/oauth/authorize?${PARAMETERS}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a later hop inside of a current flow',
      trace: `
        GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?${PARAMETERS}

        302
        Location: https://login.live.com/oauth20_authorize.srf?client_id=000000004C12AE6F&response_type=code&redirect_uri=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Ffederation&state=Zk3uV8pQx1LrT0

        GET https://login.live.com/oauth20_authorize.srf?client_id=000000004C12AE6F&response_type=code&redirect_uri=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Ffederation&state=Zk3uV8pQx1LrT0
      `,
      verdict: 'notApplicable',
    },
    {
      name: "a vendor's popup",
      trace:
        'GET https://accounts.google.com/o/oauth2/auth?gsiwebsdk=2&client_id=web1&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1&response_type=permission%20id_token&scope=openid',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [],
};
