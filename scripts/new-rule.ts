import { access, readFile, writeFile } from 'node:fs/promises';
import { isGroup, refusal, ruleSkeleton, withRule } from './rule-skeleton.ts';

// npm run new-rule <id> [group letter]
const [id = '', group = 'A'] = process.argv.slice(2);
const rules = new URL('../lib/rules/', import.meta.url);
const file = new URL(`${id}.ts`, rules);
const list = new URL('list.ts', rules);

const refused = refusal(id, group) ?? ((await exists(file)) ? `lib/rules/${id}.ts is there already` : null);
if (refused !== null || !isGroup(group)) {
  process.stderr.write(`${refused}\n`);
  process.exitCode = 2;
} else {
  const listed = withRule(await readFile(list, 'utf8'), id);
  await writeFile(file, ruleSkeleton(id, group), { flag: 'wx' });
  await writeFile(list, listed);
  process.stdout.write(
    `lib/rules/${id}.ts and its line in lib/rules/list.ts are written. Now: npx vitest run tests/unit/rules -t '${id}'\n`,
  );
}

async function exists(url: URL): Promise<boolean> {
  try {
    await access(url);
    return true;
  } catch {
    return false;
  }
}
