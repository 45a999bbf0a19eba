import { writeFile } from 'node:fs/promises';
import { layerLint } from '../tests/gates/layer-lint.ts';

await writeFile(new URL('../.biome/layers.json', import.meta.url), layerLint());
