import { problem } from '../calls.ts';
import { clientIdOf, type Draft, type Pair, type Run } from '../run.ts';
import {
  askingPairs,
  contextOf,
  editOf,
  missing,
  type RunnerIo,
  type StepDefinition,
  type StepResult,
  wantsIdToken,
} from './step.ts';

/** RFC 7636 §4.1: everything that has to be fresh, and nothing left of an attempt before. */
export const pkce: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  draft: null,
  act: (_run, _step, io) => {
    const fresh = { codeVerifier: io.random(), state: io.random(), nonce: io.random() };
    const spent = { requestObject: null, requestUri: null, callbackUrl: null, callback: null };
    return Promise.resolve({ secrets: { ...spent, ...fresh } });
  },
};

/** What is asked for, wherever it is written: address, pushed request or request object. */
async function parametersOf(run: Run, io: RunnerIo): Promise<readonly Pair[]> {
  const { codeVerifier, state, nonce } = run.secrets;
  const all: Pair[] = [
    ['response_type', 'code'],
    ['client_id', clientIdOf(run)],
    ['redirect_uri', run.config.redirectUri],
    ['state', state ?? ''],
    ['code_challenge', await io.s256(codeVerifier ?? '')],
    ['code_challenge_method', 'S256'],
    ...(wantsIdToken(run) ? [['nonce', nonce ?? ''] as const] : []),
    ...(run.config.options.jarm ? [['response_mode', 'jwt'] as const] : []),
    ...(run.boundKey === null ? [] : [['dpop_jkt', run.boundKey.thumbprint] as const]),
    ...askingPairs(run),
  ];
  return all.filter(([, value]) => value !== '');
}

/** `state` and `nonce` as they are sent are what the answer is compared with, whoever chose them. */
function sentSecrets(fields: readonly Pair[]) {
  const last = (name: string): string | null => fields.findLast(([other]) => other === name)?.[1] ?? null;
  return { state: last('state'), nonce: last('nonce') };
}

/** RFC 9101 §4: the parameters as claims of a signed request object. */
export const requestObject: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  async draft(run, _step, io) {
    const url = run.server?.authorization_endpoint ?? '';
    return { method: 'JWT', url, headers: [], in: 'claims', fields: await parametersOf(run, io) };
  },
  async act(run, step, io) {
    const parameters = step.approved ?? (await parametersOf(run, io));
    const answer = await io.transport.send('requestObject', { parameters }, contextOf(run), null);
    if ('problem' in answer) return answer;
    const secrets = { ...sentSecrets(parameters), requestObject: answer.value };
    return { secrets, proved: ['request-signed'] };
  },
};

/** What the pushed request or the address carries: the parameters, or the request object that holds them. */
async function outerParameters(run: Run, io: RunnerIo): Promise<readonly Pair[]> {
  const { requestObject: signed } = run.secrets;
  if (signed === null) return parametersOf(run, io);
  const outer = (await parametersOf(run, io)).filter(([name]) => name === 'client_id');
  return [...outer, ['request', signed]];
}

/** RFC 9126 §2. */
export const par: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  async draft(run, _step, io) {
    const gap = missing(run, 'pushed_authorization_request_endpoint');
    if (gap !== null) return gap;
    const parameters = await outerParameters(run, io);
    const answer = await io.transport.preview('par', { parameters }, contextOf(run));
    return 'problem' in answer ? answer.problem : answer.value;
  },
  async act(run, step, io) {
    const gap = missing(run, 'pushed_authorization_request_endpoint');
    if (gap !== null) return { problem: gap };
    const parameters = await outerParameters(run, io);
    const answer = await io.transport.send('par', { parameters }, contextOf(run), editOf(step));
    const { exchanges } = answer;
    if ('problem' in answer) return { exchanges, problem: answer.problem };
    const changed = run.secrets.requestObject === null && step.approved !== null ? sentSecrets(step.approved) : {};
    return { exchanges, secrets: { requestUri: answer.value, ...changed }, proved: ['request-pushed'] };
  },
};

/** RFC 6749 §4.1.1: the address that the window opens. */
export const request: StepDefinition = {
  repeats: 'safe',
  retryFrom: null,
  async draft(run, _step, io): Promise<Draft> {
    const { endpoint, fields } = await addressOf(run, io);
    return { method: 'GET', url: endpoint, headers: [], in: 'query', fields };
  },
  async act(run, step, io) {
    const gap = missing(run, 'authorization_endpoint');
    if (gap !== null) return { problem: gap };
    const { endpoint, fields } = await addressOf(run, io);
    const sent = step.approved ?? fields;
    const url = new URL(endpoint);
    for (const [name, value] of sent) url.searchParams.append(name, value);
    const inAddress = run.secrets.requestUri === null && run.secrets.requestObject === null;
    return { authorizationUrl: url.href, secrets: inAddress ? sentSecrets(sent) : {} };
  },
};

