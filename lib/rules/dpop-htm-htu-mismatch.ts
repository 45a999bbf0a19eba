import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { answerWords, isRedirected, judgeProofs, severityOf } from './support/dpop-proofs.ts';
import { DENIED, exampleProof, proofUnseen, TOKEN_PROOF, tokenRequest } from './support/example-proofs.ts';

export const rule: Rule = {
  id: 'dpop-htm-htu-mismatch',
  title: 'DPoP proof made for another request',
  subject: 'Method and address in DPoP proofs',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['request headers'],
  references: [{ spec: 'RFC 9449', section: '4.3', level: 'MUST' }],
  why: 'A server that does not compare them lets a stolen proof be used at any of its addresses.',
  fix: 'Make a new proof for each request, with its method in `htm` and its address without parameters in `htu`.',
  parents: ['dpop-proof-reused'],

  check(flow, c) {
    return judgeProofs(flow, c, ({ message, claims, evidence }) => {
      const { htm, htu } = claims ?? {};
      if (isRedirected(message.exchange) || typeof htm !== 'string' || typeof htu !== 'string') return c.notApplicable;
      const target = endpointOf(htu);
      if (target === null) return c.notApplicable;
      const words = answerWords(flow, message, c);
      if (htm.toUpperCase() !== message.method.toUpperCase()) {
        return c.fail({
          evidence: [evidence],
          severity: severityOf(flow, message),
          summary: c.say`A ${c.plain(message.method)} request carries a proof for ${c.plain(htm)}. ${words}`,
        });
      }
      if (normalised(target.url) === normalised(message.endpoint.url)) return c.pass;
      const said = c.say`The proof is for ${c.plain(target.url)}, the request goes to ${c.plain(message.endpoint.url)}. ${words}`;
      if (target.origin === message.endpoint.origin) {
        return c.fail({ evidence: [evidence], severity: severityOf(flow, message), summary: said });
      }
      // A proxy in between may know its API by another address than the page does.
      return c.fail({ evidence: [evidence], severity: 'medium', confidence: 'tentative', summary: said });
    });
  },
};

/** RFC 3986 §6.2.2: hexadecimal digits in capitals, and no escapes of characters that need none. */
function normalised(url: string): string {
  return url.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
  });
}

const withClaims = (claims: Readonly<Record<string, unknown>>, answer = { status: 200 }, before = ''): string =>
  tokenRequest([`DPoP: ${exampleProof({ ...TOKEN_PROOF, ...claims })}`], answer, before);

export const examples: Examples = {
  violation: [
    { name: 'another method, accepted', trace: withClaims({ htm: 'GET' }), severity: 'high' },
    { name: 'another method, refused', trace: withClaims({ htm: 'GET' }, DENIED), severity: 'medium' },
    { name: 'another path, accepted', trace: withClaims({ htu: 'https://as.example/revoke' }), severity: 'high' },
    {
      name: 'another path, refused',
      trace: withClaims({ htu: 'https://as.example/revoke' }, DENIED),
      severity: 'medium',
    },
    { name: 'another host', trace: withClaims({ htu: 'https://api.example/token' }), severity: 'medium' },
    { name: 'another scheme', trace: withClaims({ htu: 'http://as.example/token' }), severity: 'medium' },
    { name: 'an escaped slash', trace: withClaims({ htu: 'https://as.example/a%2ftoken' }), severity: 'high' },
  ],
  clean: [{ name: 'this method and address', trace: withClaims({}) }],
  lookAlike: [
    {
      name: 'the same address, written otherwise',
      trace: withClaims({ htu: 'HTTPS://AS.example:443/%74oken' }),
      verdict: 'pass',
    },
    {
      name: 'escapes in small letters',
      trace: withClaims({ htu: 'https://as.example/t%c3%a9/token' }).replace(
        'POST https://as.example/token',
        'POST https://as.example/t%C3%A9/token',
      ),
      verdict: 'pass',
    },
    {
      name: 'parameters in the address of the proof',
      trace: withClaims({ htu: 'https://as.example/token?tenant=7#top' }),
      verdict: 'pass',
    },
    { name: 'the method in small letters', trace: withClaims({ htm: 'post' }), verdict: 'pass' },
    {
      name: 'the browser follows a redirect with the proof of the hop before',
      trace: `
        POST https://as.example/oauth2

        307
        Location: https://as.example/token
        ${withClaims({ htu: 'https://as.example/oauth2' })}
      `,
      verdict: 'notApplicable',
    },
    { name: 'no address in the proof', trace: withClaims({ htu: 'the token endpoint' }), verdict: 'notApplicable' },
    { name: 'no method in the proof', trace: withClaims({ htm: 7 }), verdict: 'notApplicable' },
    { name: 'a number for an address', trace: withClaims({ htu: 7 }), verdict: 'notApplicable' },
    { name: 'no JWT', trace: tokenRequest(['DPoP: GET']), verdict: 'notApplicable' },
  ],
  cannotTell: proofUnseen(),
};
