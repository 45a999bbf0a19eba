import { checkIdToken, subjectOf } from '../../token/id-token.ts';
import { problem } from '../calls.ts';
import { endpointsNeeded } from '../flows.ts';
import {
  type Check,
  type CheckName,
  clientIdOf,
  type Device,
  type ProblemCode,
  type Proved,
  type Run,
  type ServerMetadata,
  type Step,
  type TokenSet,
} from '../run.ts';
import {
  askingPairs,
  callStep,
  contextOf,
  missing,
  resourcesOf,
  type StepDefinition,
  type StepProblem,
  type StepResult,
} from './step.ts';

/** OIDC Discovery §4, RFC 8414 §3: the metadata, and whether it has what the flow needs. */
export const discovery: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  // What is asked is the issuer that was typed; there is nothing to change in it.
  draft: null,
  async act(run, _step, io) {
    const { endpoints, flow } = run.config;
    if (endpoints !== null) {
      const server: ServerMetadata = { issuer: run.config.issuer ?? '', ...endpoints };
      return lacking(run, server) ?? { server, proved: ['endpoints-by-hand'] };
    }
    const found = run.resource?.metadata?.authorization_servers ?? [];
    const chosen = found.find((one) => one === run.config.issuer) ?? found[0];
    const issuer = flow === 'resource' ? chosen : run.config.issuer;
    if (issuer === null || issuer === undefined) return { problem: problem('no-metadata', null) };
    const first = flow === 'resource' ? 'oauth2' : 'oidc';
    const answer = await io.transport.send('discovery', { issuer, first }, contextOf(run), null);
    if ('problem' in answer) return answer;
    const { value: server, exchanges } = answer;
    const gap = lacking(run, server);
    if (gap !== null) return { exchanges, ...gap };
    const several: readonly Proved[] = found.length > 1 && flow === 'resource' ? ['several-servers'] : [];
    return { server, exchanges, proved: [...provedByMetadata(run, server), ...several] };
  },
};

function lacking(run: Run, server: ServerMetadata): { readonly problem: StepProblem } | null {
  const needed = endpointsNeeded(run.config).find((name) => typeof server[name] !== 'string');
  return needed === undefined ? null : { problem: problem('endpoint-missing', null, needed) };
}

function provedByMetadata(run: Run, server: ServerMetadata): Proved[] {
  if (run.config.flow !== 'code' && run.config.flow !== 'resource') return ['issuer-matches'];
  const s256 = server.code_challenge_methods_supported?.includes('S256') === true;
  const iss = server.authorization_response_iss_parameter_supported === true;
  return [
    'issuer-matches',
    s256 ? 's256-supported' : 's256-not-advertised',
    ...(iss ? (['iss-supported'] as const) : []),
  ];
}

/** RFC 9449 §4: the pair of keys that the tokens will be bound to. */
export const key: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  draft: null,
  async act(run, _step, io) {
    const boundKey = run.boundKey ?? (await io.makeKey());
    return { boundKey, proved: [boundKey.kept === 'locked' ? 'key-locked' : 'key-extractable'] };
  },
};

function received(run: Run, tokens: TokenSet, proved: Proved): StepResult {
  const bound = tokens.tokenType.toLowerCase() === 'dpop';
  const binding: readonly Proved[] = run.boundKey === null ? [] : [bound ? 'token-bound' : 'token-not-bound'];
  return { secrets: { tokens }, proved: [proved, ...binding] };
}

/** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
export const codeToken = callStep<'code'>({
  repeats: 'once',
  retryFrom: 'pkce',
  call: (run) => {
    const gap = missing(run, 'token_endpoint');
    if (gap !== null) return { problem: gap };
    const { callback, codeVerifier } = run.secrets;
    const { redirectUri } = run.config;
    const input = {
      callback: callback ?? [],
      redirectUri,
      codeVerifier: codeVerifier ?? '',
      resources: resourcesOf(run),
    };
    return { name: 'code', input };
  },
  judge: (tokens, run) => received(run, tokens, 'tokens-received'),
});

/** RFC 6749 §4.4. Held tokens may answer instead of the server: then nothing was sent. */
export const serviceToken = callStep<'clientCredentials'>({
  repeats: 'safe',
  call: (run) => {
    const gap = missing(run, 'token_endpoint');
    return gap === null ? { name: 'clientCredentials', input: { parameters: askingPairs(run) } } : { problem: gap };
  },
  judge: (tokens, run, _step, _io, sent) => received(run, tokens, sent ? 'tokens-received' : 'tokens-from-cache'),
});

