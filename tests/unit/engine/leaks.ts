import { bodyParams } from '../../../lib/http/body.ts';
import { header } from '../../../lib/http/headers.ts';
import { fragmentOf, isRecord, parseForm, parseJson, queryOf } from '../../../lib/http/params.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import type { Param } from '../../../lib/model/message.ts';
import type { Observation } from '../../../lib/model/observation.ts';

/** Names whose values must never leave, written down here a second time and on purpose. */
const SECRET_NAMES =
  /^(code|auth_?code|access_token|refresh_token|id_token|id_token_hint|state|nonce|code_verifier|code_challenge|client_?secret|password|device_code|user_code|client_assertion|assertion|subject_token|actor_token|request|response|token)$/i;

/** What stands behind a name that says so in code. */
const SECRET_IN_CODE = /(?:secret|access_?token|refresh_?token|id_?token)["']?\s*[:=,]\s*["'`]([^"'`\s]{16,})["'`]/gi;

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}

/** Shorter values, and single words of the language, are everywhere by chance. */
const MIN_LENGTH = 8;
const WORD = /^[a-z]{8,14}$/;

/** Every secret value of the observations, wherever it travels or lies. */
export function secretsIn(observations: readonly Observation[]): Set<string> {
  const found = new Set<string>();
  const add = (value: string | null | undefined): void => {
    if (value !== null && value !== undefined && value.length >= MIN_LENGTH && !WORD.test(value)) {
      found.add(value);
    }
  };
  const addParams = (params: readonly Param[]): void => {
    for (const { name, value } of params) if (SECRET_NAMES.test(name)) add(value);
  };
  const addAddress = (url: string | null): void => {
    if (url === null) return;
    addParams([...parseForm(queryOf(url), 'query'), ...parseForm(fragmentOf(url), 'fragment')]);
  };
  for (const observation of observations) {
    if (observation.is === 'storage') {
      for (const [key, value] of observation.items) {
        if (SECRET_NAMES.test(snakeCase(key))) add(value);
        addNested(parseJson(value), add);
      }
      continue;
    }
    if (observation.is === 'script') {
      for (const [, secret] of observation.text.matchAll(SECRET_IN_CODE)) add(secret);
      continue;
    }
    const { request, outcome } = observation;
    addAddress(request.url);
    addAddress(header(request.headers, 'referer'));
    addParams(bodyParams(request.body, header(request.headers, 'content-type')));
    const authorization = header(request.headers, 'authorization');
    const credentials = authorization?.slice(authorization.indexOf(' ') + 1);
    add(credentials);
    if (authorization?.startsWith('Basic '))
      add(
        Buffer.from(credentials ?? '', 'base64')
          .toString('utf8')
          .split(':')[1],
      );
    if (outcome.is !== 'response') continue;
    const { headers, body } = outcome.response;
    addAddress(header(headers, 'location'));
    addParams(bodyParams(body, header(headers, 'content-type')));
    if (body.seen && body.value?.is === 'text') addNested(parseJson(body.value.text), add);
  }
  return found;
}

function addNested(value: unknown, add: (value: string) => void): void {
  if (Array.isArray(value)) for (const item of value) addNested(item, add);
  if (!isRecord(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && SECRET_NAMES.test(snakeCase(name))) add(member);
    else addNested(member, add);
  }
}

/** Secrets that stand in what an analysis says: as they are, percent-encoded or in base64. */
export function leaksIn(
  { findings, verdicts }: Pick<Analysis, 'findings' | 'verdicts'>,
  secrets: Iterable<string>,
): string[] {
  const said = JSON.stringify({
    // Titles, reasons and rule names are the program's own words.
    findings: findings.map(({ title: _title, why: _why, rule: _rule, ...rest }) => rest),
    verdicts: verdicts.map(({ rule: _rule, ...rest }) => rest),
  });
  return [...secrets].filter((secret) => writings(secret).some((written) => said.includes(written)));
}

function writings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // An unpaired surrogate has no percent-encoding.
  const encoded = encodeURIComponent(bytes.toString('utf8'));
  return [
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}
