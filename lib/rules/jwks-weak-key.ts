import type { Examples } from '../model/example.ts';
import type { Rule, RuleContext, Severity } from '../model/rule.ts';
import { decodeBase64url } from '../token/base64url.ts';
import { type Document, judgeKeys, keysTrace, RSA_2048 } from './support/server-documents.ts';

export const rule: Rule = {
  id: 'jwks-weak-key',
  title: 'Weak or ambiguous key in the published key set',
  subject: 'Strength of the keys in the key set',
  group: 'I',
  severity: 'medium',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'RFC 8725', section: '3.5', level: 'none' },
    { spec: 'RFC 7518', section: '3.3', level: 'MUST' },
  ],
  why: 'Signatures of a weak key can be forged, and an ambiguous key is used for what it is not meant for.',
  fix: 'Publish RSA keys of 2048 bits or more or keys on P-256, each with a `kid` of its own and its `use`.',
  parents: [],

  check(flow, c) {
    return judgeKeys(flow, c, (keys, message) => {
      const faults = [...keys.flatMap((key) => faultsOf(key, c)), ...faultsOfSet(keys, c)];
      const worst = SEVERITY_ORDER.flatMap((severity) => faults.filter((fault) => fault.severity === severity))[0];
      if (worst === undefined) return c.pass;
      return c.fail({
        evidence: [{ message, where: 'body', name: 'keys' }],
        severity: worst.severity,
        summary: worst.summary,
      });
    });
  },
};

interface Fault {
  readonly severity: Severity;
  readonly summary: ReturnType<RuleContext['say']>;
}

const SEVERITY_ORDER: readonly Severity[] = ['high', 'medium', 'low'];

function faultsOf(key: Document, c: RuleContext): Fault[] {
  const faults: Fault[] = [];
  const kid = c.plain(typeof key['kid'] === 'string' ? key['kid'] : 'without a name');
  const { alg } = key;
  if (typeof alg === 'string' && /^(none|HS\d+)$/i.test(alg)) {
    faults.push({
      severity: 'high',
      summary: c.say`Key ${kid} is for ${c.plain(alg)}, which is no signature of a server.`,
    });
  }
  if (key['kty'] !== 'RSA' || key['use'] === 'enc') return faults;
  const bits = bitsOf(key['n']);
  if (bits !== null && bits < 2048) {
    faults.push({ severity: 'high', summary: c.say`Key ${kid} has a modulus of ${bits} bits.` });
  }
  const exponent = numberOf(key['e']);
  if (exponent === 1 || exponent === 3) {
    faults.push({ severity: 'medium', summary: c.say`Key ${kid} has the exponent ${exponent}.` });
  }
  return faults;
}

function faultsOfSet(keys: readonly Document[], c: RuleContext): Fault[] {
  const kids = keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
  const twice = kids.find((kid, index) => kids.indexOf(kid) !== index);
  const faults: Fault[] = [];
  // One name for keys of two types is how some servers publish a key in two forms.
  if (twice !== undefined && new Set(keys.filter((key) => key['kid'] === twice).map((key) => key['kty'])).size === 1) {
    faults.push({ severity: 'low', summary: c.say`Two keys have the name ${c.plain(twice)}.` });
  }
  const uses = new Set(keys.map((key) => key['use']));
  if (uses.has('enc') && uses.has(undefined)) {
    faults.push({
      severity: 'low',
      summary: c.say`Some keys are for encryption, and others do not say what they are for.`,
    });
  }
  return faults;
}

function bytesOf(value: unknown): Uint8Array | null {
  const decoded = typeof value === 'string' ? decodeBase64url(value) : null;
  return decoded !== null && 'bytes' in decoded ? decoded.bytes : null;
}

function bitsOf(value: unknown): number | null {
  const bytes = bytesOf(value);
  if (bytes === null) return null;
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24;
}

/** Only small numbers matter here. */
function numberOf(value: unknown): number | null {
  const bytes = bytesOf(value);
  return bytes === null || bytes.length > 4 ? null : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The first half of the modulus: 1024 bits. */
const SHORT = RSA_2048.n.slice(0, 171).replace(/.$/, 'A');
const EC = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'e1',
  use: 'sig',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

export const examples: Examples = {
  violation: [
    { name: 'a modulus of 1024 bits', trace: keysTrace([{ ...RSA_2048, n: SHORT }]), severity: 'high' },
    { name: 'a short modulus behind zeros', trace: keysTrace([{ ...RSA_2048, n: `AAAA${SHORT}` }]), severity: 'high' },
    { name: 'a modulus of nothing', trace: keysTrace([{ ...RSA_2048, n: 'AAAA' }]), severity: 'high' },
    {
      name: 'a key without a name for a shared secret',
      trace: keysTrace([{ kty: 'RSA', alg: 'HS256', n: RSA_2048.n, e: 'AQAB' }]),
      severity: 'high',
    },
    { name: 'a key for no signature', trace: keysTrace([{ ...EC, alg: 'none' }]), severity: 'high' },
    { name: 'the exponent 3', trace: keysTrace([{ ...RSA_2048, e: 'Aw' }]), severity: 'medium' },
    { name: 'the exponent 1', trace: keysTrace([{ ...RSA_2048, e: 'AQ' }]), severity: 'medium' },
    { name: 'one name for two keys', trace: keysTrace([RSA_2048, { ...RSA_2048, e: 'AQAB' }]), severity: 'low' },
    {
      name: 'encryption and an unnamed use',
      trace: keysTrace([
        { ...EC, kid: 'e2', use: 'enc' },
        { ...EC, use: undefined },
      ]),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'RSA of 2048 bits', trace: keysTrace([RSA_2048]) },
    { name: 'P-256', trace: keysTrace([EC]) },
  ],
  lookAlike: [
    {
      name: 'a short key for encryption only',
      trace: keysTrace([{ ...RSA_2048, n: SHORT, use: 'enc', alg: 'RSA-OAEP' }]),
      verdict: 'pass',
    },
    { name: 'one name for a key of each type', trace: keysTrace([RSA_2048, { ...EC, kid: 'k1' }]), verdict: 'pass' },
    {
      name: 'keys that say nothing about their use',
      trace: keysTrace([{ ...RSA_2048, use: undefined }]),
      verdict: 'pass',
    },
    { name: 'a modulus that cannot be read', trace: keysTrace([{ ...RSA_2048, n: '!', e: 7 }]), verdict: 'pass' },
  ],
  cannotTell: [],
};
