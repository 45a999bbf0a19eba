import { readFile, rename, writeFile } from 'node:fs/promises';
import { buildCli } from './build-cli.ts';

const MANIFEST = 'package.json';
const WHOLE = 'dist/package.json.whole';

/**
 * `node scripts/pack.ts before|after`, around `npm pack`: builds the command line and leaves in the manifest what its
 * users need. The dependencies are in the bundle, and Node, which development takes from optional dependencies, is there.
 */
if (process.argv[2] === 'after') await rename(WHOLE, MANIFEST);
else {
  await buildCli();
  const text = await readFile(MANIFEST, 'utf8');
  await writeFile(WHOLE, text);
  const { name, version, description, license, type, engines, bin, files } = JSON.parse(text);
  const packed = { name, version, description, license, type, engines, bin, files };
  await writeFile(MANIFEST, `${JSON.stringify(packed, null, 2)}\n`);
}
