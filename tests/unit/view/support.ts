import fc from 'fast-check';
import { analyse } from '../../../lib/analyse.ts';
import { createRedactor } from '../../../lib/engine/redact.ts';
import { collectSecrets } from '../../../lib/engine/secrets.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import type { ClientType, Flow } from '../../../lib/model/flow.ts';
import type { Exchange, Observation } from '../../../lib/model/observation.ts';
import type { FlowRule, Rule } from '../../../lib/model/rule.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { addressObservation } from '../../../lib/view/address.ts';
import type { AnalysisByClient } from '../../../lib/view/client-type.ts';
import type { PopupInput } from '../../../lib/view/popup.ts';

/** Any text, whatever its code points: controls, bidi marks, lone surrogates. */
export const anyText = (maxLength: number) =>
  fc.array(fc.nat(0x10ffff), { maxLength }).map((points) => String.fromCodePoint(...points));

/** Start of the clock of every trace. */
export const NOON = Date.UTC(2026, 0, 1);

export const STATE = 'af0ifjsldkjQ2w7zZk3q';
export const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
export const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyNDgyODk3NjEwMDEifQ.c2lnbmF0dXJl';
export const SECRET = 'gX1fBat3bV-super-secret-77';

const REDIRECT = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const PKCE = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const VERIFIER = 'code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const request = (more: string) => `GET https://as.example/authorize?client_id=web1&${REDIRECT}&${more}`;
const redirected = (to: string) => `302\nLocation: https://app.example/cb${to}\n\nGET https://app.example/cb${to}`;
const token = (more: string) => `
# initiator https://app.example
# resource xhr
# time +5
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=${CODE}&client_id=web1&${REDIRECT}${more}`;

/** The trace as watching sees it: few response headers, no response bodies. */
export function watched(trace: string): Exchange[] {
  return parseTrace(trace).map((exchange) => ({ ...exchange, capture: 'watch' }));
}

/** Sign-ins as the browser shows them. */
export const traces = {
  clean: `${request(`response_type=code&state=${STATE}&${PKCE}`)}

${redirected(`?code=${CODE}&state=${STATE}`)}

200
${token(`&${VERIFIER}`)}`,
  noPkce: `${request('response_type=code')}

${redirected(`?code=${CODE}`)}

200
${token('')}`,
  /** Whether a server or the page redeems the code is not to be seen. */
  unknownClient: `${request(`response_type=code&state=${STATE}`)}

${redirected(`?code=${CODE}&state=${STATE}`)}`,
  implicit: `${request(`response_type=token&state=${STATE}`)}

${redirected(`#access_token=${TOKEN}&token_type=Bearer&state=${STATE}`)}`,
  refused: `${request(`response_type=code&state=${STATE}&${PKCE}`)}

${redirected(`?error=access_denied&state=${STATE}`)}`,
  started: request(`response_type=code&state=${STATE}&${PKCE}`),
  silent: `${request(`response_type=code&prompt=none&state=${STATE}&${PKCE}`)}

${redirected(`?code=${CODE}&state=${STATE}`)}`,
  password: `
# initiator https://app.example
# resource xhr
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=password&username=alice&password=correct-horse-battery&client_id=web1`,
  ordinary: 'GET https://app.example/orders?page=2&sort=date',
} as const;

export async function byClient(
  observations: readonly Observation[],
  rules?: readonly Rule[],
): Promise<AnalysisByClient> {
  const as = (clientType: ClientType): Promise<Analysis> =>
    analyse(observations, { now: NOON, clientType, ...(rules === undefined ? {} : { rules }) });
  return { public: await as('public'), confidential: await as('confidential'), unknown: await as('unknown') };
}

/** One sign-in and its only flow. */
export async function judge(trace: string, rules?: readonly Rule[]): Promise<{ analysis: Analysis; flow: Flow }> {
  const { unknown } = await byClient(parseTrace(trace), rules);
  const [flow] = unknown.flows;
  if (flow === undefined) throw new Error('no flow in this trace');
  return { analysis: unknown, flow };
}

export const RULE: FlowRule = {
  id: 'test-rule',
  title: 'The state is short',
  subject: 'Length of the state',
  group: 'A',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 6749', section: '10.12', level: 'MUST' }],
  why: 'A short value can be guessed.',
  fix: 'Send a longer `state`.',
  copy: 'state=…',
  parents: [],
  check: (_, c) => c.pass,
};

const FEW_IDS: readonly string[] = [
  'implicit-flow',
  'token-in-fragment',
  'missing-pkce',
  'missing-state',
  'ropc-grant',
];

/** Some of the project's own rules: a view must not change because a rule was added. */
export const FEW_RULES: readonly Rule[] = RULES.filter(({ id }) => FEW_IDS.includes(id));

/** A rule made for one test. */
export function rule(part: Partial<FlowRule>): Rule {
  return { ...RULE, ...part };
}

export interface Setting {
  readonly trace?: string;
  readonly url?: string | null;
  readonly rules?: readonly Rule[];
  readonly part?: Partial<PopupInput>;
}

/** Everything that the popup is made from; `url` is the address of the tab. */
export async function inputOf({
  trace = '',
  url = 'https://app.example/',
  rules,
  part = {},
}: Setting): Promise<PopupInput> {
  const captured = await byClient(parseTrace(trace), rules);
  const address = url === null ? null : await byClient([addressObservation(url, 7)], rules);
  const secrets = collectSecrets([...captured.unknown.messages, ...(address?.unknown.messages ?? [])]);
  const redactor = createRedactor(secrets);
  return {
    tab: { id: 7, url, origin: url === null ? null : new URL(url).origin, restricted: null },
    pressed: url !== null,
    watching: 'none',
    check: null,
    recording: null,
    unwatched: new Set(),
    captured,
    address,
    notes: [],
    told: new Map(),
    mutes: [],
    chosen: null,
    before: null,
    online: true,
    now: NOON + 60_000,
    rules: rules ?? [RULE],
    show: redactor.value,
    ...part,
  };
}
