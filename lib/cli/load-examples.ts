import { isRecord } from '../http/params.ts';
import type { ExampleCounts } from '../report/rule-list.ts';

/** How many examples of each sort the file of a rule has. Examples stay out of the index, so each file is loaded here. */
export async function exampleCounts(rule: string): Promise<ExampleCounts> {
  const module: unknown = await import(new URL(`../rules/${rule}.ts`, import.meta.url).href);
  const examples = isRecord(module) && isRecord(module['examples']) ? module['examples'] : {};
  const size = (sort: string): number => {
    const list = examples[sort];
    return Array.isArray(list) ? list.length : 0;
  };
  return {
    violation: size('violation'),
    clean: size('clean'),
    lookAlike: size('lookAlike'),
    cannotTell: size('cannotTell'),
  };
}