/** RFC 8693 §2.1. */
export const exchangeToken = callStep<'tokenExchange'>({
  repeats: 'safe',
  call: (run) => {
    const gap = missing(run, 'token_endpoint');
    if (gap !== null) return { problem: gap };
    const { exchange } = run.config;
    const { token } = run.secrets;
    if (token === null || exchange === null) return { problem: problem('token-missing', null, 'subject_token') };
    const given = [
      ['subject_token', token],
      ['subject_token_type', exchange.subjectTokenType],
      ['requested_token_type', exchange.requestedTokenType],
      ['audience', exchange.audience],
    ] as const;
    return {
      name: 'tokenExchange',
      input: { parameters: [...given.filter(([, value]) => value !== ''), ...askingPairs(run)] },
    };
  },
  judge: (tokens, run) => received(run, tokens, 'tokens-received'),
});

/** RFC 6749 §6, RFC 9700 §4.14.2. A server that does not rotate sends no new refresh token, and the old one stays. */
export const refresh = callStep<'refresh'>({
  repeats: 'once',
  call: (run) => {
    const gap = missing(run, 'token_endpoint');
    if (gap !== null) return { problem: gap };
    const refreshToken = run.secrets.tokens?.refreshToken ?? run.secrets.token;
    if (refreshToken === null) return { problem: problem('token-missing', null, 'refresh_token') };
    const parameters = resourcesOf(run).map((value) => ['resource', value] as const);
    return { name: 'refresh', input: { refreshToken, parameters } };
  },
  judge: (tokens, run) => {
    const before = run.secrets.tokens?.refreshToken ?? run.secrets.token;
    const rotated = tokens.refreshToken !== null && tokens.refreshToken !== before;
    const kept = { ...tokens, refreshToken: tokens.refreshToken ?? before };
    const result = received(run, kept, 'tokens-refreshed');
    return { ...result, proved: [...(result.proved ?? []), rotated ? 'refresh-rotated' : 'refresh-kept'] };
  },
});

/** OIDC Core §3.1.3.7 as a checklist, with the server's own keys. */
export const idToken: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  draft: null,
  async act(run, _step, io) {
    const { tokens, nonce, clientSecret } = run.secrets;
    if (tokens === null || tokens.idToken === null) return { proved: ['no-id-token'], skipped: true };
    const url = run.server?.jwks_uri;
    if (typeof url !== 'string') return { proved: ['no-keys-known'], skipped: true };
    const answer = await io.transport.send('keys', { url }, contextOf(run), null);
    if ('problem' in answer) return answer;
    const { exchanges } = answer;
    const checks = await checkIdToken(tokens.idToken, answer.value, {
      issuer: run.server?.issuer ?? '',
      clientId: clientIdOf(run),
      clientSecret,
      // The device flow has no request that could carry one.
      nonce: run.config.flow === 'device' ? null : nonce,
      accessToken: tokens.accessToken,
      algs: run.server?.id_token_signing_alg_values_supported ?? null,
      now: io.now() / 1000,
    });
    const wrong = checks.find((check) => check.is === 'invalid');
    if (wrong !== undefined) return { exchanges, checks, problem: idTokenProblem(wrong, run) };
    return { exchanges, checks, proved: ['id-token-valid'] };
  },
};

const ID_TOKEN_PROBLEMS: Readonly<Record<CheckName, ProblemCode>> = {
  alg: 'alg-wrong',
  signature: 'signature-invalid',
  iss: 'id-token-issuer',
  aud: 'id-token-audience',
  azp: 'id-token-audience',
  sub: 'claim-wrong',
  exp: 'id-token-expired',
  iat: 'id-token-clock',
  nonce: 'nonce-mismatch',
  at_hash: 'at-hash-mismatch',
};

function idTokenProblem({ of, found, expected }: Check, run: Run): StepProblem {
  const { jwks_uri: keys } = run.server ?? {};
  const host = typeof keys === 'string' && URL.canParse(keys) ? new URL(keys).host : null;
  const code = of === 'alg' && found === null ? 'id-token-unreadable' : ID_TOKEN_PROBLEMS[of];
  return problem(code, found, of === 'signature' ? host : of === 'sub' ? of : expected);
}

/** RFC 8628 §3.2: what the device shows. */
export const device = callStep<'device'>({
  repeats: 'safe',
  call: (run) => {
    const gap = missing(run, 'device_authorization_endpoint');
    return gap === null ? { name: 'device', input: { parameters: askingPairs(run) } } : { problem: gap };
  },
  judge: (answer, _run, _step, io) => {
    const shown: Device = {
      userCode: answer.user_code,
      verificationUri: answer.verification_uri,
      verificationUriComplete: answer.verification_uri_complete ?? null,
      expiresAt: io.now() + answer.expires_in * 1000,
      interval: answer.interval ?? DEFAULT_INTERVAL,
      polls: 0,
    };
    return { device: shown, secrets: { deviceCode: answer.device_code }, proved: ['code-for-person'] };
  },
});

