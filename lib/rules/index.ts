import type { Rule } from '../model/rule.ts';
import { rule as implicitFlow } from './implicit-flow.ts';
import { rule as missingPkce } from './missing-pkce.ts';
import { rule as missingState } from './missing-state.ts';
import { rule as pkceMismatch } from './pkce-mismatch.ts';
import { rule as pkcePlain } from './pkce-plain.ts';
import { rule as stateMismatch } from './state-mismatch.ts';
import { rule as stateMissingInResponse } from './state-missing-in-response.ts';
import { rule as tokenInFragment } from './token-in-fragment.ts';
import { rule as tokenInQuery } from './token-in-query.ts';

/** Every rule. One line each; a rule's examples stay out of here and so out of the bundles. */
export const RULES: readonly Rule[] = [
  implicitFlow,
  missingPkce,
  missingState,
  pkceMismatch,
  pkcePlain,
  stateMismatch,
  stateMissingInResponse,
  tokenInFragment,
  tokenInQuery,
];
