import { parseForm, queryOf } from '../http/params.ts';
import type { Analysis } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { OAuthMessage, Param } from '../model/message.ts';
import { type Exchange, unseen } from '../model/observation.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Severity } from '../model/rule.ts';
import { findingsOf } from './findings.ts';
import { worst } from './mark.ts';
import { visible } from './text.ts';
import { words } from './words.ts';

/** Makes one parameter of an address safe to show: masked, or in clear where it is known to hold no secret. */
export type ShowValue = (name: string, value: string) => Redacted;

export interface AddressParam {
  /** What stands before the name: `?`, `&` or `#`. */
  readonly lead: string;
  readonly name: string;
  /** `null`: a name without `=`. */
  readonly value: string | null;
  /** Worst finding that points at it. */
  readonly mark: Severity | null;
}

export interface AddressView {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly params: readonly AddressParam[];
  /** Parameters that are not listed. */
  readonly more: number;
}

/** More parameters than this are counted, not listed. */
const LISTED = 12;
const NAME_CAP = 32;
const VALUE_CAP = 64;
const PATH_CAP = 120;

/** The address of a tab as an observation: what was sent and answered is not known, only that it is there. */
export function addressObservation(url: string, tab: number | null): Exchange {
  return {
    is: 'exchange',
    id: 'address',
    trace: 'address',
    capture: 'address',
    time: null,
    tab,
    resource: 'document',
    initiator: null,
    redirectedFrom: null,
    truncated: false,
    request: { method: 'GET', url, headers: unseen('stripped'), body: unseen('stripped') },
    outcome: { is: 'unknown' },
    source: { source: 0, entry: 0 },
  };
}

/** The address with names readable, values safe, and a mark at each parameter that a finding points at. */
export function addressView(
  url: string,
  show: ShowValue,
  judged: { readonly analysis: Analysis; readonly flow: Flow } | null,
): AddressView | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const fragment = parsed.hash.slice(1);
  const params = [
    ...parseForm(queryOf(url), 'query').map((param, index) => ({ param, lead: index === 0 ? '?' : '&' })),
    ...fragmentParams(fragment).map((param, index) => ({ param, lead: index === 0 ? '#' : '&' })),
  ];
  const marks = judged === null ? [] : evidenceMarks(judged.analysis, judged.flow);
  const markOf = ({ name, where }: Param): Severity | null =>
    worst(marks.filter((mark) => mark.where === where && mark.name === name).map((mark) => mark.severity));
  return {
    scheme: `${parsed.protocol}//`,
    host: visible(parsed.host, 253),
    path: visible(show('path', parsed.pathname), PATH_CAP),
    params: params.slice(0, LISTED).map(({ param, lead }) => ({
      lead,
      name: visible(param.name, NAME_CAP),
      value: param.value === '' ? null : visible(show(param.name, param.value), VALUE_CAP),
      mark: markOf(param),
    })),
    more: Math.max(0, params.length - LISTED),
  };
}

/** A fragment with `=` is form data; without, it is a place in the page and one name. */
function fragmentParams(fragment: string): readonly Param[] {
  if (fragment === '') return [];
  if (fragment.includes('=')) return parseForm(fragment, 'fragment');
  return [{ name: fragment, value: '', where: 'fragment' }];
}

function evidenceMarks(
  analysis: Analysis,
  flow: Flow,
): readonly { readonly where: string; readonly name: string; readonly severity: Severity }[] {
  return findingsOf(analysis, flow).flatMap((finding) =>
    finding.evidence
      .filter((evidence) => evidence.value !== undefined)
      .map(({ where, name }) => ({ where, name, severity: finding.severity })),
  );
}

/** What the address is, as a sentence. */
export function addressHeading(message: OAuthMessage | undefined): string {
  const w = words.address;
  if (message === undefined) return w.nothing;
  if (message.kind === 'authorizationResponse') return message.error === null ? w.response : w.errorResponse;
  return message.kind === 'authorizationRequest' ? w.request : w.other;
}

/** The issuer that an address names (RFC 9207 `iss`), as an origin that can be asked for; `null` where none. */
export function issuerOrigin(url: string): string | null {
  for (const { name, value } of [...parseForm(queryOf(url), 'query')]) {
    if (name !== 'iss') continue;
    try {
      const { origin, protocol } = new URL(value);
      return protocol === 'https:' ? origin : null;
    } catch {
      return null;
    }
  }
  return null;
}
