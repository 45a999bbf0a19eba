import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layerLint } from './layer-lint.ts';
import { LAYERS, type Layer, mayImportFile, mayImportPackage } from './layers.ts';

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

let folder: string;

/** Lints the planted files with the project's own configuration; gives `path:line category` of each diagnostic. */
async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await rm(join(folder, 'planted'), { recursive: true, force: true });
  const root = join(folder, 'planted');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const path of ['biome.json', 'package.json', '.biome']) await cp(path, join(root, path), { recursive: true });
  const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
  const args = [
    biome,
    'lint',
    '--reporter=json',
    '--max-diagnostics=none',
    '--vcs-enabled=false',
    ...Object.keys(files),
  ];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.map(
    ({ category, location }) => `${relative('.', location.path)}:${location.start.line} ${category}`,
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-gate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const IMPORT = 'lint/style/noRestrictedImports';
const isFile = (layer: Layer): boolean => layer.name.endsWith('.ts');
/** A file of the layer, `depth` folders down; for a layer of one file, that file. */
const fileIn = (layer: Layer, name: string, depth = 0): string =>
  isFile(layer) ? layer.name : `${layer.name}/${'deep/'.repeat(depth)}${name}`;

/** The import path from one file to another, as one writes it. */
function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Every place that a layer could name: each layer's files, and each package that any layer uses. */
function planted(layer: Layer, depth: number): { readonly path: string; readonly lines: readonly [string, boolean][] } {
  const path = fileIn(layer, 'planted.ts', depth);
  const lines: [string, boolean][] = [];
  for (const target of LAYERS) {
    const to = fileIn(target, 'some.ts');
    if (to !== path) lines.push([specifier(path, to), mayImportFile(layer, to)]);
  }
  for (const to of ['lib/rules/index.ts', 'lib/rules/missing-state.ts']) {
    lines.push([specifier(path, to), mayImportFile(layer, to)]);
  }
  const packages = new Set([...LAYERS.flatMap((other) => other.packages), 'fast-check', '@/lib/model/rule.ts']);
  for (const name of packages) {
    const module = name.endsWith(':') ? `${name}path` : name;
    lines.push([module, mayImportPackage(layer, module)]);
  }
  return { path, lines };
}

it('the lint restrictions are those of the layer table', async () => {
  expect(await readFile('.biome/layers.json', 'utf8'), 'run `npm run layers`').toBe(layerLint());
});

it('refuses exactly the imports that the layer table refuses', async () => {
  const cases = LAYERS.flatMap((layer) => (isFile(layer) ? [0] : [0, 1]).map((depth) => planted(layer, depth)));
  const files = cases.map(({ path, lines }) => [path, lines.map(([name]) => `import '${name}';\n`).join('')]);
  const refused = cases.flatMap(({ path, lines }) =>
    lines.flatMap(([name, allowed], index) => (allowed ? [] : [`${path}:${index + 1} ${name}`])),
  );
  const lineOf = new Map<string, string>(
    cases.flatMap(({ path, lines }) => lines.map(([name], index) => [`${path}:${index + 1}`, name] as const)),
  );
  const found = (await lint(Object.fromEntries(files)))
    .filter((text) => text.endsWith(IMPORT))
    .map((text) => text.slice(0, -IMPORT.length - 1))
    .map((place) => `${place} ${lineOf.get(place)}`);
  expect(refused.length).toBeGreaterThan(200);
  expect(found.sort()).toEqual(refused.sort());
});

describe('one planted line', () => {
  const core = 'lib/rules/planted.ts';
  it.each([
    ["import { x } from '../oauth/x.ts';\nexport const y = x;", IMPORT],
    ["import type { X } from '../oauth/x.ts';\nexport type Y = X;", IMPORT],
    ["export * from '../oauth/x.ts';", IMPORT],
    ["export const x = await import('../oauth/x.ts');", IMPORT],
    ["import { readFileSync } from 'node:fs';\nexport const x = readFileSync;", IMPORT],
    ["console.error('x');", 'lint/suspicious/noConsole'],
    ['export const x = document.title;', 'lint/style/noRestrictedGlobals'],
    ['export const x = process.env;', 'lint/style/noRestrictedGlobals'],
    ["export const x = await fetch('https://as.example/');", 'lint/style/noRestrictedGlobals'],
    ['export const x = performance.now();', 'lint/style/noRestrictedGlobals'],
    ['export const x = chrome;', 'lint/style/noRestrictedGlobals'],
    ['export const x = Date.now();', 'plugin'],
    ['export const x = new Date();', 'plugin'],
    ['export const x = Math.random();', 'plugin'],
    ['export const x = globalThis;', 'plugin'],
  ])('%s', async (source, category) => {
    expect(await lint({ [core]: `${source}\n` })).toContain(`${core}:1 ${category}`);
  });

  it('is not invented: clean code of the core passes', async () => {
    const source = [
      "import type { Rule } from '../model/rule.ts';",
      "import { header } from '../http/headers.ts';",
      "import { other } from './other.ts';",
      'export const x = (rule: Rule) => [rule.id, header, other, new Date(0), Date.parse(rule.id), Math.max(1, 2)];',
      '',
    ].join('\n');
    expect(await lint({ [core]: source })).toEqual([]);
  });

  it.each([
    [
      'components/planted.tsx',
      'export const X = () => <p dangerouslySetInnerHTML={{ __html: "x" }} />;',
      'lint/security/noDangerouslySetInnerHtml',
    ],
    ['lib/adapters/planted.ts', 'export const x = (y: any) => y;', 'lint/suspicious/noExplicitAny'],
    ['lib/adapters/planted.ts', 'export const x = (y: string | null) => y!;', 'lint/style/noNonNullAssertion'],
    [
      'tests/unit/planted.test.ts',
      "import { it } from 'vitest';\nit.skip('x', () => {});",
      'lint/suspicious/noSkippedTests',
    ],
    [
      'tests/unit/planted.test.ts',
      "import { it } from 'vitest';\nit.only('x', () => {});",
      'lint/suspicious/noFocusedTests',
    ],
  ])('%s: %s', async (path, source, category) => {
    expect((await lint({ [path]: `${source}\n` })).map((text) => text.split(' ')[1])).toContain(category);
  });
});
