import { isRecord } from '../http/params.ts';
import { CLIENT_AUTHENTICATIONS, ENDPOINTS, FLOWS } from '../runner/run.ts';
import type { CapturedRequest } from '../view/proper-run.ts';
import { EMPTY_FORM, type FormFlow, type RunForm } from '../view/run-form.ts';

const FORM_FLOWS: readonly FormFlow[] = [...FLOWS, 'password', 'implicit'];

/** The form as it was remembered; fields that are not what they should be start afresh. */
export function readRunForm(stored: unknown): RunForm {
  if (!isRecord(stored)) return EMPTY_FORM;
  const one = <T>(name: string, known: readonly T[], otherwise: T): T =>
    known.find((value) => value === stored[name]) ?? otherwise;
  const endpoints = isRecord(stored['endpoints']) ? stored['endpoints'] : {};
  const plain = Object.entries(EMPTY_FORM).map(([name, empty]) => [
    name,
    typeof stored[name] === typeof empty && typeof empty !== 'object' ? stored[name] : empty,
  ]);
  return {
    ...(Object.fromEntries(plain) as unknown as RunForm),
    page: one('page', ['which', 'form'], EMPTY_FORM.page),
    person: one<boolean | null>('person', [true, false], null),
    keepsSecret: one<boolean | null>('keepsSecret', [true, false], null),
    flow: one('flow', FORM_FLOWS, EMPTY_FORM.flow),
    mode: one('mode', ['guided', 'through'], EMPTY_FORM.mode),
    server: one('server', ['issuer', 'endpoints'], EMPTY_FORM.server),
    method: one('method', CLIENT_AUTHENTICATIONS, EMPTY_FORM.method),
    endpoints: Object.fromEntries(
      ENDPOINTS.filter((name) => typeof endpoints[name] === 'string').map((name) => [name, String(endpoints[name])]),
    ),
  };
}

/** The captured request beside the form, masked as it was shown; `null` where it is not what it should be. */
export function readCaptured(stored: unknown): CapturedRequest | null {
  if (!isRecord(stored) || typeof stored['line'] !== 'string' || !Array.isArray(stored['parameters'])) return null;
  const isPair = (pair: unknown): pair is readonly [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
  return { line: stored['line'], parameters: stored['parameters'].filter(isPair) };
}
