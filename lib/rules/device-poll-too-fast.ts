import { bodyText } from '../http/body.ts';
import { isRecord, paramValue, parseJson } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';

/** RFC 8628 §3.2: what holds where the server names no interval, and §3.5: what each `slow_down` adds. */
const DEFAULT_SECONDS = 5;
/** Timers of clients and clocks of recorders are no better. */
const TOLERANCE_SECONDS = 0.5;
/** One hasty poll can follow a failed connection. */
const MIN_HASTY = 3;

export const rule: Rule = {
  id: 'device-poll-too-fast',
  title: 'Device grant polled faster than the server allows',
  subject: 'Polling interval of the device grant',
  group: 'C',
  severity: 'low',
  confidence: 'certain',
  needs: ['token request', 'request body', 'response body'],
  references: [{ spec: 'RFC 8628', section: '3.5', level: 'MUST' }],
  why: 'The server may answer slower and slower or refuse the client.',
  fix: 'Wait for the `interval` of the server between two polls, and five seconds more after each `slow_down`.',
  parents: [],

  check(flow, c) {
    const polls = messagesOf(flow, 'tokenRequest').filter((m) => paramValue(m, 'device_code') !== null);
    const [first] = polls;
    if (first === undefined) return c.notApplicable;
    if (polls.some((poll) => poll.exchange.time === null)) return c.cannotTell('token request');
    const hasty = hastyPolls(flow, polls);
    const [one] = hasty;
    // A longer interval, or `slow_down`, may stand where nobody could read it; so may a shorter one.
    if (isIntervalHidden(flow)) return c.cannotTell('response body');
    if (one === undefined || hasty.length < MIN_HASTY) {
      return polls.slice(0, -1).some((poll) => isAnswerHidden(flow, poll)) ? c.cannotTell('response body') : c.pass;
    }
    return c.fail({
      evidence: [
        { message: one.poll, where: 'body', name: 'device_code', value: paramValue(one.poll, 'device_code') ?? '' },
      ],
      summary: c.say`${hasty.length} polls came sooner than the server allows, one after ${one.after} s instead of ${one.allowed} s.`,
    });
  },
};

interface HastyPoll {
  readonly poll: TokenRequest;
  readonly after: number;
  readonly allowed: number;
}

function hastyPolls(flow: Flow, polls: readonly TokenRequest[]): HastyPoll[] {
  const hasty: HastyPoll[] = [];
  let allowed = intervalOf(flow);
  polls.forEach((poll, index) => {
    const before = polls[index - 1];
    if (before !== undefined) {
      if (saysSlowDown(flow, before)) allowed += DEFAULT_SECONDS;
      const after = ((poll.exchange.time ?? 0) - (before.exchange.time ?? 0)) / 1000;
      if (after < allowed - TOLERANCE_SECONDS) hasty.push({ poll, after, allowed });
    }
  });
  return hasty;
}

function intervalOf(flow: Flow): number {
  const [answer] = messagesOf(flow, 'deviceAuthorizationResponse');
  const interval = Number(answer === undefined ? Number.NaN : (paramValue(answer, 'interval') ?? Number.NaN));
  return Number.isFinite(interval) && interval >= 0 ? interval : DEFAULT_SECONDS;
}

function isIntervalHidden(flow: Flow): boolean {
  return messagesOf(flow, 'deviceAuthorizationResponse').every(({ bodyHidden }) => bodyHidden !== null);
}

/** An error whose name nobody could read. */
function isAnswerHidden(flow: Flow, { exchange: { id, outcome } }: TokenRequest): boolean {
  if (outcome.is !== 'response' || outcome.response.status < 400) return false;
  return messagesOf(flow, 'tokenResponse').some(
    ({ exchange, bodyHidden }) => exchange.id === id && bodyHidden !== null,
  );
}

function saysSlowDown(flow: Flow, poll: TokenRequest): boolean {
  const answer = messagesOf(flow, 'tokenResponse').find((message) => message.exchange.id === poll.exchange.id);
  if (answer === undefined || answer.exchange.outcome.is !== 'response') return false;
  const body = parseJson(bodyText(answer.exchange.outcome.response.body) ?? '');
  return isRecord(body) && body['error'] === 'slow_down';
}

const START = (interval: string): string => `
# time +0
POST https://as.example/device_authorization
Content-Type: application/x-www-form-urlencoded

client_id=tv1&scope=openid

200
Content-Type: application/json

{"device_code":"GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT","verification_uri":"https://as.example/device"${interval}}
`;
const poll = (seconds: number, error = 'authorization_pending'): string => `
# time +${seconds}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=tv1&device_code=GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eS

400
Content-Type: application/json

{"error":"${error}"}
`;
const polls = (...times: number[]): string => times.map((time) => poll(time)).join('\n');

export const examples: Examples = {
  violation: [
    { name: 'every second, and the server names no interval', trace: START('') + polls(5, 6, 7, 8), severity: 'low' },
    { name: 'faster than the named interval', trace: START(',"interval":10') + polls(10, 15, 20, 25), severity: 'low' },
    {
      name: 'an interval that is no number counts as five seconds',
      trace: START(',"interval":"soon"') + polls(5, 6, 7, 8),
      severity: 'low',
    },
    {
      name: 'a negative interval counts as five seconds',
      trace: START(',"interval":-1') + polls(5, 6, 7, 8),
      severity: 'low',
    },
    {
      name: 'on and on after slow_down',
      trace: START('') + poll(5, 'slow_down') + polls(10, 15, 20),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'every five seconds', trace: START('') + polls(5, 10, 15, 20) },
    { name: 'as fast as the server allows', trace: START(',"interval":1') + polls(1, 2, 3, 4) },
    { name: 'slower after slow_down', trace: START('') + poll(5, 'slow_down') + polls(15, 25, 35) },
    { name: 'a little early', trace: START('') + polls(5, 9.6, 14.2, 18.8) },
  ],
  lookAlike: [
    { name: 'two hasty polls after a failure', trace: START('') + polls(5, 6, 7, 12), verdict: 'pass' },
    {
      name: 'token requests without a device code',
      trace: [1, 2, 3, 4]
        .map(
          (time) =>
            `# time +${time}\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA\n`,
        )
        .join('\n'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the answer with the interval is hidden',
      trace: START(',"interval":1').replace('POST', '# hides response-body\nPOST') + polls(1, 2, 3, 4),
      missing: ['response body'],
    },
    { name: 'it was not seen', trace: polls(1, 2, 3, 4), missing: ['response body'] },
    {
      name: 'an answer that may have asked for more time is hidden',
      trace: START('') + poll(5, 'slow_down').replace('POST', '# hides response-body\nPOST') + polls(10, 15, 20),
      missing: ['response body'],
    },
  ],
};
