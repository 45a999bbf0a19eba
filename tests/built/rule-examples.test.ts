import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RULES } from '../../lib/rules/index.ts';
import { withoutExamples } from '../../scripts/without-examples.ts';

/** Shorter lines (`302`, `grant_type=password`) are words that the bundle may well use. */
const SHORTEST = 24;

/** The traces of all examples, however deep: names of examples are ordinary words that the rules use as well. */
function traces(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'trace' && typeof inner === 'string' ? [inner] : traces(inner),
  );
}

/** What rules say and offer to copy belongs into the bundle, even where an example has the very same header. */
const SAID = RULES.flatMap(({ title, subject, why, fix, copy }) => [title, subject, why, fix, copy ?? '']);

/** File of each rule that has examples, with the lines of its examples: none of them may reach a bundle. */
async function canaries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for await (const file of glob('lib/rules/*.ts')) {
    const module = (await import(resolve(file))) as Readonly<Record<string, unknown>>;
    const lines = traces(module['examples'])
      .flatMap((text) => text.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line.length >= SHORTEST && !SAID.some((text) => text.includes(line)));
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
async function bundle(source: string, plugins: readonly Plugin[]): Promise<string> {
  const entry = join(folder, 'entry.ts');
  await writeFile(entry, source);
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: folder,
    plugins: [...plugins],
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

it('examples that reach a bundle are found', async () => {
  const rules = [...(await canaries())];
  expect(rules.length).toBeGreaterThan(10);
  for (const [file, lines] of rules) {
    const source = `import { examples } from ${JSON.stringify(resolve(file))}; console.log(examples);`;
    expect(inBundle(lines, await bundle(source, [])), file).not.toEqual([]);
  }
}, 60_000);

it('without the plugin that takes them out, some reach the bundle; with it, none does', async () => {
  const lines = [...(await canaries()).values()].flat();
  const source = `import { RULES } from ${JSON.stringify(resolve('lib/rules/index.ts'))}; console.log(RULES);`;
  expect(inBundle(lines, await bundle(source, []))).not.toEqual([]);
  expect(inBundle(lines, await bundle(source, [withoutExamples()]))).toEqual([]);
});
