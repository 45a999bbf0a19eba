import { type Plugin, parseSync } from 'vite';

/**
 * Vite plugin: takes the statement `export const examples = …` out of every rule. Nothing in the extension imports it,
 * but a bundler keeps a statement that calls functions, and examples are written with helpers.
 */
export function withoutExamples(): Plugin {
  return {
    name: 'without-examples',
    enforce: 'pre',
    transform: {
      filter: { id: /\/lib\/rules\/[^/]+\.ts$/ },
      handler(code, id) {
        const { program, errors } = parseSync(id, code, { lang: 'ts', sourceType: 'module' });
        const [error] = errors;
        if (error !== undefined) throw new SyntaxError(`${id}: ${error.message}`);
        const examples = program.body.find(
          (node) =>
            node.type === 'ExportNamedDeclaration' &&
            node.declaration?.type === 'VariableDeclaration' &&
            node.declaration.declarations.some(({ id }) => id.type === 'Identifier' && id.name === 'examples'),
        );
        if (examples === undefined) return null;
        return { code: code.slice(0, examples.start) + code.slice(examples.end), map: null };
      },
    },
  };
}
