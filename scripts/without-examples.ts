import { type ESTree, type Plugin, parseSync, Visitor } from 'vite';

/**
 * Vite plugin: takes the statement `export const examples = …` out of every rule, and the helpers that nothing else in
 * the file uses. Nothing in the extension imports examples, but a bundler keeps a statement that calls functions, and
 * examples are written with helpers. The core is pure, so a constant that nobody reads can go.
 */
export function withoutExamples(): Plugin {
  return {
    name: 'without-examples',
    enforce: 'pre',
    transform: {
      filter: { id: /\/lib\/rules\/[^/]+\.ts$/ },
      handler(code, id) {
        let text = code;
        for (let spare = spareStatements(text, id); spare.length > 0; spare = spareStatements(text, id)) {
          for (const { start, end } of spare.toReversed()) text = text.slice(0, start) + text.slice(end);
        }
        return { code: text, map: null };
      },
    },
  };
}

/** The top-level statements that only declare what nobody reads, and `examples`, in the order of the file. */
function spareStatements(code: string, id: string): readonly ESTree.Span[] {
  const { program, errors } = parseSync(id, code, { lang: 'ts', sourceType: 'module' });
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(`${id}: ${error.message}`);

  const uses = new Map<string, number>();
  new Visitor({ Identifier: ({ name }) => void uses.set(name, (uses.get(name) ?? 0) + 1) }).visit(program);
  return program.body.filter((statement) => {
    if (statement.type === 'ExportNamedDeclaration') return declaredNames(statement.declaration).includes('examples');
    const names = declaredNames(statement);
    return names.length > 0 && names.every((name) => uses.get(name) === 1);
  });
}

/** Names of a `const` or `function` statement; none for anything else. */
function declaredNames(statement: ESTree.Node | null): readonly string[] {
  if (statement?.type === 'FunctionDeclaration') return statement.id === null ? [] : [statement.id.name];
  if (statement?.type !== 'VariableDeclaration') return [];
  return statement.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : ''));
}
