import { parseArgs } from 'node:util';
import { type RuleList, ruleEntry, ruleListMarkdown, ruleListText } from '../report/rule-list.ts';
import { RULES } from '../rules/index.ts';
import { specUrl } from '../rules/specs.ts';
import { oneOf } from './audit-options.ts';
import { exampleCounts } from './load-examples.ts';
import type { Streams } from './streams.ts';
import { MAX_WIDTH, UsageError } from './usage.ts';

/** Lists the rules. @returns the exit code. */
export async function rules(args: readonly string[], streams: Streams): Promise<number> {
  const format = formatOption(args);
  const entries = RULES.map(async (rule) => ruleEntry(rule, await exampleCounts(rule.id), specUrl));
  const list: RuleList = { schema: 1, rules: await Promise.all(entries) };
  switch (format) {
    case 'json':
      streams.out(`${JSON.stringify(list, null, 2)}\n`);
      break;
    case 'markdown':
      streams.out(ruleListMarkdown(list));
      break;
    case 'text':
      streams.out(
        ruleListText(list, { width: Math.min(streams.columns ?? MAX_WIDTH, MAX_WIDTH), paint: streams.paint }),
      );
      break;
  }
  return 0;
}

function formatOption(args: readonly string[]): 'text' | 'json' | 'markdown' {
  try {
    const { values } = parseArgs({ args: [...args], options: { format: { type: 'string', default: 'text' } } });
    return oneOf('--format', values.format, ['text', 'json', 'markdown']);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}