async function addressOf(run: Run, io: RunnerIo): Promise<{ endpoint: string; fields: readonly Pair[] }> {
  const endpoint = run.server?.authorization_endpoint ?? '';
  const { requestUri, requestObject: signed } = run.secrets;
  if (requestUri !== null) {
    return {
      endpoint,
      fields: [
        ['client_id', clientIdOf(run)],
        ['request_uri', requestUri],
      ],
    };
  }
  const parameters = await parametersOf(run, io);
  if (signed === null) return { endpoint, fields: parameters };
  // OpenID Connect wants these outside of the request object, too (Core §6.1).
  const outside = parameters.filter(([name]) => name === 'response_type' || name === 'client_id' || name === 'scope');
  return { endpoint, fields: [...outside, ['request', signed]] };
}

export const signIn: StepDefinition = {
  repeats: 'once',
  retryFrom: 'pkce',
  draft: null,
  async act(run, _step, io) {
    const answer = await io.signIn(run.authorizationUrl ?? '', run.config.redirectUri);
    return 'problem' in answer ? answer : { exchanges: answer.exchanges, secrets: { callbackUrl: answer.value } };
  },
};

/** RFC 6749 §4.1.2, RFC 9207 §2.4: nothing of a response is used before `state` and `iss` fit. */
export const callback: StepDefinition = {
  repeats: 'safe',
  retryFrom: 'pkce',
  draft: null,
  async act(run, _step, io) {
    const url = new URL(run.secrets.callbackUrl ?? 'about:blank');
    const query = [...url.searchParams];
    if (!run.config.options.jarm) return checkCallback(run, query, [...new URLSearchParams(url.hash.slice(1))]);
    if (!query.some(([name]) => name === 'response')) {
      const error = url.searchParams.get('error');
      return { problem: problem('response-missing', error) };
    }
    const answer = await io.transport.send('signedResponse', { parameters: query }, contextOf(run), null);
    const { exchanges } = answer;
    if ('problem' in answer) return { exchanges, problem: answer.problem };
    const checked = checkCallback(run, answer.value, []);
    return { exchanges, ...checked, proved: ['response-signed', ...(checked.proved ?? [])] };
  },
};

function checkCallback(run: Run, query: readonly Pair[], fragment: readonly Pair[]): StepResult {
  const known = ['code', 'error', 'access_token'];
  const inFragment = !query.some(([name]) => known.includes(name)) && fragment.some(([name]) => known.includes(name));
  const all = inFragment ? fragment : query;
  const values = (name: string): string[] => all.filter(([other]) => other === name).map(([, value]) => value);
  const one = (name: string): string | null => values(name)[0] ?? null;
  const repeated = ['state', 'iss', 'code', 'error'].find((name) => values(name).length > 1);
  if (repeated !== undefined) return { problem: problem('parameter-repeated', null, repeated) };
  const said = one('error') === null ? null : [one('error'), one('error_description')].filter(Boolean).join(': ');
  const state = one('state');
  if (state === null) return { problem: problem('state-missing', said) };
  if (state !== run.secrets.state) return { problem: problem('state-mismatch', null) };
  const iss = one('iss');
  const issuer = run.server?.issuer ?? '';
  if (iss !== null && issuer !== '' && iss !== issuer) return { problem: problem('iss-mismatch', iss, issuer) };
  if (iss === null && run.server?.authorization_response_iss_parameter_supported === true) {
    return { problem: problem('iss-missing', said, issuer) };
  }
  if (inFragment) return { problem: problem('answer-in-fragment', said) };
  if (said !== null) {
    const host = new URL(run.server?.authorization_endpoint ?? 'about:blank').host;
    return { problem: problem(one('error') === 'access_denied' ? 'person-refused' : 'server-said-no', said, host) };
  }
  if (one('code') === null) return { problem: problem('code-missing', null) };
  return { secrets: { callback: all }, proved: ['state-matches', iss === null ? 'iss-absent' : 'iss-matches'] };
}

/** RP-Initiated Logout §2: in the same window as a sign-in. */
export const logout: StepDefinition = {
  repeats: 'once',
  retryFrom: null,
  draft: (run) => Promise.resolve(missing(run, 'end_session_endpoint') ?? logoutDraft(run)),
  async act(run, step, io) {
    const gap = missing(run, 'end_session_endpoint');
    if (gap !== null) return { problem: gap };
    const draft = logoutDraft(run);
    const url = new URL(draft.url);
    const fields = step.approved ?? draft.fields;
    for (const [name, value] of fields) url.searchParams.append(name, value);
    const answer = await io.signIn(url.href, run.config.redirectUri);
    const { exchanges } = answer;
    if ('problem' in answer) return { exchanges, problem: answer.problem };
    const state = new URL(answer.value).searchParams.get('state');
    const sent = fields.find(([name]) => name === 'state')?.[1] ?? null;
    if (state !== sent)
      return { exchanges, problem: problem(state === null ? 'state-missing' : 'state-mismatch', null) };
    return { exchanges, proved: ['signed-out'] };
  },
};

function logoutDraft(run: Run): Draft {
  const hint = run.secrets.tokens?.idToken ?? run.secrets.token;
  return {
    method: 'GET',
    url: run.server?.end_session_endpoint ?? '',
    headers: [],
    in: 'query',
    fields: [
      ...(hint === null ? [] : [['id_token_hint', hint] as const]),
      ['client_id', clientIdOf(run)],
      ['post_logout_redirect_uri', run.config.redirectUri],
      ['state', run.id],
    ],
  };
}
