import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseObservations } from '../../../lib/http/trace.ts';
import type { Body, Exchange, Header, Observation, Outcome, Seen } from '../../../lib/model/observation.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { anyText } from '../any-text.ts';
import { leaksIn, secretsIn } from '../engine/leaks.ts';
import { seeded } from '../har/seeded.ts';
import { loadRuleFiles } from './rule-files.ts';
import { analyseExample, samplesOf } from './traffic.ts';

/** What happens to one parameter, header or part. */
type Twist =
  | { readonly is: 'keep' | 'drop' | 'twice' | 'empty' | 'hide' | 'truncate' | 'capital' }
  | { readonly is: 'replace'; readonly text: string };

const twist: fc.Arbitrary<Twist> = fc.oneof(
  { arbitrary: fc.record({ is: fc.constant('keep' as const) }), weight: 12 },
  { arbitrary: fc.record({ is: fc.constantFrom('drop', 'twice', 'empty', 'hide', 'truncate', 'capital') }), weight: 4 },
  { arbitrary: fc.record({ is: fc.constant('replace' as const), text: anyText(30) }), weight: 1 },
);

/** Deals the twists out one after the other, from the start again when they run out. */
class Twists {
  readonly #list: readonly Twist[];
  #at = 0;

  constructor(list: readonly Twist[]) {
    this.#list = list;
  }

  next(): Twist {
    return this.#list[this.#at++ % this.#list.length] ?? { is: 'keep' };
  }
}

function mutate(observation: Observation, twists: Twists): Observation[] {
  switch (observation.is) {
    case 'exchange':
      return mutateExchange(observation, twists);
    case 'storage':
      return [
        {
          ...observation,
          truncated: twists.next().is === 'truncate' || observation.truncated,
          items: observation.items.flatMap(([key, value]): (readonly [string, string])[] => {
            const change = twists.next();
            if (change.is === 'drop') return [];
            if (change.is === 'twice')
              return [
                [key, value],
                [`${key} again`, value],
              ];
            if (change.is === 'capital') return [[key.toUpperCase(), value]];
            if (change.is === 'truncate') return [[key, value.slice(0, value.length / 2)]];
            return [[key, change.is === 'replace' ? change.text : change.is === 'empty' ? '' : value]];
          }),
        },
      ];
    case 'script': {
      const change = twists.next();
      if (change.is === 'drop') return [];
      const { text } = observation;
      const cut =
        change.is === 'truncate' ? text.slice(0, text.length / 2) : change.is === 'twice' ? text + text : text;
      return [{ ...observation, text: change.is === 'replace' ? change.text : cut }];
    }
  }
}

function mutateExchange(exchange: Exchange, twists: Twists): Exchange[] {
  const { request, outcome } = exchange;
  const changed: Exchange = {
    ...exchange,
    truncated: twists.next().is === 'truncate' || exchange.truncated,
    request: {
      method: request.method,
      url: request.url.replace(/(?<=[?#]).*$/s, (params) => paramsOf(params, twists)),
      headers: headersOf(request.headers, twists),
      body: bodyOf(request.body, twists),
    },
    outcome: outcomeOf(outcome, twists),
  };
  const fate = twists.next().is;
  return fate === 'drop' ? [] : fate === 'twice' ? [changed, { ...changed, id: `${changed.id} again` }] : [changed];
}

function outcomeOf(outcome: Outcome, twists: Twists): Outcome {
  const fate = twists.next().is;
  if (fate === 'drop') return { is: 'unknown' };
  if (fate === 'hide') return { is: 'failed', reason: 'net::ERR_ABORTED' };
  if (outcome.is !== 'response') return outcome;
  const { status, headers, body } = outcome.response;
  return {
    is: 'response',
    response: {
      status: fate === 'empty' ? 500 : status,
      headers: headersOf(headers, twists),
      body: bodyOf(body, twists),
    },
  };
}

function paramsOf(text: string, twists: Twists): string {
  return text
    .split(/(?=[&#])/)
    .flatMap((param) => pieceOf(param, twists))
    .join('');
}

/** A `name=value`, with what separates it from the one before. */
function pieceOf(piece: string, twists: Twists): string[] {
  const change = twists.next();
  switch (change.is) {
    case 'drop':
      return [];
    case 'twice':
      return [piece, piece.startsWith('&') ? piece : `&${piece}`];
    case 'empty':
      return [piece.replace(/=.*$/s, '=')];
    case 'capital':
      return [piece.toUpperCase()];
    case 'replace':
      return [piece.replace(/=.*$/s, () => `=${encodeURIComponent(change.text.replace(/[\ud800-\udfff]/g, ''))}`)];
    default:
      return [piece];
  }
}

function headersOf(headers: Seen<readonly Header[]>, twists: Twists): Seen<readonly Header[]> {
  if (!headers.seen) return headers;
  if (twists.next().is === 'hide') return unseen('stripped');
  return seen(
    headers.value.flatMap(([name, value]): Header[] => {
      const change = twists.next();
      if (change.is === 'drop') return [];
      if (change.is === 'twice')
        return [
          [name, value],
          [name, value],
        ];
      if (change.is === 'capital') return [[name.toUpperCase(), value]];
      return [[name, change.is === 'replace' ? change.text : change.is === 'empty' ? '' : value]];
    }),
  );
}

function bodyOf(body: Seen<Body | null>, twists: Twists): Seen<Body | null> {
  const change = twists.next();
  if (change.is === 'hide') return unseen('api-hides-it');
  if (!body.seen || body.value?.is !== 'text') return body;
  if (change.is === 'drop') return seen(null);
  const { text } = body.value;
  if (change.is === 'replace') return seen({ is: 'text', text: change.text });
  if (change.is === 'truncate') return seen({ is: 'text', text: text.slice(0, text.length / 2) });
  return seen({ is: 'text', text: text.startsWith('{') ? text : paramsOf(text, twists) });
}

const samples = samplesOf(await loadRuleFiles());

test('no rule throws, and no secret leaves, whatever is missing, doubled, cut or hidden', async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(twist, { minLength: 20, maxLength: 40 }),
      fc.constantFrom('public', 'confidential', 'unknown'),
      async ({ example }, list, clientType) => {
        const twists = new Twists(list);
        const exchanges = parseObservations(example.trace).flatMap((observation) => mutate(observation, twists));
        const { analysis } = await analyseExample(exchanges, { ...example, clientType }, RULES);
        messages += analysis.messages.length;
        expect(analysis.verdicts.filter((verdict) => verdict.is === 'error')).toEqual([]);
        expect(leaksIn(analysis, secretsIn(exchanges))).toEqual([]);
      },
    ),
    seeded(300),
  );
  expect(messages).toBeGreaterThan(150);
});
