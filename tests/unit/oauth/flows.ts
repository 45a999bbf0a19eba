import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { ClientType, Flow } from '../../../lib/model/flow.ts';
import type { OAuthMessage } from '../../../lib/model/message.ts';
import { recognise } from '../../../lib/oauth/recognise.ts';

/** Messages of a trace as `kind at`, with the hop of a request or the channel of a response behind it. */
export function recognised(trace: string): string[] {
  return recognise(parseTrace(trace)).map((message) => `${message.kind} ${message.at}`);
}

/** Flows of a trace without any rule. */
export async function flowsOf(trace: string, clientType: ClientType = 'unknown'): Promise<readonly Flow[]> {
  return (await analyse(parseTrace(trace), { rules: [], clientType })).flows;
}

/** Each flow as its links: `kind by proof`, `?` behind one that is not sure, the hop where it is not the client's. */
export async function links(trace: string): Promise<string[][]> {
  return (await flowsOf(trace)).map((flow) =>
    flow.links.map(({ message, by, sure }) => `${message.kind}${hop(message)} by ${by}${sure ? '' : '?'}`),
  );
}

function hop(message: OAuthMessage): string {
  return message.kind === 'authorizationRequest' && message.hop !== 'client' ? ` (${message.hop})` : '';
}

const encoded = encodeURIComponent;

/** The first line of an authorization request. `more` is appended. */
export function authorize(values: {
  readonly at?: string;
  readonly type?: string;
  readonly client?: string;
  readonly to?: string;
  readonly state?: string | null;
  readonly more?: string;
}): string {
  const {
    at = 'https://as.example/authorize',
    type = 'code',
    client = 'web1',
    to = 'https://app.example/cb',
    state = 'af0ifjsldkjQ2w7',
    more = '',
  } = values;
  const query = `response_type=${encoded(type)}&client_id=${encoded(client)}&redirect_uri=${encoded(to)}`;
  return `GET ${at}?${query}${state === null ? '' : `&state=${encoded(state)}`}${more === '' ? '' : `&${more}`}`;
}

/** A token request with a form body. */
export function tokenRequest(body: string, at = 'https://as.example/token', headers: readonly string[] = []): string {
  return [`POST ${at}`, 'Content-Type: application/x-www-form-urlencoded', ...headers, '', body].join('\n');
}

/** A JSON answer. */
export function answer(document: Readonly<Record<string, unknown>>, status = 200): string {
  return [String(status), 'Content-Type: application/json', '', JSON.stringify(document)].join('\n');
}

/** Blocks of the trace language, an empty line between each. */
export function trace(...blocks: readonly string[]): string {
  return blocks.join('\n\n');
}

/** A redirect to that address. */
export function redirect(to: string, status = 302): string {
  return `${status}\nLocation: ${to}`;
}
