import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Why a fresh clone could not install from this lock file, or not install the same everywhere. */
function faults(packages: Readonly<Record<string, Entry>>): readonly string[] {
  const installed = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.entries(packages).flatMap(([path, { integrity, resolved, optionalDependencies }]) => [
    ...(path !== '' && integrity === undefined ? [`${path} has no integrity`] : []),
    ...(resolved === undefined ? [] : [`${path} names a registry`]),
    ...Object.keys(optionalDependencies ?? {})
      .filter((name) => !installed.has(name))
      .map((name) => `${path} needs ${name} on some platform, which is not in the lock file`),
  ]);
}

it('a fresh clone can install from the lock file, on every platform', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, Entry>>;
  };
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(faults(packages)).toEqual([]);
});

it('each fault is found', () => {
  const entry = { integrity: 'sha512-x' };
  expect(faults({ '': {}, 'node_modules/a': entry })).toEqual([]);
  expect(faults({ 'node_modules/a': {} })).toHaveLength(1);
  expect(faults({ 'node_modules/a': { ...entry, resolved: 'https://as.example/a.tgz' } })).toHaveLength(1);
  expect(faults({ 'node_modules/a': { ...entry, optionalDependencies: { b: '1.0.0' } } })).toHaveLength(1);
  expect(
    faults({
      'node_modules/a': { ...entry, optionalDependencies: { b: '1.0.0' } },
      'node_modules/a/node_modules/b': entry,
    }),
  ).toEqual([]);
});

it('every version in package.json is exact', async () => {
  const project = JSON.parse(await readFile('package.json', 'utf8')) as Readonly<
    Record<string, Record<string, string>>
  >;
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((kind) =>
    Object.entries(project[kind] ?? {}),
  );
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
