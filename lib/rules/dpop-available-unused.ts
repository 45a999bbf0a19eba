import { dpopProofs } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { exampleProof, TOKEN_PROOF } from './support/example-proofs.ts';
import { ACCESS_TOKEN, metadata, REFRESH_TOKEN } from './support/example-sign-in.ts';
import { listOf } from './support/server-documents.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'dpop-available-unused',
  title: 'Refresh token of a page without the DPoP that the server offers',
  subject: 'DPoP for refresh tokens of pages',
  group: 'K',
  severity: 'info',
  confidence: 'firm',
  needs: ['token request', 'request headers', 'server metadata', 'sender', 'token response'],
  references: [
    { spec: 'RFC 9700', section: '2.2.1', level: 'SHOULD' },
    { spec: 'RFC 9700', section: '2.2.2', level: 'MUST' },
    { spec: 'RFC 9449', section: '5.1', level: 'none' },
    { spec: 'RFC 10017', section: '9.2', level: 'none' },
  ],
  why: 'A refresh token that is stolen from the page works anywhere, where a bound one would need the key, too.',
  fix: 'Send a DPoP proof with every token request, made with a key that cannot be exported.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      if (message.grant === null && message.bodyHidden !== null) return c.cannotTell('request body');
      if (message.grant !== 'refresh_token') return c.notApplicable;
      const { headers } = message.exchange.request;
      if (!headers.seen) return c.cannotTell('request headers');
      if (dpopProofs(headers).length > 0) return c.pass;
      const algorithms = listOf(flow.metadata ?? {}, 'dpop_signing_alg_values_supported') ?? [];
      if (flow.metadata !== null && algorithms.length === 0) return c.notApplicable;
      if (message.sentBy !== 'browser') return c.cannotTell('sender');
      const answer = answerTo(flow, message);
      if (answer === null) return c.cannotTell('token response');
      if (answer === 'refusal') return c.notApplicable;
      if (flow.metadata === null) return c.cannotTell('server metadata');
      return c.fail({
        evidence: [{ message, where: 'header', name: 'DPoP' }],
        summary: c.say`${c.plain(message.endpoint.host)} offers DPoP, and the page renews its tokens without it.`,
      });
    });
  },
};

const PAGE = '# initiator https://app.example';
const OFFERED = metadata({ dpop_signing_alg_values_supported: ['ES256'] });
const GRANTED = `
200
Content-Type: application/json

{"access_token":"${ACCESS_TOKEN}","token_type":"Bearer"}
`;
const renewed = (before = PAGE, proof = '', answer = GRANTED): string => `${before}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded${proof}

grant_type=refresh_token&refresh_token=${REFRESH_TOKEN}&client_id=spa1
${answer}`;

export const examples: Examples = {
  violation: [{ name: 'a page renews its tokens', trace: OFFERED + renewed(), severity: 'info' }],
  clean: [
    { name: 'with a proof', trace: OFFERED + renewed(PAGE, `\nDPoP: ${exampleProof(TOKEN_PROOF)}`) },
    { name: 'with a proof, metadata unseen', trace: renewed(PAGE, `\nDPoP: ${exampleProof(TOKEN_PROOF)}`) },
  ],
  lookAlike: [
    { name: 'a server that does not say it has DPoP', trace: metadata() + renewed(), verdict: 'notApplicable' },
    {
      name: 'a server that lists no algorithm',
      trace: metadata({ dpop_signing_alg_values_supported: [] }) + renewed(),
      verdict: 'notApplicable',
    },
    {
      name: 'a code is redeemed',
      trace: `${OFFERED}${renewed().replace(`refresh_token&refresh_token=${REFRESH_TOKEN}`, 'authorization_code&code=SplxlOBeZQQYbYS6WxSbIA')}`,
      verdict: 'notApplicable',
    },
    {
      name: 'the renewal was refused',
      trace: OFFERED + renewed(PAGE, '', '400\nContent-Type: application/json\n\n{"error":"invalid_dpop_proof"}\n'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'a server may have renewed them', trace: OFFERED + renewed(''), missing: ['sender'] },
    { name: 'the metadata was not seen', trace: renewed(), missing: ['server metadata'] },
    { name: 'the answer was not seen', trace: OFFERED + renewed(PAGE, '', ''), missing: ['token response'] },
    {
      name: 'the headers of the request are hidden',
      trace: OFFERED + renewed(`${PAGE}\n# hides request-headers`),
      missing: ['request headers'],
    },
    {
      name: 'the body of the request is hidden',
      trace: OFFERED + renewed(`${PAGE}\n# hides request-body`),
      missing: ['request body'],
    },
  ],
};
