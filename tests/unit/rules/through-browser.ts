import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../../../lib/log/records.ts';
import {
  type Exchange,
  type Header,
  type Observation,
  type Outcome,
  seen,
  unseen,
} from '../../../lib/model/observation.ts';
import { mayBeOAuth } from '../../../lib/oauth/recognise.ts';
import { isTokenEndpoint } from '../adapters/endpoint-patterns.ts';

type Names = Pick<ReadonlySet<string>, 'has'>;

/** What is left of it where Watch saw it: navigations of OAuth and what goes to back-channel endpoints. */
export function asWatchSees(observation: Observation): readonly Observation[] {
  if (observation.is !== 'exchange') return [];
  const { request, outcome, resource } = observation;
  const watched: Exchange = { ...observation, capture: 'watch' };
  if (isTokenEndpoint(request.url.replace(/#.*$/s, ''))) {
    if (request.method === 'OPTIONS') return [];
    return [
      {
        ...watched,
        resource: 'xhr',
        request: { ...request, headers: only(request.headers, REQUEST_HEADERS) },
        outcome: withoutBody(outcome, RESPONSE_HEADERS),
      },
    ];
  }
  const moves = outcome.is === 'response' && outcome.response.status >= 300 && outcome.response.status < 400;
  if (resource !== null && resource !== 'document' && resource !== 'frame') return [];
  if (!mayBeOAuth(request.url) && !isForm(observation)) return [];
  return [
    {
      ...watched,
      resource: resource ?? 'document',
      request: { ...request, headers: unseen('stripped') },
      outcome: moves ? withoutBody(outcome, RESPONSE_HEADERS) : { is: 'unknown' },
    },
  ];
}

const isForm = ({ request: { body } }: Exchange): boolean =>
  body.seen &&
  body.value !== null &&
  mayBeOAuth(
    `https://x/?${body.value.is === 'text' ? body.value.text : new URLSearchParams(body.value.fields.map(([n, v]) => [n, v]))}`,
  );

/** The same where the tab was recorded without hooks in its page: no cookie that is sent, no body that is answered. */
export function asRecordSees(observation: Observation): readonly Observation[] {
  if (observation.is === 'script') {
    return observation.found === 'console' || observation.found === 'message'
      ? []
      : [{ ...observation, capture: 'page' }];
  }
  if (observation.is === 'storage') return [{ ...observation, capture: 'page' }];
  const { request, outcome } = observation;
  if (request.method === 'OPTIONS') return [];
  return [
    {
      ...observation,
      capture: 'record',
      request: { ...request, headers: only(request.headers, { has: (name) => name !== 'cookie' }) },
      outcome: withoutBody(outcome, { has: () => true }),
    },
  ];
}

function only(headers: Exchange['request']['headers'], names: Names): Exchange['request']['headers'] {
  if (!headers.seen) return headers;
  return seen(headers.value.filter(([name]: Header) => names.has(name.toLowerCase()) || name === 'Location'));
}

function withoutBody(outcome: Outcome, names: Names): Outcome {
  if (outcome.is !== 'response') return outcome;
  const { status, headers } = outcome.response;
  return { is: 'response', response: { status, headers: only(headers, names), body: unseen('api-hides-it') } };
}
