import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { type Document, judgeKeys, keysTrace, RSA_2048 } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'jwks-private-key',
  title: 'Private or symmetric key in the published key set',
  subject: 'Secrecy of the keys in the key set',
  group: 'I',
  severity: 'high',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'OIDC Discovery', section: '3', level: 'MUST NOT' },
    { spec: 'RFC 7517', section: '9', level: 'none' },
  ],
  why: 'Anyone can sign tokens that every client of this server believes.',
  fix: 'Replace these keys now, and publish the public members only.',
  parents: [],

  check(flow, c) {
    return judgeKeys(flow, c, (keys, message) => {
      const exposed = keys.flatMap((key) =>
        SECRET_MEMBERS.filter((name) => isFilled(key, name)).map((name) => [key, name] as const),
      );
      const [first] = exposed;
      if (first === undefined) return c.pass;
      const names = [...new Set(exposed.map(([, name]) => name))].join(', ');
      const kids = [...new Set(exposed.map(([key]) => key['kid']))].filter((kid) => typeof kid === 'string').join(', ');
      return c.fail({
        evidence: [{ message, where: 'body', name: 'keys' }],
        summary:
          kids === ''
            ? c.say`Keys without a name hold ${c.plain(names)}.`
            : c.say`Keys ${c.plain(kids)} hold ${c.plain(names)}.`,
      });
    });
  },
};

/** RFC 7518 §6.2.2, §6.3.2, §6.4.1. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const;

function isFilled(key: Document, name: string): boolean {
  const value = key[name];
  return typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value);
}

const PRIVATE = 'bWUC9B-EFRIo8kpGfh0ZuyGPvMNKvYWNtB_ikiH9k20eT';

export const examples: Examples = {
  violation: [
    { name: 'a private exponent', trace: keysTrace([{ ...RSA_2048, d: PRIVATE }]), severity: 'high' },
    {
      name: 'a prime alone, in a key without a name',
      trace: keysTrace([{ kty: 'RSA', n: RSA_2048.n, e: 'AQAB', q: PRIVATE }]),
      severity: 'high',
    },
    {
      name: 'a symmetric key beside a sound one',
      trace: keysTrace([RSA_2048, { kty: 'oct', kid: 'h1', k: PRIVATE }]),
      severity: 'high',
    },
  ],
  clean: [{ name: 'public members', trace: keysTrace([RSA_2048]) }],
  lookAlike: [
    {
      name: 'a symmetric key that is named and not given',
      trace: keysTrace([RSA_2048, { kty: 'oct', kid: 'h1' }]),
      verdict: 'pass',
    },
    { name: 'an empty private member', trace: keysTrace([{ ...RSA_2048, d: '' }]), verdict: 'pass' },
    { name: 'a private member that is no text', trace: keysTrace([{ ...RSA_2048, d: true }]), verdict: 'pass' },
  ],
  cannotTell: [],
};
