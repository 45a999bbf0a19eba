import { LAYERS, type Layer } from './layers.ts';

/** Globals that the type check of the core already refuses; the linter says it while one types. */
const AMBIENT = [
  'browser',
  'Buffer',
  'caches',
  'chrome',
  'document',
  'fetch',
  'indexedDB',
  'localStorage',
  'location',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'self',
  'sessionStorage',
  'setInterval',
  'setTimeout',
  'window',
  'XMLHttpRequest',
];
const DENIED_GLOBALS = Object.fromEntries(
  AMBIENT.map((name) => [name, 'The core is pure: take what you need as an argument.']),
);

/** Path aliases of the bundler: Node, which runs the core as it is, does not know them. */
const ALIASES = ['@/**', '~/**', '@@/**', '~~/**'];

/** Layers whose folder lies inside that of another. */
const within = (name: string): readonly string[] =>
  LAYERS.flatMap((layer) => (layer.name.startsWith(`${name}/`) ? [layer.name] : []));

/** Folder or file of a layer as the end of an import path. */
const tail = (name: string): string => `**/${name.replace(/^lib\//, '')}${name.endsWith('.ts') ? '' : '/**'}`;

const openedPackage = (name: string): readonly string[] =>
  name.endsWith(':') ? [`!${name}*`, `!${name}*/**`] : [`!${name}`, `!${name}/**`];

/**
 * Import paths, as they are written, that files `depth` folders below the root of their layer may use: the last
 * pattern that matches decides.
 */
function patterns(layer: Layer, depth: number): readonly string[] {
  const up = (levels: number) => `!${'../'.repeat(levels)}*`;
  const own = Array.from({ length: depth }, (_, level) => up(level + 1));
  const opened = layer.layers.flatMap((name) => [
    `!${tail(name)}`,
    ...(layer.name.startsWith(`${name}/`) ? [up(depth + 1)] : []),
    ...within(name).flatMap((inner) => (inner === layer.name || layer.layers.includes(inner) ? [] : [tail(inner)])),
  ]);
  return [
    '**',
    ...(layer.name.endsWith('.ts') ? [] : ['!./**', ...own]),
    ...within(layer.name).map((name) => `**/${name.slice(layer.name.length + 1)}/**`),
    ...opened,
    ...layer.packages.flatMap(openedPackage),
    ...ALIASES,
  ];
}

function restrictions(layer: Layer, depth: number): object {
  const folder = `${layer.name}/${'*/'.repeat(depth)}**`;
  const allowed = [...layer.layers, ...layer.packages].join(', ');
  return {
    includes: [layer.name.endsWith('.ts') ? layer.name : folder],
    ...(layer.pure ? { plugins: ['./.biome/no-ambient-values.grit'] } : {}),
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: {
              patterns: [
                {
                  group: patterns(layer, depth),
                  message: `${layer.name} may import ${allowed === '' ? 'nothing' : allowed}: see tests/gates/layers.ts.`,
                },
              ],
            },
          },
          ...(layer.pure
            ? { noRestrictedGlobals: { level: 'error', options: { deniedGlobals: DENIED_GLOBALS } } }
            : {}),
        },
        ...(layer.pure
          ? {
              suspicious: { noConsole: { level: 'error', options: { allow: [] } } },
              correctness: { noNodejsModules: 'error' },
            }
          : {}),
      },
    },
  };
}

/** The text of `.biome/layers.json`: the layer table in the linter's words. */
export function layerLint(): string {
  const overrides = LAYERS.flatMap((layer) =>
    layer.name.endsWith('.ts') ? [restrictions(layer, 0)] : [0, 1].map((depth) => restrictions(layer, depth)),
  );
  return `${JSON.stringify({ overrides }, null, 2)}\n`;
}
