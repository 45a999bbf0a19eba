/**
 * Who may import whom. The one place that says so: the lint restrictions in `.biome/layers.json` are written from this
 * table, and the import-graph gate reads it directly.
 */
export interface Layer {
  /** Name of the layer, also its folder or file, relative to the root of the repository. */
  readonly name: string;
  /** Other layers (a file may always import its own). A name ending in `.ts` opens that one file of a layer only. */
  readonly layers: readonly string[];
  /** Packages, by name; a name opens its subpaths too. `node:` opens Node's own modules. */
  readonly packages: readonly string[];
  /** The one file of the layer that may import a module whose name is computed at run time. */
  readonly loader?: string;
  /** Pure: no browser, DOM, Node, clock, randomness or console. Checked by tsconfig.core.json as well. */
  readonly pure: boolean;
}

/** What of the rules is open to others: the list of rules, the profiles, and the titles and addresses of the specifications. */
const RULE_METADATA = ['lib/rules/index.ts', 'lib/rules/profiles.ts', 'lib/rules/specs.ts'] as const;

/** Innermost first. A file under two names belongs to the longer one (`lib/runner/transport`). */
export const LAYERS: readonly Layer[] = [
  { name: 'lib/model', layers: [], packages: [], pure: true },
  { name: 'lib/http', layers: ['lib/model'], packages: ['tldts'], pure: true },
  { name: 'lib/token', layers: ['lib/model', 'lib/http'], packages: ['jose'], pure: true },
  { name: 'lib/oauth', layers: ['lib/model', 'lib/http', 'lib/token'], packages: [], pure: true },
  {
    name: 'lib/page',
    layers: ['lib/model', 'lib/http', 'lib/token'],
    packages: ['@jridgewell/trace-mapping'],
    pure: true,
  },
  { name: 'lib/rules', layers: ['lib/model', 'lib/http', 'lib/token', 'lib/page'], packages: [], pure: true },
  {
    name: 'lib/engine',
    layers: ['lib/model', 'lib/http', 'lib/token', 'lib/oauth', 'lib/page', ...RULE_METADATA],
    packages: [],
    pure: true,
  },
  {
    name: 'lib/analyse.ts',
    layers: ['lib/model', 'lib/http', 'lib/token', 'lib/oauth', 'lib/page', 'lib/engine', ...RULE_METADATA],
    packages: [],
    pure: true,
  },
  {
    name: 'lib/analyse-token.ts',
    layers: ['lib/model', 'lib/http', 'lib/token', 'lib/analyse.ts', ...RULE_METADATA],
    packages: [],
    pure: true,
  },
  { name: 'lib/har', layers: ['lib/model', 'lib/http'], packages: [], pure: true },
  { name: 'lib/log', layers: ['lib/model', 'lib/http'], packages: [], pure: true },
  // `sarif` is types only (@types/sarif).
  { name: 'lib/report', layers: ['lib/model', 'lib/http', ...RULE_METADATA], packages: ['sarif'], pure: true },
  {
    name: 'lib/view',
    layers: [
      'lib/model',
      'lib/http',
      'lib/token',
      'lib/page/stored-values.ts',
      'lib/log/notes.ts',
      'lib/runner/run.ts',
      'lib/runner/flows.ts',
      // What errors of servers mean: one table for the rules and for the runs.
      'lib/rules/support/oauth-errors.ts',
      ...RULE_METADATA,
    ],
    packages: ['uqr'],
    pure: true,
  },
  { name: 'lib/runner', layers: ['lib/model', 'lib/token'], packages: ['oauth4webapi'], pure: true },
  {
    name: 'lib/runner/transport',
    layers: ['lib/model', 'lib/token', 'lib/runner'],
    packages: ['oauth4webapi'],
    pure: false,
  },
  {
    name: 'lib/cli',
    layers: [
      'lib/model',
      'lib/http',
      'lib/token',
      'lib/analyse.ts',
      'lib/analyse-token.ts',
      'lib/engine/recorded.ts',
      'lib/har',
      'lib/report',
      ...RULE_METADATA,
    ],
    packages: ['node:'],
    loader: 'lib/cli/load-examples.ts',
    pure: false,
  },
  {
    name: 'lib/adapters',
    layers: [
      'lib/model',
      'lib/http',
      'lib/token',
      'lib/oauth',
      'lib/page',
      'lib/engine',
      'lib/analyse.ts',
      'lib/analyse-token.ts',
      'lib/har',
      'lib/log',
      'lib/report',
      'lib/view',
      'lib/runner',
      'lib/runner/transport',
      ...RULE_METADATA,
    ],
    packages: ['webextension-polyfill'],
    pure: false,
  },
  { name: 'components', layers: ['lib/view'], packages: ['preact', '@preact/signals'], pure: false },
  {
    name: 'entrypoints',
    layers: ['lib/adapters', 'lib/analyse.ts', 'lib/runner', 'lib/har', 'lib/report', 'lib/view', 'components'],
    packages: ['preact', '@preact/signals', 'webextension-polyfill', 'wxt'],
    pure: false,
  },
];

/** The layer that a file belongs to; `path` is relative to the root, with `/`. `null` outside every layer. */
export function layerOf(path: string): Layer | null {
  let found: Layer | null = null;
  for (const layer of LAYERS) {
    const inside = path === layer.name || path.startsWith(`${layer.name}/`);
    if (inside && (found === null || layer.name.length > found.name.length)) found = layer;
  }
  return found;
}

/** Whether `layer` may import the file at `path`, which may be a file that does not exist. */
export function mayImportFile(layer: Layer, path: string): boolean {
  const target = layerOf(path);
  if (target === null) return false;
  return target === layer || layer.layers.includes(target.name) || layer.layers.includes(path);
}

/** Whether `layer` may import the module `specifier`, which names a package or one of Node's modules. */
export function mayImportPackage(layer: Layer, specifier: string): boolean {
  return layer.packages.some((name) =>
    name.endsWith(':') ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`),
  );
}
