import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { refusal, withRule } from '../../../scripts/rule-skeleton.ts';

const ID = 'sample-of-a-rule';
const FILE = `lib/rules/${ID}.ts`;
const root = process.cwd();
const modules = join(root, 'node_modules');

/** A copy of the project, as far as a new rule needs it. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-rule-'));
  for (const path of ['lib', 'scripts', 'tests/unit/rules', 'package.json', 'biome.json', '.biome']) {
    await cp(join(root, path), join(copy, path), { recursive: true });
  }
  await symlink(modules, join(copy, 'node_modules'), 'junction');
});
afterAll(() => rm(copy, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
}

function node(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out: stdout + stderr });
    });
  });
}

const newRule = (...args: readonly string[]): Promise<Ended> => node('scripts/new-rule.ts', ...args);

/** What is wrong with each example of the new rule. */
async function complaints(): Promise<Record<string, string>> {
  const { code, out } = await node(
    '--input-type=module',
    '--eval',
    `import { examples, rule } from './${FILE}';
     import { complaint } from './tests/unit/rules/run-examples.ts';
     const found = {};
     for (const [sort, list] of Object.entries(examples)) {
       for (const example of list) {
         const text = await complaint(rule, sort, example);
         if (text !== null) found[sort] = text;
       }
     }
     console.log(JSON.stringify(found));`,
  );
  if (code !== 0) throw new Error(out);
  return JSON.parse(out);
}

test('npm run new-rule writes a file that compiles and lints, and whose tests fail until it is filled in', async () => {
  const before = await readFile(join(copy, 'lib/rules/list.ts'), 'utf8');
  expect(await newRule(ID, 'B')).toMatchObject({ code: 0 });
  const file = await readFile(join(copy, FILE), 'utf8');
  expect(file).toContain(`id: '${ID}',`);
  expect(file).toContain("group: 'B',");

  const after = await readFile(join(copy, 'lib/rules/list.ts'), 'utf8');
  const added = after.split('\n').filter((line) => !before.includes(line));
  expect(added).toEqual([`export { rule as sampleOfARule } from './${ID}.ts';`]);

  await writeFile(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.core.json'), include: [FILE, 'lib/platform.d.ts'] }),
  );
  expect(await node(join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.json')).toEqual({ code: 0, out: '' });
  const biome = join(modules, '@biomejs/biome/bin/biome');
  const checked = await node(biome, 'check', '--vcs-enabled=false', FILE, 'lib/rules/list.ts');
  expect(checked.code, checked.out).toBe(0);

  expect(Object.keys(await complaints())).toEqual(['violation', 'lookAlike']);
  const filled = file
    .replaceAll("'PARAMETER'", "'display'")
    .replace("name: 'what is wrong', trace: REQUEST", "name: 'what is wrong', trace: REQUEST + '&display=popup'")
    .replace(
      "innocent', trace: REQUEST",
      "innocent', trace: 'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&display=popup'",
    );
  await writeFile(join(copy, FILE), filled);
  expect(await complaints()).toEqual({});
});

test('npm run new-rule writes over nothing', async () => {
  const before = await readFile(join(copy, 'lib/rules/list.ts'), 'utf8');
  expect(await newRule('missing-state')).toEqual({ code: 2, out: 'lib/rules/missing-state.ts is there already\n' });
  expect((await newRule('../evil-path')).code).toBe(2);
  expect(await readFile(join(copy, 'lib/rules/list.ts'), 'utf8')).toBe(before);
});

test.each([
  ['missing-state', 'A', null],
  ['a-2', 'M', null],
  ['', 'A', '"" is no rule id: expected words in lower case joined by hyphens, such as missing-state'],
  [
    'Missing-State',
    'A',
    '"Missing-State" is no rule id: expected words in lower case joined by hyphens, such as missing-state',
  ],
  [
    '../evil-path',
    'A',
    '"../evil-path" is no rule id: expected words in lower case joined by hyphens, such as missing-state',
  ],
  ['state', 'A', '"state" is no rule id: expected words in lower case joined by hyphens, such as missing-state'],
  ['missing-state', 'Z', '"Z" is no group: expected a letter from A to M'],
])('%j in group %j', (id, group, why) => {
  expect(refusal(id, group)).toBe(why);
});

describe('the list of rules', () => {
  test('stays in the order of the alphabet, at its ends too', () => {
    const list = "// Why.\nexport { rule as mmM } from './mm-m.ts';\n";
    expect(['zz-last', 'aa-first', 'no-two', 'no-one'].reduce(withRule, list)).toBe(`// Why.
export { rule as aaFirst } from './aa-first.ts';
export { rule as mmM } from './mm-m.ts';
export { rule as noOne } from './no-one.ts';
export { rule as noTwo } from './no-two.ts';
export { rule as zzLast } from './zz-last.ts';
`);
  });

  test('of another shape is left alone', () => {
    expect(() => withRule('export const RULES = [];', 'aa-first')).toThrow('another shape');
  });
});

test('every rule there is has a name that the command would take', async () => {
  const list = await readFile('lib/rules/list.ts', 'utf8');
  const ids = [...list.matchAll(/'\.\/([^']+)\.ts'/g)].map(([, id]) => id ?? '');
  expect(ids.length).toBeGreaterThan(2);
  expect(ids.map((id) => refusal(id, 'A')).filter((why) => why !== null)).toEqual([]);
});
