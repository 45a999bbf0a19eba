import type { Group } from '../lib/model/rule.ts';

/** Why there can be no such rule; `null` where there can. An id is also a file name. */
export function refusal(id: string, group: string): string | null {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
    return `"${id}" is no rule id: expected words in lower case joined by hyphens, such as missing-state`;
  }
  return isGroup(group) ? null : `"${group}" is no group: expected a letter from A to M`;
}

export function isGroup(letter: string): letter is Group {
  return /^[A-M]$/.test(letter);
}

/**
 * The file of a new rule. It compiles and lints; its tests fail until the words, the references and the examples are
 * filled in.
 */
export function ruleSkeleton(id: string, group: Group): string {
  return `import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';

export const rule: Rule = {
  id: '${id}',
  title: 'state the defect',
  subject: 'name what is judged',
  group: '${group}',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [],
  why: 'one sentence: what an attacker or a failure gets from it',
  fix: 'one sentence in the imperative',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') return c.notApplicable;
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const { message } = request;
    const found = param(message, 'PARAMETER');
    if (found === null) return message.truncated ? c.cannotTell('whole address') : c.pass;
    return c.fail({ evidence: [c.at(message, found)], summary: c.say\`What was seen, in one sentence.\` });
  },
};

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [{ name: 'what is wrong', trace: REQUEST, severity: 'medium' }],
  clean: [{ name: 'the same, done right', trace: REQUEST }],
  lookAlike: [{ name: 'holds the very parameter and is innocent', trace: REQUEST, verdict: 'notApplicable' }],
  cannotTell: [{ name: 'the address was cut', trace: \`# truncated\\n\${REQUEST}\`, missing: ['whole address'] }],
};
`;
}

/** The list of rules with one more line, in the order of the alphabet. */
export function withRule(list: string, id: string): string {
  const kind = /^export \{ rule as \w+ \} from '\.\/(.*)\.ts';$/;
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const lines = list.split('\n');
  const last = lines.findLastIndex((line) => kind.test(line));
  if (last < 0) throw new Error('lib/rules/list.ts has another shape than expected: add the rule by hand');
  const before = lines.findIndex((line) => (kind.exec(line)?.[1] ?? '') > id);
  lines.splice(before < 0 ? last + 1 : before, 0, `export { rule as ${name} } from './${id}.ts';`);
  return lines.join('\n');
}
