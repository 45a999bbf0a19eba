import { expect, it } from 'vitest';
import { redactCapture } from '../../../lib/engine/redact-capture.ts';
import { harDocument } from '../../../lib/har/write.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import { recognise } from '../../../lib/oauth/recognise.ts';
import { BY_VALUE, CANARIES, type Canary, leaks, POSITIONS } from './canaries.ts';

/** Everything that an export can hold of a capture. */
function output(observations: readonly Observation[]): string {
  const har = harDocument(observations, { creator: { name: 'test', version: '0' }, comment: '' });
  return JSON.stringify([har, observations]);
}

function redacted(observations: readonly Observation[]): readonly Observation[] {
  return redactCapture({ observations, messages: recognise(observations) }).observations;
}

it('there are forty kinds of secrets', () => {
  expect(new Set(CANARIES.map(({ name }) => name)).size).toBe(40);
});

/** Canaries that leave, and those whose absence proves nothing because they would not have left anyway. */
function problems(observationsOf: (canary: Canary) => readonly Observation[]): string[] {
  return CANARIES.flatMap((canary) => {
    const observations = observationsOf(canary);
    return [
      ...leaks(output(redacted(observations)), canary).map((written) => `${canary.name} leaves as ${written}`),
      ...(leaks(output(observations), canary).length === 0 ? [`${canary.name} is not there`] : []),
    ];
  });
}

it.each(Object.entries(POSITIONS))('%s: no secret leaves, in no form; each would without redaction', (_, put) => {
  expect(problems((canary) => [put(canary)])).toEqual([]);
});

it.each(Object.entries(BY_VALUE))('%s: what is known from elsewhere does not leave', (_, put) => {
  const known = POSITIONS['form'];
  if (known === undefined) throw new Error('no form');
  expect(problems((canary) => [put(canary), known(canary)])).toEqual([]);
});