/** Seconds, where the server names none (RFC 8628 §3.2), and what each `slow_down` adds (§3.5). */
const DEFAULT_INTERVAL = 5;

/** RFC 8628 §3.4, §3.5. The first poll waits as long as all others: nobody can have typed the code yet. */
export const poll: StepDefinition = {
  repeats: 'safe',
  retryFrom: 'device',
  draft: null,
  async act(run, step, io) {
    const { device: shown } = run;
    if (shown === null) return { problem: problem('unexpected', null) };
    const now = io.now();
    if (now >= shown.expiresAt) return { problem: problem('device-expired', null) };
    const later = (waiting: Device): number => Math.min(now + waiting.interval * 1000, waiting.expiresAt);
    if (step.dueAt === null && shown.polls === 0 && step.exchanges.length === 0 && step.proved.length === 0) {
      return { dueAt: later(shown), proved: ['pending'] };
    }
    const answer = await io.transport.send('poll', { deviceCode: run.secrets.deviceCode ?? '' }, contextOf(run), null);
    const { exchanges } = answer;
    if ('problem' in answer) return { exchanges, problem: answer.problem };
    const { value } = answer;
    if (value === 'pending' || value === 'slow_down') {
      const slower = value === 'slow_down' ? DEFAULT_INTERVAL : 0;
      const next = { ...shown, polls: shown.polls + 1, interval: shown.interval + slower };
      return { exchanges, device: next, dueAt: later(next), proved: [slower === 0 ? 'pending' : 'slowed-down'] };
    }
    const result = received(run, value, 'tokens-received');
    const polled = { ...shown, polls: shown.polls + 1 };
    return { exchanges, device: polled, ...result, proved: ['person-agreed', ...(result.proved ?? [])] };
  },
};

/** The token that a step is about: one that the run holds, or the one that was given. */
function tokenOf(run: Run, step: Step): string | null {
  const which = step.input?.token ?? null;
  return which === null ? run.secrets.token : (run.secrets.tokens?.[which] ?? null);
}

function hintOf(run: Run, step: Step): string {
  const which = step.input?.token ?? null;
  if (which === null) return run.config.tokenTypeHint;
  return which === 'accessToken' ? 'access_token' : 'refresh_token';
}

/** RFC 7662 §2. */
export const introspection = callStep<'introspection'>({
  repeats: 'safe',
  call: (run, step) => {
    const token = tokenOf(run, step);
    const gap =
      missing(run, 'introspection_endpoint') ?? (token === null ? problem('token-missing', null, 'token') : null);
    return gap === null
      ? { name: 'introspection', input: { token: token ?? '', hint: hintOf(run, step) } }
      : { problem: gap };
  },
  judge: (claims) => ({ proved: [claims['active'] === true ? 'token-active' : 'token-inactive'] }),
});

/** RFC 7009 §2. What was revoked is held no longer. */
export const revocation = callStep<'revocation'>({
  repeats: 'safe',
  call: (run, step) => {
    const token = tokenOf(run, step);
    const gap =
      missing(run, 'revocation_endpoint') ?? (token === null ? problem('token-missing', null, 'token') : null);
    return gap === null
      ? { name: 'revocation', input: { token: token ?? '', hint: hintOf(run, step) } }
      : { problem: gap };
  },
  judge: (_none, run, step) => {
    const { tokens } = run.secrets;
    const which = step.input?.token ?? null;
    if (tokens === null || which === null) return { proved: ['token-revoked'] };
    // Without its access token a refresh token is still good; the other way round RFC 7009 §2.1 ends both.
    if (which === 'accessToken' && tokens.refreshToken !== null) return { proved: ['token-revoked'] };
    return { secrets: { tokens: null }, proved: ['token-revoked', 'tokens-dropped'] };
  },
});

/** OIDC Core §5.3. */
export const userinfo = callStep<'userinfo'>({
  repeats: 'safe',
  call: (run) => {
    const accessToken = run.secrets.tokens?.accessToken ?? run.secrets.token;
    const gap =
      missing(run, 'userinfo_endpoint') ??
      (accessToken === null ? problem('token-missing', null, 'access_token') : null);
    return gap === null ? { name: 'userinfo', input: { accessToken: accessToken ?? '' } } : { problem: gap };
  },
  judge: (claims, run) => {
    const expected = subjectOf(run.secrets.tokens?.idToken ?? null);
    if (expected === null) return { proved: ['claims-received'] };
    return claims['sub'] === expected
      ? { proved: ['claims-received', 'sub-matches'] }
      : { problem: problem('sub-mismatch', typeof claims['sub'] === 'string' ? claims['sub'] : null, expected) };
  },
});
