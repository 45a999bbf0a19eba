import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { MetadataMessage } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { without } from './support/example-sign-in.ts';
import {
  type Document,
  judgeMetadata,
  listOf,
  METADATA_UNSEEN,
  memberOf,
  metadataTrace,
  SOUND,
} from './support/server-documents.ts';

export const rule: Rule = {
  id: 'metadata-required-missing',
  title: 'Server metadata without required members',
  subject: 'Completeness of the server metadata',
  group: 'I',
  severity: 'low',
  confidence: 'certain',
  needs: ['server metadata', 'response body'],
  references: [
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
    { spec: 'OIDC Discovery', section: '4.2', level: 'MUST' },
    { spec: 'RFC 8414', section: '2', level: 'none' },
  ],
  why: 'Clients that configure themselves from the document fail, or guess what it leaves out.',
  fix: 'Publish every required member with a value, as `application/json`.',
  parents: [],

  check(flow, c) {
    return judgeMetadata(flow, c, (document, message) => {
      const [first, ...rest] = [missingOf(document, message, c), ...looseEnds(document, message, c)].filter(
        (fail) => fail !== null,
      );
      return first === undefined ? c.pass : c.fail(first, ...rest);
    });
  },
};

function missingOf(document: Document, message: MetadataMessage<'metadata'>, c: RuleContext): Fail | null {
  const missing = required(document, isOpenIdDocument(message)).filter((name) => !isGiven(document, name));
  const [first, ...rest] = missing;
  if (first === undefined) return null;
  return {
    evidence: [memberOf(message, document, first), ...rest.map((name) => memberOf(message, document, name))],
    severity: 'low',
    part: 'missing',
    summary: c.say`Missing or malformed: ${c.plain(missing.join(', '))}.`,
  };
}

function looseEnds(document: Document, message: MetadataMessage<'metadata'>, c: RuleContext): readonly (Fail | null)[] {
  const [empty] = Object.keys(document).filter((name) => Array.isArray(document[name]) && isEmpty(document[name]));
  const algorithms = listOf(document, 'id_token_signing_alg_values_supported') ?? [];
  const type = contentType(message);
  return [
    empty === undefined
      ? null
      : {
          evidence: [memberOf(message, document, empty)],
          severity: 'info',
          part: 'empty',
          summary: c.say`The list ${c.plain(empty)} is empty and should be left out.`,
        },
    !isOpenIdDocument(message) || algorithms.length === 0 || algorithms.includes('RS256')
      ? null
      : {
          evidence: [memberOf(message, document, 'id_token_signing_alg_values_supported')],
          severity: 'info',
          part: 'RS256',
          summary: c.say`RS256, which every client knows, is not among the algorithms of ID tokens.`,
        },
    type === null || /^application\/([\w.-]+\+)?json\b/i.test(type)
      ? null
      : {
          evidence: [{ message, where: 'header', name: 'Content-Type', value: type }],
          severity: 'info',
          part: 'type',
          summary: c.say`The document is served as ${c.plain(type)}.`,
        },
  ];
}

