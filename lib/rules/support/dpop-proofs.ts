import { dpopProofs, header } from '../../http/headers.ts';
import { isRecord } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { OAuthMessage } from '../../model/message.ts';
import type { Exchange } from '../../model/observation.ts';
import type { Evidence, Fail, Outcome, RuleContext, Severity } from '../../model/rule.ts';
import { SEVERITIES } from '../../model/rule.ts';
import { readCompactJose } from '../../token/jose.ts';
import { whatHidesTokens } from './hidden-tokens.ts';
import { areRequestsUnseen } from './other-requests.ts';
import { worstOf } from './outcomes.ts';

/** A DPoP proof in the header of a request (RFC 9449 §4.2), readable or not. */
export interface Proof {
  readonly message: OAuthMessage;
  readonly text: string;
  /** Number of proofs in the same request. */
  readonly count: number;
  readonly header: Readonly<Record<string, unknown>> | null;
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly evidence: Evidence;
}

/** Every proof of the flow's requests. */
export function proofsOf(flow: Flow): readonly Proof[] {
  return flow.messages.flatMap((message) => {
    if (message.at !== 'request') return [];
    const { headers } = message.exchange.request;
    const texts = dpopProofs(headers);
    const value = header(headers, 'dpop') ?? '';
    return texts.map((text): Proof => {
      const jose = readCompactJose(text);
      return {
        message,
        text,
        count: texts.length,
        header: jose?.header ?? null,
        claims: jose?.claims ?? null,
        evidence: { message, where: 'header', name: 'DPoP', value },
      };
    });
  });
}

/** What a rule about proofs answers: what `judge` says of each, or, where there is none, whether one could have been there. */
export function judgeProofs(flow: Flow, c: RuleContext, judge: (proof: Proof) => Outcome): Outcome {
  const proofs = proofsOf(flow);
  const outcomes = proofs.map((proof) => (proof.message.truncated ? c.cannotTell('request headers') : judge(proof)));
  if (proofs.length === 0 && flow.messages.some(isBlind)) outcomes.push(c.cannotTell('request headers'));
  return worstOfEachHost(outcomes, c);
}

/** The same for a rule whose evidence is mostly in the calls of APIs: who sends a proof for a token calls with proofs, too. */
export function judgeCallProofs(flow: Flow, c: RuleContext, judge: (proof: Proof) => Outcome): Outcome {
  return unlessCallsUnseen(flow, c, judgeProofs(flow, c, judge));
}

/** Nothing found is no answer where no call is seen, or where nobody can say which calls carry the tokens of the flow. */
export function unlessCallsUnseen(flow: Flow, c: RuleContext, outcome: Outcome): Outcome {
  if ((outcome.is !== 'pass' && outcome.is !== 'notApplicable') || proofsOf(flow).length === 0) return outcome;
  if (areRequestsUnseen(c)) return c.cannotTell('page');
  return c.once(whatHidesTokens) === 'response body' ? c.cannotTell('response body') : outcome;
}

/** A client repeats a fault in every request: one finding for each host and part of the rule tells it. */
export function worstOfEachHost(outcomes: readonly Outcome[], c: RuleContext): Outcome {
  const all = worstOf(outcomes, c);
  if (all.is !== 'fail') return all;
  const rank = ({ severity }: Fail): number => SEVERITIES.indexOf(severity ?? 'high');
  const kept = new Map<string, Fail>();
  for (const fail of all.fails) {
    const key = `${fail.evidence[0].message?.endpoint.host} ${fail.part ?? ''}`;
    const before = kept.get(key);
    if (before === undefined || rank(fail) < rank(before)) kept.set(key, fail);
  }
  return worstOf(
    [...kept.values()].map((fail) => c.fail(fail)),
    c,
  );
}

/** A request that could have carried a proof, without its headers. */
function isBlind(message: OAuthMessage): boolean {
  const could = ['tokenRequest', 'resourceRequest', 'userinfoRequest'].includes(message.kind);
  return could && !message.exchange.request.headers.seen;
}

/** What the server made of a request; `null` where its answer was not seen or says nothing. */
export function answerOf(flow: Flow, { exchange }: Pick<OAuthMessage, 'exchange'>): 'accepted' | 'refused' | null {
  if (exchange.outcome.is !== 'response') return null;
  const { status } = exchange.outcome.response;
  // Some servers answer a refused token request with status 200 (RFC 6749 §5.2 wants 400).
  const refused = flow.messages.some(
    (message) => message.kind === 'tokenResponse' && message.exchange.id === exchange.id && message.error !== null,
  );
  if (refused || (status >= 400 && status < 500)) return 'refused';
  return status >= 200 && status < 300 ? 'accepted' : null;
}

/** A server that accepts what it must refuse checks nothing; else the fault is the client's alone. */
export function severityOf(flow: Flow, message: OAuthMessage): Severity {
  return answerOf(flow, message) === 'accepted' ? 'high' : 'medium';
}

/** What the server made of the request, as a sentence that follows another. */
export function answerWords(flow: Flow, message: OAuthMessage, c: RuleContext): ReturnType<RuleContext['say']> {
  const host = c.plain(message.endpoint.host);
  const answer = answerOf(flow, message);
  if (answer === 'accepted') return c.say`${host} accepted it all the same.`;
  return answer === 'refused' ? c.say`${host} refused it.` : c.say`What ${host} made of it was not seen.`;
}

/** Sent again by the browser itself, with the headers of the hop before. */
export function isRedirected(exchange: Exchange): boolean {
  return exchange.redirectedFrom !== null;
}

/** Thumbprint of the key that a JWT access token is bound to (RFC 9449 §6.1); `null` where it says none. */
export function boundKey(token: string): string | null {
  const cnf = readCompactJose(token)?.claims?.['cnf'];
  const jkt = isRecord(cnf) ? cnf['jkt'] : undefined;
  return typeof jkt === 'string' ? jkt : null;
}
