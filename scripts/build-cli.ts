import { rm } from 'node:fs/promises';
import { build } from 'vite';
import { exampleCounts } from '../lib/cli/load-examples.ts';
import { RULES } from '../lib/rules/index.ts';
import { withoutExamples } from './without-examples.ts';

/** As deep below the root as `lib/cli`: the command line reads the package's own manifest from there. */
const FOLDER = 'dist/cli';

/** Builds the command line as plain JavaScript without dependencies: Node strips no types in `node_modules`. */
export async function buildCli(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  const counts = Object.fromEntries(
    await Promise.all(RULES.map(async ({ id }) => [id, await exampleCounts(id)] as const)),
  );
  await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [
      withoutExamples(),
      {
        // Examples are counted now: they are not in the bundle.
        name: 'counted-examples',
        load: {
          filter: { id: /\/lib\/cli\/load-examples\.ts$/ },
          handler: () => ({
            code: `const counts = ${JSON.stringify(counts)};\nexport const exampleCounts = async (rule) => counts[rule];\n`,
            moduleType: 'js',
          }),
        },
      },
    ],
    ssr: { noExternal: true },
    build: {
      ssr: 'lib/cli/main.ts',
      outDir: FOLDER,
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      rolldownOptions: { output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' } },
    },
  });
}
