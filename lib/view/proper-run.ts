import type { Analysis } from '../model/analysis.ts';
import { type Flow, messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest, Param } from '../model/message.ts';
import type { ClientAuthentication, Pair, RunConfig } from '../runner/run.ts';
import type { ShowValue } from './address.ts';
import { messageLine } from './findings.ts';
import { EMPTY_FORM, type RunForm } from './run-form.ts';
import { richText, type Text, visible } from './text.ts';
import { compareRequestWords } from './words-run-compare.ts';

/** A captured authorization request as it may be shown: secrets masked. */
export interface CapturedRequest {
  /** `GET as.example/authorize` */
  readonly line: string;
  readonly parameters: readonly Pair[];
}

/** The form of a run that does what a captured request wanted, as it should be done. */
export interface ProperRun {
  readonly form: RunForm;
  readonly captured: CapturedRequest;
}

export interface CompareRow {
  readonly name: string;
  /** As it was captured; `null`: not sent. */
  readonly captured: string | null;
  /** As the run sends it; `null`: not sent. */
  readonly proper: string | null;
  /** Made anew for each run: `proper` says so in words. */
  readonly fresh: boolean;
  readonly is: 'same' | 'added' | 'changed' | 'left-out';
  /** `null` where nothing changes. */
  readonly why: Text | null;
}

/** Parameters that the runner makes itself, or writes from fields of their own. */
const OWN = new Set([
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'response_mode',
  'dpop_jkt',
  'resource',
  'authorization_details',
]);

/** Parameters that do not go along, whatever they hold. */
const LEFT_OUT = new Set(['request', 'request_uri', 'client_secret', 'id_token_hint', 'code_verifier']);

const MOST_PARAMETERS = 60;
const LONGEST = 400;
const MASK = '••••';
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Of a message by its index; `null` where it is no authorization request any more. */
export function properRunOf({ messages, flows }: Analysis, index: number, show: ShowValue): ProperRun | null {
  const message = messages[index];
  const flow = flows.find((one) => message !== undefined && one.messages.includes(message));
  if (flow === undefined || message?.kind !== 'authorizationRequest') return null;
  return properRun(flow, message, show);
}

/** `show` decides what of the captured values may be seen and copied: what it masks stays behind. */
export function properRun(flow: Flow, request: AuthorizationRequest, show: ShowValue): ProperRun {
  const params = asked(flow, request);
  const first = (name: string): string => params.find((param) => nameOf(param) === name)?.value ?? '';
  const all = (name: string): readonly string[] =>
    params.filter((param) => nameOf(param) === name).map(({ value }) => value);
  const shown = params
    .slice(0, MOST_PARAMETERS)
    .map((param): Pair => [visible(nameOf(param), 80), visible(shownValue(param, show), LONGEST)]);
  const extra = params.filter(
    (param) => goesAlong(param) && !show(param.name, param.value).includes(MASK) && !CONTROL.test(param.value),
  );
  return {
    captured: { line: messageLine(request), parameters: shown },
    form: {
      ...EMPTY_FORM,
      page: 'form',
      ...serverOf(flow, request),
      clientId: first('client_id'),
      method: authenticationOf(flow),
      scope: first('scope'),
      par: request.opaque === 'request_uri' || flow.metadata?.['require_pushed_authorization_requests'] === true,
      dpop: isBound(flow, params),
      resources: all('resource').join('\n'),
      details: first('authorization_details'),
      extra: extra.map((param) => `${nameOf(param)}=${param.value}`).join('\n'),
    },
  };
}

/** Long client ids look like secrets to whoever does not know the name. */
const shownValue = (param: Param, show: ShowValue): string =>
  nameOf(param) === 'client_id' ? param.value : show(param.name, param.value);

const nameOf = ({ name, as }: Param): string => as ?? name;

/** Whether a parameter is sent as it was: nothing that the runner makes, and nothing that would break the run. */
function goesAlong(param: Param): boolean {
  const name = nameOf(param);
  if (OWN.has(name) || LEFT_OUT.has(name) || name === '' || param.value === '') return false;
  return !(name === 'prompt' && param.value === 'none');
}

/** What was asked for, wherever it was written: address, request object, or the request that was pushed before. */
function asked(flow: Flow, request: AuthorizationRequest): readonly Param[] {
  const pushed = request.opaque === 'request_uri' ? messagesOf(flow, 'pushedAuthorizationRequest')[0] : undefined;
  const params = [...request.params, ...(pushed?.params ?? [])].filter(({ where }) => where !== 'header');
  // A request object overrules the address (RFC 9101 §6.3).
  const signed = new Set(params.filter(({ where }) => where === 'jwt').map(nameOf));
  const inForce = params.filter((param) => param.where === 'jwt' || !signed.has(nameOf(param)));
  const inner = new Set((pushed?.params ?? []).map(nameOf));
  return inForce.filter((param) => !(inner.has(nameOf(param)) && request.params.includes(param)));
}

/** By the issuer where one is known, else by the endpoints that were seen, else by where an issuer usually is. */
function serverOf(flow: Flow, request: AuthorizationRequest): Pick<RunForm, 'server' | 'issuer' | 'endpoints'> {
  const { url, site } = request.endpoint;
  const said = messagesOf(flow, 'authorizationResponse')
    .flatMap(({ params }) => params)
    .find(({ name }) => name === 'iss')?.value;
  // The answer of an attacker's server names another: what the person is asked to run at is the server of the request.
  const known = flow.issuer ?? (said !== undefined && siteOf(said) === siteOf(url) ? said : null);
  if (known !== null) return { server: 'issuer', issuer: known, endpoints: {} };
  const token = messagesOf(flow, 'tokenRequest').find(({ endpoint }) => endpoint.site === site)?.endpoint.url;
  if (token !== undefined) {
    return { server: 'endpoints', issuer: '', endpoints: { authorization_endpoint: url, token_endpoint: token } };
  }
  return { server: 'issuer', issuer: usualIssuer(new URL(url)), endpoints: {} };
}

const siteOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);

/** Where the servers that people run at home have their issuer, by the path of their authorization endpoint. */
const ISSUER_OF: readonly (readonly [path: RegExp, issuer: string])[] = [
  // Keycloak
  [/^(.*\/realms\/[^/]+)\/protocol\/openid-connect\/auth$/, '$1'],
  // Microsoft Entra ID
  [/^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, '/$1/v2.0'],
  // Okta, PingOne, and whoever puts the endpoints below the issuer
  [/^(.*)\/(?:v1|as|oauth2|connect|protocol\/openid-connect)\/(?:authorize|authorization|auth)(?:\.oauth2)?$/, '$1'],
];

function usualIssuer({ origin, pathname }: URL): string {
  const known = ISSUER_OF.find(([path]) => path.test(pathname));
  return `${origin}${known === undefined ? '' : pathname.replace(known[0], known[1])}`;
}

/** As the client proved itself where that was seen; what is not known is left to the person. */
function authenticationOf(flow: Flow): ClientAuthentication {
  const requests = [...messagesOf(flow, 'tokenRequest'), ...messagesOf(flow, 'pushedAuthorizationRequest')];
  for (const { params, exchange } of requests) {
    const has = (wanted: string): boolean => params.some(({ name, where }) => name === wanted && where === 'body');
    if (has('client_assertion')) return 'private_key_jwt';
    if (has('client_secret')) return 'client_secret_post';
    const { headers } = exchange.request;
    const basic = headers.seen && headers.value.some(([name, value]) => isBasic(name, value));
    if (basic) return 'client_secret_basic';
  }
  return flow.clientType.is === 'confidential' ? 'client_secret_basic' : 'none';
}

const isBasic = (name: string, value: string): boolean =>
  name.toLowerCase() === 'authorization' && /^basic /i.test(value);

function isBound(flow: Flow, params: readonly Param[]): boolean {
  return (
    params.some((param) => nameOf(param) === 'dpop_jkt') ||
    messagesOf(flow, 'tokenRequest').some(
      ({ exchange: { request } }) =>
        request.headers.seen && request.headers.value.some(([name]) => name.toLowerCase() === 'dpop'),
    )
  );
}

/** What a run asks for, before it is made. */
export type Planned = Pick<RunConfig, 'clientId' | 'scope' | 'redirectUri' | 'options'>;

const FRESH = Symbol('fresh');

/** The authorization request that the runner will make; what it makes anew has no value yet. */
function planned({ clientId, scope, redirectUri, options }: Planned): readonly (readonly [string, string | symbol])[] {
  const openId = scope.split(' ').includes('openid');
  return [
    ['response_type', 'code'],
    ['client_id', clientId],
    ['redirect_uri', redirectUri],
    ['state', FRESH],
    ['code_challenge', FRESH],
    ['code_challenge_method', 'S256'],
    ...(openId ? [['nonce', FRESH] as const] : []),
    ...(options.jarm ? [['response_mode', 'jwt'] as const] : []),
    ...(options.dpop ? [['dpop_jkt', FRESH] as const] : []),
    ...(scope === '' ? [] : [['scope', scope] as const]),
    ...options.resources.map((value) => ['resource', value] as const),
    ...(options.authorizationDetails === '' ? [] : [['authorization_details', options.authorizationDetails] as const]),
    ...options.extra,
  ];
}

/** Two requests beside each other, in the order of the captured one; what it lacked follows. */
export function compareRequests(captured: CapturedRequest, plan: Planned): readonly CompareRow[] {
  const w = compareRequestWords;
  const wanted = planned(plan);
  const names = [...new Set([...captured.parameters, ...wanted].map(([name]) => name))];
  return names.map((name): CompareRow => {
    const before = captured.parameters.filter(([other]) => other === name).map(([, value]) => value);
    const after = wanted.filter(([other]) => other === name).map(([, value]) => value);
    const fresh = after.includes(FRESH);
    const was = before.length === 0 ? null : before.join(', ');
    const proper =
      after.length === 0 ? null : fresh ? w.fresh : after.map((value) => visible(String(value), LONGEST)).join(', ');
    const is = proper === null ? 'left-out' : was === null ? 'added' : was === proper ? 'same' : 'changed';
    return { name, captured: was, proper, fresh, is, why: is === 'same' ? null : richText(whyOf(name, is, was)) };
  });
}

function whyOf(name: string, is: Exclude<CompareRow['is'], 'same'>, was: string | null): string {
  const w = compareRequestWords.why;
  if (is === 'left-out') {
    if (name === 'prompt' && was !== 'none') return w.leftOutByYou;
    const known = Object.hasOwn(w.leftOut, name) ? w.leftOut[name as keyof typeof w.leftOut] : undefined;
    return known ?? (was?.includes(MASK) === true ? w.masked : w.leftOutByYou);
  }
  const table: Readonly<Record<string, string>> = is === 'added' ? w.added : w.changed;
  return (Object.hasOwn(table, name) ? table[name] : undefined) ?? w.byYou;
}
