import type { Param, Place } from '../model/message.ts';
import type { Body, Seen } from '../model/observation.ts';
import { parseForm, parseJsonObject } from './params.ts';

/** Larger texts are no OAuth message and are not parsed. */
const MAX_BODY = 2_000_000;

/** Parameters of a body: parsed fields, form text, a flat JSON object or multipart text. Without a content type the text is sniffed. */
export function bodyParams(body: Seen<Body | null>, contentType: string | null, where: Place = 'body'): Param[] {
  if (!body.seen || body.value === null) return [];
  if (body.value.is === 'form') return body.value.fields.map(([name, value]) => ({ name, value, where }));
  const { text } = body.value;
  if (text === '' || text.length > MAX_BODY) return [];
  switch (bodySyntax(text, contentType)) {
    case 'json':
      return parseJsonObject(text, where);
    case 'form':
      return parseForm(text.trim(), where);
    case 'multipart':
      return parseMultipart(text, where);
    case 'other':
      return [];
  }
}

/** The JSON text of a body, for documents that are more than flat parameters. */
export function bodyText(body: Seen<Body | null>): string | null {
  return body.seen && body.value?.is === 'text' ? body.value.text : null;
}

function bodySyntax(text: string, contentType: string | null): 'json' | 'form' | 'multipart' | 'other' {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data') return 'multipart';
  const first = text.trimStart()[0];
  if (first === '{') return 'json';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  // `text/plain` is what fetch() sends for a string body without a type: clients do post forms that way.
  if (type !== '' && type !== 'text/plain' && type !== 'application/octet-stream') return 'other';
  return /^[^\s<>{}"]+=/.test(text.trimStart()) ? 'form' : 'other';
}

/** RFC 7578 §4.2, text fields only: file parts are skipped. */
function parseMultipart(text: string, where: Place): Param[] {
  const boundary = /^\s*(--[^\r\n]{1,100})\r?\n/.exec(text)?.[1];
  if (boundary === undefined) return [];
  const params: Param[] = [];
  for (const part of text.split(boundary).slice(1, 200)) {
    const gap = /\r?\n\r?\n/.exec(part);
    if (!gap) continue;
    const head = part.slice(0, gap.index);
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined || /;\s*filename/i.test(head)) continue;
    params.push({ name, value: part.slice(gap.index + gap[0].length).replace(/\r?\n$/, ''), where });
  }
  return params;
}
