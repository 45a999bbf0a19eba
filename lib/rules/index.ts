import type { Rule } from '../model/rule.ts';

/** Every rule, in the order of the catalogue. One line each; a rule's examples stay out of here and so out of the bundles. */
export const RULES: readonly Rule[] = [];
