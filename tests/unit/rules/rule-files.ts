import { readdirSync } from 'node:fs';
import type { Examples } from '../../../lib/model/example.ts';
import type { Rule } from '../../../lib/model/rule.ts';

const FOLDER = new URL('../../../lib/rules/', import.meta.url);
/** Files of `lib/rules` that are no rule. */
const OTHERS = new Set(['index.ts', 'list.ts', 'profiles.ts', 'specs.ts']);

export interface RuleFile {
  readonly file: string;
  readonly rule: Rule;
  readonly examples: Examples;
}

/** Every rule file with its examples, in the order of their names. */
export function loadRuleFiles(): Promise<RuleFile[]> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !OTHERS.has(name));
  return Promise.all(
    names.sort().map(async (file) => {
      const module = (await import(new URL(file, FOLDER).href)) as Omit<RuleFile, 'file'>;
      return { file, rule: module.rule, examples: module.examples };
    }),
  );
}