/** Discovery §3 and RFC 8414 §2. */
function required(document: Document, openId: boolean): readonly string[] {
  const responses = listOf(document, 'response_types_supported');
  const grants = listOf(document, 'grant_types_supported');
  const implicitOnly =
    grants?.every((grant) => grant === 'implicit') ?? responses?.every((type) => !/\bcode\b/.test(type));
  const asksPeople = openId || (grants?.some((grant) => /^(authorization_code|implicit)$/.test(grant)) ?? true);
  return [
    'issuer',
    'response_types_supported',
    ...(asksPeople ? ['authorization_endpoint'] : []),
    ...(implicitOnly ? [] : ['token_endpoint']),
    ...(openId ? ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported'] : []),
  ];
}

/** An empty list is there, though it should not be. */
function isGiven(document: Document, name: string): boolean {
  const value = document[name];
  return name.endsWith('_supported') ? Array.isArray(value) : typeof value === 'string' && value !== '';
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isOpenIdDocument({ endpoint }: MetadataMessage<'metadata'>): boolean {
  return endpoint.path.includes('/openid-configuration');
}

function contentType({ exchange }: MetadataMessage<'metadata'>): string | null {
  return exchange.outcome.is === 'response' ? header(exchange.outcome.response.headers, 'content-type') : null;
}

const OAUTH = '/.well-known/oauth-authorization-server';
const OAUTH_SOUND = {
  issuer: 'https://as.example',
  response_types_supported: ['code'],
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
};

export const examples: Examples = {
  violation: [
    { name: 'an empty address', trace: metadataTrace({ ...SOUND, jwks_uri: '' }), severity: 'low' },
    ...[
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'response_types_supported',
      'subject_types_supported',
      'id_token_signing_alg_values_supported',
    ].map((name) => ({
      name: `OpenID without ${name}`,
      trace: metadataTrace(without(SOUND, name)),
      severity: 'low' as const,
    })),
    ...['authorization_endpoint', 'token_endpoint', 'response_types_supported'].map((name) => ({
      name: `OAuth without ${name}`,
      trace: metadataTrace(without(OAUTH_SOUND, name), OAUTH),
      severity: 'low' as const,
    })),
    { name: 'an address that is no text', trace: metadataTrace({ ...SOUND, jwks_uri: 7 }), severity: 'low' },
    {
      name: 'a text for a list',
      trace: metadataTrace({ ...SOUND, subject_types_supported: 'public' }),
      severity: 'low',
    },
    { name: 'an empty list', trace: metadataTrace({ ...SOUND, scopes_supported: [] }), severity: 'info' },
    {
      name: 'no RS256',
      trace: metadataTrace({ ...SOUND, id_token_signing_alg_values_supported: ['ES256'] }),
      severity: 'info',
    },
    {
      name: 'another content type',
      trace: metadataTrace(SOUND).replace('application/json', 'text/html'),
      severity: 'info',
    },
    {
      name: 'OpenID without authorization_endpoint, with other grants',
      trace: metadataTrace({
        ...without(SOUND, 'authorization_endpoint'),
        grant_types_supported: ['client_credentials'],
      }),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'a complete OpenID document', trace: metadataTrace(SOUND) },
    { name: 'a complete OAuth document', trace: metadataTrace(OAUTH_SOUND, OAUTH) },
  ],
  lookAlike: [
    {
      name: 'a server for machines asks nobody',
      trace: metadataTrace(
        { ...without(OAUTH_SOUND, 'authorization_endpoint'), grant_types_supported: ['client_credentials'] },
        OAUTH,
      ),
      verdict: 'pass',
    },
    {
      name: 'a server for the implicit flow redeems nothing',
      trace: metadataTrace({ ...without(OAUTH_SOUND, 'token_endpoint'), grant_types_supported: ['implicit'] }, OAUTH),
      verdict: 'pass',
    },
    {
      name: 'an OpenID server that returns no code',
      trace: metadataTrace({
        ...without(without(SOUND, 'token_endpoint'), 'grant_types_supported'),
        response_types_supported: ['id_token', 'id_token token'],
      }),
      verdict: 'pass',
    },
    {
      name: 'an OAuth server that signs otherwise',
      trace: metadataTrace({ ...OAUTH_SOUND, id_token_signing_alg_values_supported: ['ES256'] }, OAUTH),
      verdict: 'pass',
    },
    {
      name: 'a more exact content type',
      trace: metadataTrace(SOUND).replace('application/json', 'application/jwk-set+json;charset=utf-8'),
      verdict: 'pass',
    },
    {
      name: 'the metadata of a resource',
      trace: metadataTrace({ resource: 'https://as.example' }, '/.well-known/oauth-protected-resource'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the document was not seen', trace: METADATA_UNSEEN, missing: ['response body'] }],
};
