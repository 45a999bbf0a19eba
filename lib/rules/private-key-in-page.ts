import { dpopProofs } from '../http/headers.ts';
import { isRecord, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Outcome, Rule, RuleContext, Trace } from '../model/rule.ts';
import { isPrivateJwk, secretsInCode } from '../page/code-secrets.ts';
import { type StoredValue, storedValues } from '../page/stored-values.ts';
import { readCompactJose } from '../token/jose.ts';
import { cut, stored, text } from './support/example-pages.ts';
import { exampleProof, PROOF_HEADER, TOKEN_PROOF } from './support/example-proofs.ts';
import { openIdRequest } from './support/example-sign-in.ts';
import { byHostAndName, deliveredCode, type FoundSecret, fileOf, inCode } from './support/page-code.ts';

export const rule: Rule = {
  id: 'private-key-in-page',
  title: 'Private key in what the page delivers or stores',
  subject: 'Private keys in the page',
  group: 'H',
  severity: 'high',
  confidence: 'certain',
  needs: ['page code', 'page storage'],
  references: [
    { spec: 'RFC 7523', section: '3', level: 'none' },
    { spec: 'RFC 8725', section: '3.5', level: 'none' },
    { spec: 'RFC 9449', section: '4.2', level: 'none' },
  ],
  asvs: ['13.3.1'],
  why: 'Who has the key signs as its owner: client assertions, request objects, tokens or proofs.',
  fix: 'Keep keys that authenticate a client on a server and replace this one; make keys of the browser non-extractable.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const delivered = c.once(deliveredCode).secrets.filter(({ is }) => is === 'private key');
    const ofServer = delivered.filter(({ scan }) => scan.found !== 'global');
    const fails = [
      ...byHostAndName(ofServer).map((keys) => toFail(keys, c)),
      ...byHostAndName(delivered.filter(({ scan }) => scan.found === 'global')).map((keys) => ownKey(keys, c)),
      ...storedKeys(trace).map((key) => storedKey(key, c)),
    ];
    const [first, ...rest] = fails;
    return first === undefined ? nothing(trace, c) : c.fail(first, ...rest);
  },
};

function toFail(keys: readonly [FoundSecret, ...FoundSecret[]], c: RuleContext): Fail {
  return { evidence: inCode(keys, c), summary: c.say`${fileOf(keys[0], c)} holds a private key.` };
}

/** What hangs on the window or lies in storage was made by this browser, for its person: nobody else has it. */
function ownKey(keys: readonly [FoundSecret, ...FoundSecret[]], c: RuleContext): Fail {
  return {
    evidence: inCode(keys, c),
    severity: 'info',
    summary: c.say`A script of ${fileOf(keys[0], c)} holds a private key where every other script can read it.`,
  };
}

function storedKeys({ snapshots }: Trace): readonly StoredValue[] {
  return snapshots.flatMap(storedValues).filter(({ member, value, among }) => {
    if (member === 'd' && among !== null && isPrivateJwk(among)) return true;
    return /^\s*-----BEGIN/.test(value) && secretsInCode(value).length > 0;
  });
}

function storedKey(key: StoredValue, c: RuleContext): Fail {
  const { area, origin } = key.snapshot;
  const signs = key.among !== null && c.once(proofKeys).has(publicMember(key.among));
  const place = c.say`Storage (${c.plain(area)}) of ${c.plain(origin)}`;
  return {
    evidence: [c.inStorage(key)],
    severity: signs ? 'medium' : 'info',
    summary: signs
      ? c.say`${place} holds the private key of the DPoP proofs where scripts can copy it.`
      : c.say`${place} holds a private key where scripts can copy it.`,
  };
}

/** Public members of the keys of all proofs (RFC 9449 §4.2). */
function proofKeys({ exchanges }: Trace): ReadonlySet<string> {
  return new Set(
    exchanges.flatMap(({ request }) =>
      dpopProofs(request.headers).flatMap((proof) => {
        const jwk = readCompactJose(proof)?.header['jwk'];
        return isRecord(jwk) ? [publicMember(jwk)] : [];
      }),
    ),
  );
}

function publicMember(jwk: Readonly<Record<string, unknown>>): string {
  return wordOf(jwk['x'] ?? jwk['n'] ?? '');
}

