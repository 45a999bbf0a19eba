import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { judgeMetadata, METADATA_UNSEEN, memberOf, metadataTrace, SOUND } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-no-iss-param',
  title: 'Server does not name itself in its responses',
  subject: 'Naming of the issuer in responses',
  group: 'I',
  severity: 'info',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 9207', section: '3', level: 'none' },
    { spec: 'RFC 9700', section: '4.4.2', level: 'none' },
  ],
  why: 'A client of several servers cannot tell by the response which of them answered.',
  fix: 'Switch `iss` in responses on at the server, or use one redirect URI for each server.',
  copy: '"authorization_response_iss_parameter_supported":true',
  parents: ['no-mixup-defence'],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      if (document['authorization_response_iss_parameter_supported'] === true) return c.pass;
      const evidence = [memberOf(message, document, 'authorization_response_iss_parameter_supported')] as const;
      return serversOfOneClient(c) > 1
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`A client seen here signs in at several servers, and this one does not name itself.`,
          })
        : c.fail({ evidence, summary: c.say`The server does not say that its responses carry iss.` });
    });
  },
};

/** The most sites of servers that one redirect target was used with. */
function serversOfOneClient(c: RuleContext): number {
  const servers = new Map<string, Set<string>>();
  for (const flow of c.flows) {
    for (const request of messagesOf(flow, 'authorizationRequest')) {
      const target = request.params.find((p) => (p.as ?? p.name) === 'redirect_uri')?.value;
      if (request.hop !== 'client' || target === undefined) continue;
      servers.set(target, (servers.get(target) ?? new Set()).add(request.endpoint.site));
    }
  }
  return Math.max(0, ...[...servers.values()].map((sites) => sites.size));
}

const { authorization_response_iss_parameter_supported: _iss, ...WITHOUT } = SOUND;
const request = (
  server: string,
  callback = 'cb',
  redirect = `&redirect_uri=https%3A%2F%2Fapp.example%2F${callback}`,
): string => `\nGET https://${server}/authorize?response_type=code&client_id=c1&state=Zk3uV8pQx1LrT0${redirect}\n`;

export const examples: Examples = {
  violation: [
    { name: 'not said', trace: metadataTrace(WITHOUT), severity: 'info' },
    {
      name: 'said to be off',
      trace: metadataTrace({ ...WITHOUT, authorization_response_iss_parameter_supported: false }),
      severity: 'info',
    },
    {
      name: 'a client of two servers',
      trace: metadataTrace(WITHOUT) + request('as.example') + request('other.example'),
      severity: 'low',
    },
    {
      name: 'a callback for each server',
      trace: metadataTrace(WITHOUT) + request('as.example', 'a') + request('other.example', 'b'),
      severity: 'info',
    },
    {
      name: 'two requests to one server',
      trace: metadataTrace(WITHOUT) + request('as.example') + request('login.as.example'),
      severity: 'info',
    },
    {
      name: 'requests without a redirect_uri',
      trace: metadataTrace(WITHOUT) + request('as.example', '', '') + request('other.example', '', ''),
      severity: 'info',
    },
    {
      name: "a broker's own server does not count",
      trace: `${metadataTrace(WITHOUT)}${request('as.example', '', '&redirect_uri=https%3A%2F%2Ft.auth0.com%2Flogin%2Fcallback')}${request('other.example', '', '&redirect_uri=https%3A%2F%2Ft.auth0.com%2Flogin%2Fcallback')}`,
      severity: 'info',
    },
  ],
  clean: [{ name: 'said', trace: metadataTrace(SOUND) }],
  lookAlike: [
    {
      name: 'metadata of a resource',
      trace: metadataTrace({ resource: 'https://as.example' }, '/.well-known/oauth-protected-resource'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the answer was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
