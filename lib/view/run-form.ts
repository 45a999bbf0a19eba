import { endpointsNeeded, isDocumentAddress, isUsableDocumentAddress } from '../runner/flows.ts';
import {
  type ClientAuthentication,
  type EndpointName,
  type Endpoints,
  type Flow,
  type GivenSecrets,
  NO_OPTIONS,
  type Pair,
  type RunConfig,
  type RunOptions,
} from '../runner/run.ts';
import { publicJwk } from '../token/private-key.ts';
import { runWords } from './words-run.ts';

export type OfferedFlow = Flow;

/** Grants that are asked for and not offered: the form explains, and leads to the right flow. */
export type FormFlow = Flow | keyof typeof runWords.form.notOffered;

/** What stands in the form. Secrets are no part of it: the form is remembered for the session, they are not. */
export interface RunForm {
  readonly page: 'which' | 'form';
  readonly person: boolean | null;
  readonly keepsSecret: boolean | null;
  readonly flow: FormFlow;
  readonly mode: RunConfig['mode'];
  readonly server: 'issuer' | 'endpoints';
  readonly issuer: string;
  readonly endpoints: Endpoints;
  readonly resourceUrl: string;
  readonly clientId: string;
  readonly method: ClientAuthentication;
  readonly scope: string;
  readonly par: boolean;
  readonly jar: boolean;
  readonly jarm: boolean;
  readonly dpop: boolean;
  /** One a line. */
  readonly resources: string;
  readonly details: string;
  /** `name=value`, one a line. */
  readonly extra: string;
  readonly subjectTokenType: string;
  readonly requestedTokenType: string;
  readonly audience: string;
  readonly tokenTypeHint: string;
  /** Id of the preset that it was filled from; empty: none. */
  readonly preset: string;
}

/** Secrets of the form, in the memory of the page alone. */
export interface FormSecrets {
  readonly clientSecret: string;
  readonly clientKey: string;
  readonly token: string;
  readonly initialAccessToken: string;
}

export const NO_FORM_SECRETS: FormSecrets = { clientSecret: '', clientKey: '', token: '', initialAccessToken: '' };

export const EMPTY_FORM: RunForm = {
  page: 'which',
  person: null,
  keepsSecret: null,
  flow: 'code',
  mode: 'through',
  server: 'issuer',
  issuer: '',
  endpoints: {},
  resourceUrl: '',
  clientId: '',
  method: 'none',
  scope: 'openid',
  par: false,
  jar: false,
  jarm: false,
  dpop: false,
  resources: '',
  details: '',
  extra: '',
  subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
  requestedTokenType: '',
  audience: '',
  tokenTypeHint: '',
  preset: '',
};

export type FormOption = 'par' | 'jar' | 'jarm' | 'dpop' | 'resources' | 'details' | 'extra';

/** Which parts of the form a flow has. */
export interface FormParts {
  readonly clientIdOptional: boolean;
  readonly authenticates: boolean;
  readonly scope: boolean;
  readonly redirectUri: boolean;
  /** The token that the flow starts with; `optional`: it may be left out. */
  readonly token: 'needed' | 'optional' | null;
  readonly options: readonly FormOption[];
}

const FRONT: readonly FormOption[] = ['par', 'jar', 'jarm', 'dpop', 'resources', 'details', 'extra'];
const BACK: readonly FormOption[] = ['dpop', 'resources', 'details', 'extra'];

const base = { clientIdOptional: false, authenticates: true, scope: false, redirectUri: false, token: null } as const;

export const FORM_PARTS: Readonly<Record<Flow, FormParts>> = {
  code: { ...base, scope: true, redirectUri: true, options: FRONT },
  resource: {
    ...base,
    clientIdOptional: true,
    scope: true,
    redirectUri: true,
    options: ['par', 'jarm', 'dpop', 'extra'],
  },
  device: { ...base, scope: true, options: BACK },
  clientCredentials: { ...base, scope: true, options: BACK },
  tokenExchange: { ...base, scope: true, token: 'needed', options: BACK },
  refresh: { ...base, token: 'needed', options: ['dpop', 'resources'] },
  introspection: { ...base, token: 'needed', options: [] },
  revocation: { ...base, token: 'needed', options: [] },
  userinfo: { ...base, authenticates: false, token: 'needed', options: [] },
  logout: { ...base, authenticates: false, redirectUri: true, token: 'optional', options: [] },
  registration: { ...base, clientIdOptional: true, scope: true, redirectUri: true, options: [] },
};

