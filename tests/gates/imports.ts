import { posix } from 'node:path';
import { type ESTree, parseSync, Visitor } from 'vite';
import { type Layer, layerOf, mayImportFile, mayImportPackage } from './layers.ts';

/** One breach of the layer table, of the core's purity or of redaction. */
export interface Breach {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  readonly what: string;
}

interface Spot {
  /** Offset into the source. */
  readonly start: number;
  readonly what: string;
}

/** A module that a file names, in whatever form: static, type only, re-export, dynamic, `import('…').T`, `require`. */
interface Import {
  /** `null`: computed at run time. */
  readonly specifier: string | null;
  readonly start: number;
}

/** The only file that may call text `Redacted`: whatever reaches a person, a report or a log went through it. */
const REDACTOR = 'lib/engine/redact.ts';

/** The only uses of the two globals that neither tell the time nor roll dice, besides `new Date(value)`. */
const HARMLESS_MEMBERS = {
  Date: (name: string | null) => name === 'parse' || name === 'UTC',
  Math: (name: string | null) => name !== null && name !== 'random',
};

function constantString(node: ESTree.Node): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/** `Date.now` and `Date['now']` both give `now`; a computed name gives `null`. */
function memberName(node: ESTree.MemberExpression): string | null {
  return node.computed ? constantString(node.property) : node.property.name;
}

interface Parsed {
  readonly imports: readonly Import[];
  /** What a pure file may not hold. */
  readonly impure: readonly Spot[];
  /** Where text is called `Redacted` by a cast. */
  readonly casts: readonly Spot[];
}

/** @throws SyntaxError when the source does not parse. */
function read(path: string, source: string): Parsed {
  const result = parseSync(path, source, { lang: path.endsWith('x') ? 'tsx' : 'ts', sourceType: 'module' });
  const [error] = result.errors;
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`);

  const imports: Import[] = [];
  const impure: Spot[] = [];
  const casts: Spot[] = [];
  /** Offsets of identifiers that their parent node has shown to be harmless; parents are visited first. */
  const harmless = new Set<number>();
  const addImport = (node: { start: number }, specifier: string | null): void => {
    imports.push({ specifier, start: node.start });
  };
  const addImpure = (node: { start: number }, what: string): void => {
    impure.push({ start: node.start, what });
  };
  const ambient = (node: { start: number; declare?: boolean }): void => {
    if (node.declare === true) addImpure(node, 'declares an ambient value');
  };

  for (const comment of result.comments) {
    if (/^\/\s*<reference\b/.test(comment.value)) addImpure(comment, 'a reference directive brings in ambient types');
  }

  new Visitor({
    ImportDeclaration: (node) => addImport(node, node.source.value),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) addImport(node, node.source.value);
    },
    ExportAllDeclaration: (node) => addImport(node, node.source.value),
    ImportExpression: (node) => addImport(node, constantString(node.source)),
    TSImportType: (node) => addImport(node, node.source.value),
    TSExternalModuleReference: (node) => addImport(node, node.expression.value),
    CallExpression: (node) => {
      const [first] = node.arguments;
      if (node.callee.type === 'Identifier' && node.callee.name === 'require' && first !== undefined) {
        addImport(node, constantString(first));
      }
    },

    MetaProperty: (node) => {
      if (node.meta.name === 'import') addImpure(node, 'import.meta belongs to the place where the code runs');
    },
    TSModuleDeclaration: (node) => addImpure(node, 'declares ambient types'),
    TSDeclareFunction: ambient,
    ClassDeclaration: ambient,
    VariableDeclaration: (node) => {
      const brand = node.declarations.every(
        ({ id }) => id.type === 'Identifier' && id.typeAnnotation?.typeAnnotation.type === 'TSTypeOperator',
      );
      if (!brand) ambient(node);
    },

    TSAsExpression: (node) => {
      const { typeAnnotation: type } = node;
      const name = type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : null;
      if (name === 'Redacted') casts.push({ start: node.start, what: `calls text Redacted outside ${REDACTOR}` });
    },

    TSTypeReference: (node) => void harmless.add(node.typeName.start),
    BinaryExpression: (node) => {
      if (node.operator === 'instanceof') harmless.add(node.right.start);
    },
    Property: (node) => {
      if (!node.computed && !node.shorthand) harmless.add(node.key.start);
    },
    NewExpression: (node) => {
      if (node.arguments.length > 0) harmless.add(node.callee.start);
    },
    MemberExpression: (node) => {
      if (!node.computed) harmless.add(node.property.start);
      if (node.object.type !== 'Identifier') return;
      const { name, start } = node.object;
      if ((name === 'Date' || name === 'Math') && HARMLESS_MEMBERS[name](memberName(node))) harmless.add(start);
    },
    Identifier: (node) => {
      if (harmless.has(node.start)) return;
      if (node.name === 'Date') addImpure(node, 'Date without a value reads the clock');
      if (node.name === 'Math') addImpure(node, 'Math.random, or Math out of sight');
      if (node.name === 'globalThis') addImpure(node, 'globalThis reaches everything');
    },
  }).visit(result.program);
  return { imports, impure, casts };
}

function forbidden(layer: Layer, path: string, specifier: string | null): string | null {
  if (specifier === null) {
    return layer.loader === path ? null : `${layer.name} imports a module that is computed at run time`;
  }
  if (/^\.\.?\//.test(specifier)) {
    const target = posix.join(posix.dirname(path), specifier);
    return mayImportFile(layer, target) ? null : `${layer.name} may not import ${target}`;
  }
  return mayImportPackage(layer, specifier) ? null : `${layer.name} may not import ${specifier}`;
}

/**
 * What in this file breaks the layer table, and in the pure layers what is not pure; also text that is called
 * `Redacted` by anyone but the redactor.
 *
 * @param path relative to the root of the repository, with `/`
 * @throws SyntaxError when the source does not parse
 */
export function breachesOf(path: string, source: string): readonly Breach[] {
  const layer = layerOf(path);
  if (layer === null) return [{ path, line: 1, what: 'belongs to no layer' }];

  const { imports, impure, casts } = read(path, source);
  const spots: Spot[] = [...(layer.pure ? impure : []), ...(path === REDACTOR ? [] : casts)];
  for (const { specifier, start } of imports) {
    const what = forbidden(layer, path, specifier);
    if (what !== null) spots.push({ start, what });
  }
  return spots
    .sort((a, b) => a.start - b.start)
    .map(({ start, what }) => ({ path, line: source.slice(0, start).split('\n').length, what }));
}
