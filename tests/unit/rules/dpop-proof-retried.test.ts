import { expect, test } from 'vitest';

import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Outcome } from '../../../lib/model/observation.ts';
import { rule } from '../../../lib/rules/dpop-proof-reused.ts';
import { exampleProof, tokenRequest } from '../../../lib/rules/support/example-proofs.ts';

const twice = parseTrace(
  tokenRequest([`DPoP: ${exampleProof()}`], null) + tokenRequest([`DPoP: ${exampleProof()}`], null),
);

test.each<[Outcome, string]>([
  [{ is: 'failed', reason: 'net::ERR_CONNECTION_RESET' }, 'pass'],
  [{ is: 'unknown' }, 'fail'],
])('a proof that was sent again after a request with the outcome %j: %s', async (outcome, verdict) => {
  const exchanges = twice.map((exchange, index) => (index === 0 ? { ...exchange, outcome } : exchange));
  const { verdicts } = await analyse(exchanges, { rules: [rule] });
  expect(verdicts.map(({ is }) => is)).toEqual([verdict]);
});