function nothing({ snapshots }: Trace, c: RuleContext): Outcome {
  const { code, maps } = c.once(deliveredCode);
  const texts = [...code, ...maps];
  if (texts.length === 0 && snapshots.length === 0) return c.cannotTell('page code', 'page storage');
  if (texts.length === 0 || texts.some(({ truncated }) => truncated)) return c.cannotTell('page code');
  return snapshots.some(({ truncated, written }) => truncated && written !== true)
    ? c.cannotTell('page storage')
    : c.pass;
}

/** Made for these examples alone. */
const JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'kt3XqfTDb63WWNmX8L6Jv1D3VOomNIxp7H6RnLl35dA',
  y: 'KprytVC4BWYnb9yTPEIjOEB1cjT9RPVBNiyyD9peBTw',
  d: 'O91GHaB0-wW-KVrlyU7s80T-vnOqM1q_kj74iFjZUVY',
};
const PEM_BODY =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO91GHaB0+wW+KVrlyU7s80T+vnOqM1q/kj74iFjZUVahRANCAASS3dep9MNvrdZY2Zfwvom/UPdU6iY0jGnsfpGcuXfl0Cqa8rVQuAVmJ2/ckzxCIzhAdXI0/UT1QTYssg/aXgU8';
const pem = (body: string, kind = 'PRIVATE'): string =>
  `-----BEGIN ${kind} KEY-----\n${body}\n-----END ${kind} KEY-----\n`;
const { d: _, ...PUBLIC } = JWK;
const PROVED = `\n\nPOST https://as.example/token\nDPoP: ${exampleProof(TOKEN_PROOF, { ...PROOF_HEADER, jwk: PUBLIC })}\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1`;

export const examples: Examples = {
  violation: [
    {
      name: 'of a service account',
      trace: text(
        'SCRIPT',
        { type: 'service_account', private_key_id: 'k1', private_key: pem(PEM_BODY) },
        'https://app.example/sa.json',
      ),
      severity: 'high',
    },
    {
      name: 'as a JSON Web Key in a bundle',
      trace: text('SCRIPT', `const key=${JSON.stringify(JWK)};sign(key)`),
      severity: 'high',
    },
    {
      name: 'in a source of a source map',
      trace: text(
        'SCRIPT',
        { version: 3, sources: ['key.ts'], sourcesContent: [`export default ${JSON.stringify(JWK)}`], mappings: '' },
        'https://app.example/app.js.map',
      ),
      severity: 'high',
    },
    { name: 'in storage', trace: stored({ wallet: JWK }), severity: 'info' },
    { name: 'in storage, in PEM', trace: stored({ key: { pem: pem(PEM_BODY) } }), severity: 'info' },
    { name: 'on the window', trace: text('GLOBAL', { key: JWK }), severity: 'info' },
    { name: 'in storage and signing proofs', trace: stored({ dpop: JWK }, 'indexeddb') + PROVED, severity: 'medium' },
  ],
  clean: [
    { name: 'no key', trace: text('SCRIPT', 'start()') + stored({ theme: 'dark' }) },
    { name: 'code alone', trace: text('SCRIPT', 'start()') },
  ],
  lookAlike: [
    {
      name: 'a public key',
      trace: text('SCRIPT', `const key=${JSON.stringify(PUBLIC)}`) + stored({ key: PUBLIC }),
      verdict: 'pass',
    },
    { name: 'a public key in PEM', trace: text('SCRIPT', { key: pem(PEM_BODY, 'PUBLIC') }), verdict: 'pass' },
    {
      name: 'the words of a library',
      trace: text('SCRIPT', 'p="-----BEGIN PRIVATE KEY-----\\n"+b(k)+"\\n-----END PRIVATE KEY-----"'),
      verdict: 'pass',
    },
    { name: 'a key that was cut', trace: text('SCRIPT', { key: pem(PEM_BODY.slice(0, 100)) }), verdict: 'pass' },
    { name: 'another thing that is called d', trace: text('SCRIPT', `a={d:"${'M12'.repeat(20)}"}`), verdict: 'pass' },
    {
      name: 'a client secret is another finding',
      trace: text('SCRIPT', 'clientSecret:"Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y"'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'the page was not looked at', trace: openIdRequest(), missing: ['page code', 'page storage'] },
    { name: 'its storage alone was', trace: stored({ theme: 'dark' }), missing: ['page code'] },
    { name: 'the script was cut', trace: cut(text('SCRIPT', 'start()')), missing: ['page code'] },
    {
      name: 'the storage was cut',
      trace: text('SCRIPT', 'start()') + cut(stored({ theme: 'dark' })),
      missing: ['page storage'],
    },
  ],
};
