import { isRecord } from '../http/params.ts';
import { EMPTY_FORM, type RunForm } from '../view/run-form.ts';

/** The form as it was remembered; fields that are not what they should be start afresh. */
export function readRunForm(stored: unknown): RunForm {
  if (!isRecord(stored)) return EMPTY_FORM;
  const one = <T>(name: string, known: readonly T[], otherwise: T): T =>
    known.find((value) => value === stored[name]) ?? otherwise;
  const text = (name: string): string => (typeof stored[name] === 'string' ? stored[name] : '');
  return {
    page: one('page', ['which', 'form'], EMPTY_FORM.page),
    person: one<boolean | null>('person', [true, false], null),
    keepsSecret: one<boolean | null>('keepsSecret', [true, false], null),
    flow: one('flow', ['code', 'clientCredentials'], EMPTY_FORM.flow),
    server: one('server', ['issuer', 'endpoints'], EMPTY_FORM.server),
    issuer: text('issuer'),
    authorization: text('authorization'),
    token: text('token'),
    clientId: text('clientId'),
    method: one('method', ['client_secret_basic', 'client_secret_post'], EMPTY_FORM.method),
    scope: 'scope' in stored ? text('scope') : EMPTY_FORM.scope,
  };
}