/** The flow of the form; `null` for a grant that is not offered. */
export function offeredFlow({ flow }: Pick<RunForm, 'flow'>): Flow | null {
  return flow === 'password' || flow === 'implicit' ? null : flow;
}

export type FlowAnswer = keyof typeof runWords.which.answer;

/** The flow that the two answers lead to; `null` while one is missing. */
export function flowAnswer({ person, keepsSecret }: RunForm): FlowAnswer | null {
  if (person === null || keepsSecret === null) return null;
  if (person) return keepsSecret ? 'confidential' : 'public';
  return keepsSecret ? 'service' : 'none';
}

/** The form after "Open it in the form". */
export function withAnswer(form: RunForm, answer: Exclude<FlowAnswer, 'none'>): RunForm {
  const method = answer === 'public' ? 'none' : 'client_secret_basic';
  return { ...withFlow(form, answer === 'service' ? 'clientCredentials' : 'code'), page: 'form', method };
}

/** Another flow, with what usually fits it; what was typed stays. */
export function withFlow(form: RunForm, flow: FormFlow): RunForm {
  const wasOpenId = form.scope === 'openid' || form.scope === '';
  const openId = flow === 'code' || flow === 'device';
  const service = flow === 'clientCredentials' || flow === 'tokenExchange' || flow === 'introspection';
  return {
    ...form,
    flow,
    scope: wasOpenId ? (openId ? 'openid' : '') : form.scope,
    method: service && form.method === 'none' ? 'client_secret_basic' : form.method,
  };
}

/** TLS, or this machine. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(?:127(?:\.\d+){3}|localhost|.*\.localhost|\[::1\])$/.test(hostname);
}

export type FormResult =
  | { readonly config: RunConfig; readonly given: GivenSecrets }
  /** The first field that is wrong, in words. */
  | { readonly wrong: string };

/** The endpoints that have to be typed, where they are typed. */
export function endpointsOf(form: RunForm): readonly EndpointName[] {
  const flow = offeredFlow(form);
  return flow === null ? [] : endpointsNeeded({ flow, options: optionsOf(form, FORM_PARTS[flow]) });
}

