import type { Rule } from '../model/rule.ts';
import * as list from './list.ts';

/** Every rule, in the order of the alphabet. */
export const RULES: readonly Rule[] = Object.values(list);
