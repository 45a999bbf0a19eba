import { glob } from 'node:fs/promises';

const SOURCES = ['lib/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}', 'entrypoints/**/*.{ts,tsx}'];

/** Declares the core's platform by hand; it is no module and imports nothing. */
const PLATFORM = 'lib/platform.d.ts';

/** Every source file that the layer table speaks of, relative to the root of the repository, with `/`, sorted. */
export async function sourceFiles(): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob(SOURCES)) files.push(file.replaceAll('\\', '/'));
  return files.filter((file) => file !== PLATFORM).sort();
}