/** The options that are on, as far as the flow has them. */
export function optionsOf(form: RunForm, parts: FormParts): RunOptions {
  const has = (option: FormOption): boolean => parts.options.includes(option);
  return {
    par: form.par && has('par'),
    jar: form.jar && has('jar'),
    jarm: form.jarm && has('jarm'),
    dpop: form.dpop && has('dpop'),
    authorizationDetails: has('details') ? form.details.trim() : '',
    resources: has('resources') ? linesOf(form.resources) : [],
    extra: has('extra') ? linesOf(form.extra).map(pairOf) : NO_OPTIONS.extra,
  };
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function pairOf(line: string): Pair {
  const at = line.indexOf('=');
  return [line.slice(0, Math.max(0, at)), line.slice(at + 1)];
}

/** The form as a configuration of a run, or what is wrong with it. */
export function readForm(form: RunForm, secrets: FormSecrets, redirectUri: string): FormResult {
  const { wrong } = runWords.form;
  const flow = offeredFlow(form);
  if (flow === null) return { wrong: wrong.notOffered };
  const parts = FORM_PARTS[flow];
  const options = optionsOf(form, parts);
  const issuer = form.issuer.trim();
  const resourceUrl = form.resourceUrl.trim();
  const clientId = form.clientId.trim();
  const fromResource = flow === 'resource';
  const byHand = form.server === 'endpoints' && !fromResource;
  if (fromResource && !isAddress(resourceUrl)) return { wrong: wrong.resource };
  if (!fromResource && !byHand && !isAddress(issuer)) return { wrong: wrong.issuer };
  const needed = byHand ? endpointsNeeded({ flow, options }) : [];
  const endpoint = (name: EndpointName): string => (form.endpoints[name] ?? '').trim();
  const bad = needed.find((name) => !isAddress(endpoint(name)));
  if (bad !== undefined) return { wrong: wrong.endpoint(runWords.form.endpoint[bad]) };
  if (clientId === '' && !parts.clientIdOptional) return { wrong: wrong.clientId };
  const method = parts.authenticates ? form.method : 'none';
  if (fromResource && isDocumentAddress(clientId)) {
    if (!isUsableDocumentAddress(clientId)) return { wrong: wrong.clientDocument };
    if (method.startsWith('client_secret')) return { wrong: wrong.documentSecret };
  }
  // A client that is registered now gets its secret with the answer.
  const later = parts.clientIdOptional && clientId === '';
  if (method.startsWith('client_secret') && secrets.clientSecret === '' && !later) return { wrong: wrong.secret };
  const needsKey = method === 'private_key_jwt' || options.jar;
  if (needsKey && publicJwk(secrets.clientKey) === null) return { wrong: wrong.key };
  if (parts.token === 'needed' && secrets.token.trim() === '') {
    return { wrong: wrong.token(runWords.form.token[flow as keyof typeof runWords.form.token]) };
  }
  if (!isDetails(options.authorizationDetails)) return { wrong: wrong.details };
  if (!options.resources.every((one) => URL.canParse(one) && !one.includes('#'))) return { wrong: wrong.resources };
  const badLine = options.extra.findIndex(([name]) => name === '');
  if (badLine >= 0) return { wrong: wrong.extra(badLine + 1) };
  const { subjectTokenType, requestedTokenType, audience } = form;
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  return {
    config: {
      flow,
      mode: form.mode,
      issuer: fromResource || byHand ? null : issuer,
      endpoints: byHand ? Object.fromEntries(needed.map((name) => [name, endpoint(name)])) : null,
      resourceUrl: fromResource ? resourceUrl : null,
      clientId,
      authentication: method,
      scope: parts.scope ? form.scope.trim().replace(/\s+/g, ' ') : '',
      redirectUri,
      options,
      exchange: flow === 'tokenExchange' ? { subjectTokenType, requestedTokenType, audience: audience.trim() } : null,
      tokenTypeHint: parts.token === null ? '' : form.tokenTypeHint,
    },
    given: {
      clientSecret: method.startsWith('client_secret') ? orNull(secrets.clientSecret) : null,
      clientKey: needsKey ? orNull(secrets.clientKey) : null,
      token: parts.token === null ? null : orNull(secrets.token),
      initialAccessToken: flow === 'registration' || fromResource ? orNull(secrets.initialAccessToken) : null,
    },
  };
}

function isDetails(text: string): boolean {
  if (text === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    const isDetail = (one: unknown): boolean =>
      typeof one === 'object' && one !== null && typeof (one as { type?: unknown }).type === 'string';
    return Array.isArray(value) && value.length > 0 && value.every(isDetail);
  } catch {
    return false;
  }
}

/** The address that the first request goes to, whose host the press names; `null` while there is none. */
export function formAddress(form: RunForm): string | null {
  const [first] = endpointsOf(form);
  const typed =
    form.flow === 'resource'
      ? form.resourceUrl
      : form.server === 'issuer'
        ? form.issuer
        : ((first === undefined ? undefined : form.endpoints[first]) ?? '');
  return isAddress(typed.trim()) ? typed.trim() : null;
}

export function formHost(form: RunForm): string | null {
  const url = formAddress(form);
  return url === null ? null : new URL(url).host;
}

/** Options that are on, by their short names. */
export function optionsOn(form: RunForm): readonly string[] {
  const flow = offeredFlow(form);
  if (flow === null) return [];
  return FORM_PARTS[flow].options
    .filter((option) => (typeof form[option] === 'boolean' ? form[option] : String(form[option]).trim() !== ''))
    .map((option) => runWords.form.optionShort[option]);
}
