import { isRecord, parseForm, parseJson, queryOf } from '../http/params.ts';
import type { Exchange } from '../model/observation.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Run } from '../runner/run.ts';
import { visible } from './text.ts';
import { runWords } from './words-run.ts';

/** Where the raw value is: asked for only when it is to be shown. */
export type RunRef =
  | { readonly in: 'secret'; readonly name: 'codeVerifier' | 'state' | 'nonce' }
  | { readonly in: 'token'; readonly name: 'accessToken' | 'refreshToken' | 'idToken' }
  | { readonly in: 'draft'; readonly step: string; readonly side: 'headers' | 'fields'; readonly field: number }
  | { readonly in: 'exchange'; readonly index: number; readonly side: 'request' | 'response'; readonly field: number };

export interface RunValue {
  readonly name: string;
  readonly value: string;
  /** `null` where nothing is masked. */
  readonly ref: RunRef | null;
}

export interface RunExchange {
  /** `POST as.example/token` */
  readonly line: string;
  /** `200`, or why there is none. */
  readonly answer: string;
  readonly request: readonly RunValue[];
  readonly response: readonly RunValue[];
}

/** Makes the value of a parameter or header safe to show. */
export type Show = (name: string, value: string) => Redacted;

type Field = readonly [name: string, value: string];

/** Headers that say nothing about the flow. */
const DULL =
  /^(?:accept|accept-encoding|connection|keep-alive|date|vary|server|etag|x-.*|content-length|transfer-encoding|permissions-policy|strict-transport-security|referrer-policy|content-security-policy)$/i;

/** What was sent: parameters of the query, headers, then the fields of the body; raw. */
export function requestFields({ request }: Exchange): readonly Field[] {
  const headers = request.headers.seen ? request.headers.value.filter(([name]) => !DULL.test(name)) : [];
  const query = parseForm(queryOf(request.url), 'query').map(({ name, value }): Field => [name, value]);
  return [...query, ...headers, ...bodyFields(request.body)];
}

/** What came: headers, then the fields of the body; raw. */
export function responseFields({ outcome }: Exchange): readonly Field[] {
  if (outcome.is !== 'response') return [];
  const { headers, body } = outcome.response;
  return [...(headers.seen ? headers.value.filter(([name]) => !DULL.test(name)) : []), ...bodyFields(body)];
}

function bodyFields(body: Exchange['request']['body']): readonly Field[] {
  if (!body.seen || body.value === null) return [];
  if (body.value.is === 'form') return body.value.fields;
  const { text } = body.value;
  if (text === '') return [];
  const json = jsonFields(text);
  if (json !== null) return json;
  return /^[^\s<{[]+=/.test(text)
    ? parseForm(text, 'body').map(({ name, value }): Field => [name, value])
    : [['', text]];
}

function jsonFields(text: string): readonly Field[] | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  return Object.entries(value).map(([name, member]) => [
    name,
    typeof member === 'string' ? member : (JSON.stringify(member) ?? ''),
  ]);
}

const MAX_FIELDS = 60;
const MASK = '••••';

export function valuesOf(fields: readonly Field[], show: Show, refOf: (field: number) => RunRef): readonly RunValue[] {
  return fields.slice(0, MAX_FIELDS).map(([name, value], field) => {
    const shown = show(name, value);
    return { name: visible(name, 60), value: visible(shown), ref: shown.includes(MASK) ? refOf(field) : null };
  });
}

export function exchangeView(index: number, run: Run, show: Show): RunExchange {
  const exchange = run.exchanges[index];
  if (exchange === undefined) return { line: '', answer: '', request: [], response: [] };
  const { request, outcome } = exchange;
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const side = (name: 'request' | 'response', fields: readonly Field[]): readonly RunValue[] =>
    valuesOf(fields, show, (field) => ({ in: 'exchange', index, side: name, field }));
  const w = runWords.steps;
  return {
    line: visible(`${request.method} ${url === null ? request.url : `${url.host}${url.pathname}`}`, 160),
    answer:
      outcome.is === 'response'
        ? String(outcome.response.status)
        : outcome.is === 'failed'
          ? `${w.noAnswer}: ${visible(show('reason', outcome.reason), 200)}`
          : w.unseen,
    request: side('request', requestFields(exchange)),
    response: side('response', responseFields(exchange)),
  };
}

/** The raw value behind a reference; `null` when it is gone. */
export function rawRunValue(run: Run, ref: RunRef): string | null {
  switch (ref.in) {
    case 'secret':
      return run.secrets[ref.name];
    case 'token':
      return run.secrets.tokens?.[ref.name] ?? null;
    case 'draft': {
      const draft = run.steps.find(({ key }) => key === ref.step)?.draft;
      return draft?.[ref.side][ref.field]?.[1] ?? null;
    }
    case 'exchange': {
      const exchange = run.exchanges[ref.index];
      if (exchange === undefined) return null;
      const fields = ref.side === 'request' ? requestFields(exchange) : responseFields(exchange);
      return fields[ref.field]?.[1] ?? null;
    }
  }
}
