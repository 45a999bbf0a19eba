import { formHost, type RunForm } from './run-form.ts';
import { runWords } from './words-run.ts';

/** Settings of a run under a name, for another day. Holds no secret. */
export interface Profile {
  readonly name: string;
  readonly form: RunForm;
}

/** Beyond this the oldest goes. */
export const MOST_PROFILES = 50;

/** `as.example, web1: Authorization code with PKCE`; the same settings have the same name. */
export function profileName(form: RunForm): string {
  const { flow, clientId } = form;
  const where = [formHost(form) ?? '', clientId.trim()].filter((part) => part !== '').join(', ');
  const what = flow === 'password' || flow === 'implicit' ? runWords.form.notOffered[flow] : runWords.flow[flow];
  return where === '' ? what : `${where}: ${what}`;
}

/** `isSecret` by the name of a parameter: what is secret is not saved. */
export function withProfile(
  profiles: readonly Profile[],
  form: RunForm,
  isSecret: (name: string) => boolean,
): readonly Profile[] {
  const lines = form.extra.split('\n');
  const extra = lines.filter((line) => !isSecret(line.replace(/=.*$/s, '').trim())).join('\n');
  const saved: Profile = { name: profileName(form), form: { ...form, extra, page: 'form' } };
  return [saved, ...profiles.filter(({ name }) => name !== saved.name)].slice(0, MOST_PROFILES);
}
