import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Breach, breachesOf } from './imports.ts';
import { LAYERS, layerOf, mayImportFile, mayImportPackage } from './layers.ts';
import { sourceFiles } from './tree.ts';

const whats = (path: string, source: string) => breachesOf(path, source).map(({ what }) => what);
/** A file of the layer; for a layer of one file, that file. */
const fileIn = (name: string, file = 'planted.ts') => (name.endsWith('.ts') ? name : `${name}/${file}`);
const up = (path: string) => '../'.repeat(path.split('/').length - 1) || './';

describe('the tree keeps to the layer table', () => {
  it('has no breach', async () => {
    const files = await sourceFiles();
    expect(files.length).toBeGreaterThan(10);
    const breaches: Breach[] = [];
    for (const path of files) breaches.push(...breachesOf(path, await readFile(path, 'utf8')));
    expect(breaches).toEqual([]);
  });

  it('sees every file of a layer that exists', async () => {
    const files = await sourceFiles();
    expect(files.filter((path) => layerOf(path) === null)).toEqual([]);
    expect(files).toContain('lib/model/rule.ts');
  });
});

describe('the table itself', () => {
  it('names only layers that exist in it', () => {
    const names = LAYERS.map(({ name }) => name);
    const unknown = LAYERS.flatMap(({ layers }) => layers).filter(
      (name) => !names.includes(name) && layerOf(name) === null,
    );
    expect(unknown).toEqual([]);
  });

  it('has no circle', () => {
    const below = (name: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, name].join(' → ')}`).not.toContain(name);
      const layer = LAYERS.find((candidate) => candidate.name === name) ?? layerOf(name);
      for (const next of layer?.layers ?? []) below(layerOf(next)?.name ?? next, [...path, name]);
    };
    for (const { name } of LAYERS) below(name, []);
  });

  it('lets a pure layer import pure layers only', () => {
    const impure = LAYERS.filter(({ pure }) => pure).flatMap(({ layers }) =>
      layers.filter((name) => layerOf(name)?.pure !== true),
    );
    expect(impure).toEqual([]);
  });
});

describe('a planted import is caught', () => {
  const packages = [
    ...new Set([...LAYERS.flatMap((layer) => layer.packages), 'node:fs', '@/lib/model/rule', '#imports']),
  ];

  for (const layer of LAYERS) {
    const from = fileIn(layer.name);
    it(`${layer.name} → files outside its list`, () => {
      for (const target of LAYERS) {
        const to = fileIn(target.name, 'some.ts');
        if (to === from) continue;
        const source = `import { x } from '${up(from)}${to}';\nexport const y = x;\n`;
        expect(whats(from, source)).toEqual(mayImportFile(layer, to) ? [] : [`${layer.name} may not import ${to}`]);
      }
    });

    it(`${layer.name} → packages outside its list`, () => {
      for (const name of packages) {
        const specifier = name.endsWith(':') ? `${name}path` : name;
        const expected = mayImportPackage(layer, specifier) ? [] : [`${layer.name} may not import ${specifier}`];
        expect(whats(from, `export * from '${specifier}';`)).toEqual(expected);
      }
    });
  }

  it.each([
    ["import { x } from '../oauth/x.ts';", 'static'],
    ["import type { X } from '../oauth/x.ts';", 'type only'],
    ["import { type X } from '../oauth/x.ts';", 'inline type'],
    ["import '../oauth/x.ts';", 'side effect'],
    ["import * as x from '../oauth/x.ts';", 'namespace'],
    ["export { x } from '../oauth/x.ts';", 're-export'],
    ["export type { X } from '../oauth/x.ts';", 're-exported type'],
    ["export * from '../oauth/x.ts';", 'star re-export'],
    ["export const x = await import('../oauth/x.ts');", 'dynamic'],
    ['export const x = await import(`../oauth/x.ts`);', 'dynamic, template'],
    ["export type X = import('../oauth/x.ts').X;", 'import type expression'],
    ["export type X = typeof import('../oauth/x.ts');", 'typeof import'],
    ["export const x = require('../oauth/x.ts');", 'require'],
    ["import x = require('../oauth/x.ts');", 'import assignment'],
    ["import { x } from './../oauth/x.ts';", 'through the own folder'],
    ["import { x } from '../rules/../oauth/x.ts';", 'through an allowed folder'],
  ])('%s (%s)', (source) => {
    expect(whats('lib/rules/planted.ts', source)).toEqual(['lib/rules may not import lib/oauth/x.ts']);
  });

  it('says the line', () => {
    expect(breachesOf('lib/model/planted.ts', "\n\nimport 'preact';\n")).toEqual([
      { path: 'lib/model/planted.ts', line: 3, what: 'lib/model may not import preact' },
    ]);
  });

  it('refuses a module computed at run time', () => {
    expect(whats('lib/rules/planted.ts', 'export const x = (y: string) => import(y);')).toEqual([
      'lib/rules imports a module that is computed at run time',
    ]);
    expect(whats('lib/cli/planted.ts', 'export const x = (y: string) => import(y);')).toEqual([
      'lib/cli imports a module that is computed at run time',
    ]);
  });

  it('refuses a rule by name where only the list of rules is open', () => {
    expect(whats('lib/engine/planted.ts', "import { rules } from '../rules/index.ts';")).toEqual([]);
    expect(whats('lib/engine/planted.ts', "import { rule } from '../rules/missing-state.ts';")).toEqual([
      'lib/engine may not import lib/rules/missing-state.ts',
    ]);
  });

  it('refuses a file in no layer', () => {
    expect(whats('lib/helpers/planted.ts', '')).toEqual(['belongs to no layer']);
  });
});

describe('a planted impurity is caught in the core, and only there', () => {
  const clock = ['Date without a value reads the clock'];
  const dice = ['Math.random, or Math out of sight'];
  const everything = ['globalThis reaches everything'];
  const ambient = ['declares an ambient value'];
  const types = ['declares ambient types'];
  const reference = ['a reference directive brings in ambient types'];

  it.each([
    ['export const x = Date.now();', clock],
    ['export const x = Date.now;', clock],
    ["export const x = Date['now']();", clock],
    ['export const x = (k: keyof typeof Date) => Date[k];', clock],
    ['export const x = new Date();', clock],
    ['export const x = new Date;', clock],
    ['export const x = Date();', clock],
    ['const D = Date;\nexport const x = new D();', clock],
    ['const { now } = Date;\nexport const x = now();', clock],
    ['export const x = Math.random();', dice],
    ["export const x = Math['random']();", dice],
    ['const { random } = Math;\nexport const x = random();', dice],
    ['export const x = globalThis;', everything],
    ['declare const document: { title: string };\nexport const x = document.title;', ambient],
    ['declare let process: object;\nexport const x = process;', ambient],
    ['declare function fetch(url: string): unknown;\nexport const x = fetch;', ambient],
    ['declare class Worker {}\nexport const x = Worker;', ambient],
    ['declare global { var chrome: object }\nexport {};', types],
    ["declare module 'preact' { export const h: object }\nexport {};", types],
    ['/// <reference lib="dom" />\nexport {};', reference],
    ['/// <reference types="node" />\nexport {};', reference],
    ['export const x = import.meta.url;', ['import.meta belongs to the place where the code runs']],
  ])('%s', (source, expected) => {
    const found = whats('lib/rules/planted.ts', source);
    expect(found.length).toBeGreaterThan(0);
    expect([...new Set(found)]).toEqual(expected);
    expect(whats('lib/adapters/planted.ts', source)).toEqual([]);
  });

  it.each([
    'export const x = new Date(0);',
    'export const x = (d: Date) => d.getTime();',
    "export const x = Date.parse('2026-01-01T00:00:00Z');",
    'export const x = Date.UTC(2026, 0, 1);',
    'export const x = (d: unknown) => d instanceof Date;',
    'export const x = Math.max(1, 2);',
    'export const x = { Date: 1, Math: 2 }.Date;',
    'declare const brand: unique symbol;\nexport type X = string & { readonly [brand]: true };',
    '/// A comment with three slashes.\nexport {};',
  ])('leaves alone: %s', (source) => {
    expect(whats('lib/rules/planted.ts', source)).toEqual([]);
  });
});

describe('text that is called Redacted is caught everywhere but in the redactor', () => {
  const source = 'export const x = (y: unknown) => [y as Redacted, y as unknown as Redacted, y as string];';
  const what = 'calls text Redacted outside lib/engine/redact.ts';

  it.each(['lib/engine/run.ts', 'lib/rules/planted.ts', 'lib/view/planted.ts', 'components/planted.tsx'])(
    '%s',
    (path) => {
      expect(whats(path, source)).toEqual([what, what]);
    },
  );

  it('lib/engine/redact.ts may', () => {
    expect(whats('lib/engine/redact.ts', source)).toEqual([]);
  });
});
