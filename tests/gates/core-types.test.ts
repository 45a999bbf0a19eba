import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** What the core may not name. Each becomes a file of its own in a copy of the core's project. */
const REFUSED: Readonly<Record<string, string>> = {
  document: 'export const x = document.title;',
  window: 'export const x = window.location;',
  self: 'export const x = self.origin;',
  location: 'export const x = location.href;',
  navigator: 'export const x = navigator.userAgent;',
  localStorage: "export const x = localStorage.getItem('x');",
  fetch: "export const x = fetch('https://as.example/');",
  request: "export const x = new Request('https://as.example/');",
  headers: 'export const x = new Headers();',
  response: 'export const x = new Response();',
  chrome: 'export const x = chrome.storage;',
  browser: 'export const x = browser.storage;',
  defineBackground: 'export const x = defineBackground;',
  process: 'export const x = process.env;',
  buffer: "export const x = Buffer.from('x');",
  require: "export const x = require('node:fs');",
  nodeModule: "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
  global: 'export const x = global;',
  console: "console.log('x');\nexport {};",
  timer: 'export const x = setTimeout(() => {}, 1);',
  microtask: 'queueMicrotask(() => {});\nexport {};',
  performance: 'export const x = performance.now();',
  random: 'export const x = crypto.getRandomValues(new Uint8Array(1));',
  uuid: 'export const x = crypto.randomUUID();',
  clone: 'export const x = structuredClone({});',
  atob: "export const x = atob('eA==');",
  blob: "export const x = new Blob(['x']);",
  element: 'export type X = HTMLElement;',
  abort: 'export const x = new AbortController();',
  importMeta: 'export const x = import.meta.env;',
};

/** All that the core may take from its platform. */
const ALLOWED = `
export const url = new URL('/x', 'https://as.example/').searchParams.get('x');
export const can = URL.canParse('https://as.example/');
export const query = [...new URLSearchParams('a=1&a=2')];
export const text = new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode('x'));
export const hash: Promise<ArrayBuffer> = crypto.subtle.digest('SHA-256', new TextEncoder().encode('x'));
export const sorted: readonly number[] = [2, 1].toSorted();
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'core-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The files with at least one error. The whole core compiles along, so that its dependencies' types are in scope. */
async function filesWithErrors(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const core = process.cwd().replaceAll('\\', '/');
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: `${core}/tsconfig.core.json`,
      include: [`${core}/lib/**/*.ts`, './*.ts'],
      exclude: ['lib/adapters/**', 'lib/cli/**', 'lib/runner/transport/**'].map((path) => `${core}/${path}`),
    }),
  );
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.ts`), text);
  const output = await new Promise<string>((resolve) => {
    const args = [join(core, 'node_modules/typescript/bin/tsc'), '--noEmit', '--pretty', 'false', '-p', folder];
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 }, (_error, stdout) => resolve(stdout));
  });
  const names = [...output.matchAll(/^([\w-]+)\.ts\(\d+,\d+\): error TS/gm)].flatMap(([, name]) => name ?? []);
  return [...new Set(names)].sort();
}

it('refuses every ambient name outside the hand-written platform, and nothing inside it', async () => {
  const found = await filesWithErrors({ ...REFUSED, allowed: ALLOWED });
  expect(found).toEqual(Object.keys(REFUSED).sort());
});
