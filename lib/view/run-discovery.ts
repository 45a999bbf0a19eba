import { wordOf } from '../http/params.ts';
import { endpointsNeeded } from '../runner/flows.ts';
import { ENDPOINTS, FLOWS, NO_OPTIONS, type Problem, type ServerMetadata } from '../runner/run.ts';
import { isAddress, type RunForm } from './run-form.ts';
import { visible } from './text.ts';
import { runWords } from './words-run.ts';
import { problemWords } from './words-run-problems.ts';

/** What reading the metadata of an issuer gave. */
export interface Discovered {
  /** As it was typed when it was asked for: it is shown as long as it stands there. */
  readonly issuer: string;
  /** Markup, a sentence each. */
  readonly says: readonly string[];
  readonly failed: boolean;
}

/** More is cut: a server may list hundreds. */
const MAX_LISTED = 20;

/**
 * The form with what the metadata of the server (RFC 8414 §2) decides: its endpoints, whether requests must be pushed, and
 * how a client with a secret proves itself. What the person typed is changed only where the server would refuse it.
 */
export function withMetadata(form: RunForm, metadata: ServerMetadata): { form: RunForm; says: readonly string[] } {
  const w = runWords.form.discovered;
  const found = ENDPOINTS.filter((name) => isAddress(wordOf(metadata[name] ?? '')));
  const endpoints = Object.fromEntries(found.map((name) => [name, wordOf(metadata[name])]));
  const scopes = textsOf(metadata['scopes_supported']);
  const methods = textsOf(metadata['token_endpoint_auth_methods_supported']);
  const secretMethod = (['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const).find((method) =>
    methods.includes(method),
  );
  const refused = form.method.startsWith('client_secret') && methods.length > 0 && !methods.includes(form.method);
  const method = refused && secretMethod !== undefined ? secretMethod : form.method;
  const mustPush = metadata['require_pushed_authorization_requests'] === true;
  const plainOAuth = form.scope === 'openid' && scopes.length > 0 && !scopes.includes('openid');
  const without = FLOWS.filter(
    (flow) =>
      flow !== 'resource' &&
      endpointsNeeded({ flow, options: NO_OPTIONS }).some((name) => endpoints[name] === undefined),
  );
  const says = [
    w.endpoints(found.length),
    ...(mustPush && !form.par ? [w.par] : []),
    ...(method === form.method ? [] : [w.method(runWords.form.method[method])]),
    ...(plainOAuth ? [w.noOpenId] : []),
    ...(scopes.length === 0 ? [] : [w.scopes(listed(scopes))]),
    ...(methods.length === 0 ? [] : [w.methods(listed(methods))]),
    ...(without.length === 0 ? [] : [w.without(without.map((flow) => runWords.flow[flow]).join(', '))]),
  ];
  return {
    form: { ...form, endpoints, method, par: form.par || mustPush, scope: plainOAuth ? '' : form.scope },
    says,
  };
}

/** Why there is no metadata, and what to do next. */
export function discoveryProblem({ code, detail, about }: Omit<Problem, 'step'>, host: string): readonly string[] {
  const said = detail === null ? null : plain(detail, 200);
  const known = about === null ? host : plain(about, 200);
  const facts = { host, about: known, step: 'discovery', origin: '', said, sentAt: null, rotates: null } as const;
  const { cause, next } = problemWords[code](facts);
  return [cause, ...(said === null ? [] : [runWords.form.discovered.said(said)]), next];
}

const listed = (texts: readonly string[]): string =>
  [
    ...texts.slice(0, MAX_LISTED).map((text) => `\`${plain(text, 60)}\``),
    ...(texts.length > MAX_LISTED ? ['…'] : []),
  ].join(' ');

/** Made harmless, and without the mark of the markup. */
const plain = (text: string, length: number): string => visible(text, length).replaceAll('`', '´');

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
