import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { rulesDoc } from '../../../scripts/rules-doc.ts';
import { loadRuleFiles } from './rule-files.ts';

const files = await loadRuleFiles();

test('docs/rules.md is what the rules say; `npm run docs` writes it', async () => {
  const written = await readFile(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
  expect(written === rulesDoc(files), 'docs/rules.md is stale: run `npm run docs`').toBe(true);
});

test('a rule that changes makes it stale', () => {
  const written = rulesDoc(files);
  const [first, ...rest] = files;
  if (first === undefined) throw new Error('no rules');
  for (const change of [
    { title: 'Another title' },
    { severity: 'info' },
    { why: 'Because.' },
    { fix: 'Do it.' },
  ] as const) {
    expect(rulesDoc([{ ...first, rule: { ...first.rule, ...change } }, ...rest]), Object.keys(change)[0]).not.toBe(
      written,
    );
  }
});

test('every rule has one anchor, and every link inside the file leads to one', () => {
  const doc = rulesDoc(files);
  const anchors = [...doc.matchAll(/^### (.*)$/gm)].map(([, anchor]) => anchor);
  expect(anchors.toSorted()).toEqual(files.map(({ rule }) => rule.id).toSorted());
  for (const [, target] of doc.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(target);
});

test('the words of a rule cannot become markup', () => {
  const [first] = files;
  if (first === undefined) throw new Error('no rules');
  const doc = rulesDoc([{ ...first, rule: { ...first.rule, why: 'A <script> is *run*.' } }]);
  expect(doc).toContain('- Why: A \\<script\\> is \\*run\\*.');
});
