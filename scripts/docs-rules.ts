import { readFile, writeFile } from 'node:fs/promises';
import { loadRuleFiles } from '../tests/unit/rules/rule-files.ts';
import { rulesDoc } from './rules-doc.ts';

// `npm run docs` writes docs/rules.md; with `-- --check` it says whether the file is what it would write.
const path = new URL('../docs/rules.md', import.meta.url);
const written = rulesDoc(await loadRuleFiles());
if (process.argv.includes('--check')) {
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found !== written) {
    process.stderr.write('docs/rules.md is not what lib/rules says: run `npm run docs`\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(path, written);
}
