import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Shorter lines (`302`, `grant_type=password`) are words that the bundle may well use. */
const SHORTEST = 24;

/** Every string inside a value. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

/** File of each rule that has examples, with the lines of its examples: none of them may reach a bundle. */
async function canaries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for await (const file of glob('lib/rules/*.ts')) {
    const module = (await import(resolve(file))) as Readonly<Record<string, unknown>>;
    const lines = strings(module['examples'])
      .flatMap((text) => text.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line.length >= SHORTEST);
    if (lines.length > 0) found.set(file, [...new Set(lines)]);
  }
  return found;
}

const inBundle = (lines: readonly string[], text: string): readonly string[] =>
  lines.filter((line) => text.includes(line) || text.includes(JSON.stringify(line).slice(1, -1)));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rule-examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The text of a bundle made, as the extension's are, from one entry that holds `source`. */
async function bundle(source: string): Promise<string> {
  const entry = join(folder, 'entry.ts');
  await writeFile(entry, source);
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: folder,
    build: { write: false, rolldownOptions: { input: entry } },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs
    .flatMap((one) => ('output' in one ? one.output : []))
    .map((file) => ('code' in file ? file.code : ''))
    .join('\n');
}

it.each(['chrome-mv3', 'firefox-mv3'])('no line of any rule example is in the build for %s', async (name) => {
  const lines = [...(await canaries()).values()].flat();
  expect(lines.length).toBeGreaterThan(100);
  const texts: string[] = [];
  for await (const file of glob(`.output/${name}/**/*.{js,html,json,css}`)) texts.push(await readFile(file, 'utf8'));
  expect(texts.length).toBeGreaterThan(3);
  expect(inBundle(lines, texts.join('\n'))).toEqual([]);
});

it('the rules themselves are in the build', async () => {
  const texts: string[] = [];
  for await (const file of glob('.output/chrome-mv3/**/*.js')) texts.push(await readFile(file, 'utf8'));
  for (const file of (await canaries()).keys()) {
    const id = file.replaceAll('\\', '/').slice('lib/rules/'.length, -'.ts'.length);
    expect(texts.join('\n')).toContain(id);
  }
});

it('a bundle that imports the examples is caught; one that imports the rule is not', async () => {
  const rules = [...(await canaries())];
  expect(rules.length).toBeGreaterThan(1);
  for (const [file, lines] of rules) {
    const path = JSON.stringify(resolve(file));
    expect(inBundle(lines, await bundle(`import { rule } from ${path}; console.log(rule);`)), file).toEqual([]);
    expect(inBundle(lines, await bundle(`import { examples } from ${path}; console.log(examples);`)), file).not.toEqual(
      [],
    );
  }
}, 60_000);
