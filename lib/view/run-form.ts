import type { RunConfig } from '../runner/run.ts';
import type { runWords } from './words-run.ts';

/** What stands in the form. The secret is no part of it: the form is remembered for the session, the secret is not. */
export interface RunForm {
  readonly page: 'which' | 'form';
  readonly person: boolean | null;
  readonly keepsSecret: boolean | null;
  readonly flow: RunConfig['flow'];
  readonly server: 'issuer' | 'endpoints';
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly clientId: string;
  readonly method: 'client_secret_basic' | 'client_secret_post';
  readonly scope: string;
}

export const EMPTY_FORM: RunForm = {
  page: 'which',
  person: null,
  keepsSecret: null,
  flow: 'code',
  server: 'issuer',
  issuer: '',
  authorization: '',
  token: '',
  clientId: '',
  method: 'client_secret_basic',
  scope: 'openid',
};

export type FlowAnswer = keyof typeof runWords.which.answer;

/** The flow that the two answers lead to; `null` while one is missing. */
export function flowAnswer({ person, keepsSecret }: RunForm): FlowAnswer | null {
  if (person === null || keepsSecret === null) return null;
  if (person) return keepsSecret ? 'confidential' : 'public';
  return keepsSecret ? 'service' : 'none';
}

/** The form after "Open it in the form". */
export function withAnswer(form: RunForm, answer: Exclude<FlowAnswer, 'none'>): RunForm {
  const flow = answer === 'service' ? 'clientCredentials' : 'code';
  const scope = flow === form.flow ? form.scope : flow === 'code' ? 'openid' : '';
  return { ...form, page: 'form', flow, scope };
}

/** TLS, or this machine. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(?:127(?:\.\d+){3}|localhost|.*\.localhost|\[::1\])$/.test(hostname);
}

export type FormResult =
  | { readonly config: RunConfig }
  /** The first field that is wrong. */
  | { readonly wrong: keyof typeof runWords.form.wrong };

/** The form as a configuration of a run, or what is wrong with it. */
export function readForm(form: RunForm, secret: string, redirectUri: string): FormResult {
  const issuer = form.issuer.trim();
  const authorization = form.authorization.trim();
  const token = form.token.trim();
  const byHand = form.server === 'endpoints';
  const isCode = form.flow === 'code';
  if (!byHand && !isAddress(issuer)) return { wrong: 'issuer' };
  if (byHand && isCode && !isAddress(authorization)) return { wrong: 'authorization' };
  if (byHand && !isAddress(token)) return { wrong: 'token' };
  if (form.clientId.trim() === '') return { wrong: 'clientId' };
  if (!isCode && secret === '') return { wrong: 'secret' };
  return {
    config: {
      flow: form.flow,
      issuer: byHand ? null : issuer,
      // Client credentials go to the token endpoint alone; the other one is never used.
      endpoints: byHand ? { authorization: isCode ? authorization : token, token } : null,
      clientId: form.clientId.trim(),
      authentication: secret === '' ? 'none' : form.method,
      scope: form.scope.trim().replace(/\s+/g, ' '),
      redirectUri,
    },
  };
}

/** The address whose host the press names; `null` while there is none. */
export function formHost(form: RunForm): string | null {
  const url = (form.server === 'issuer' ? form.issuer : form.flow === 'code' ? form.authorization : form.token).trim();
  return isAddress(url) ? new URL(url).host : null;
}
