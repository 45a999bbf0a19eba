import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['tests/{unit,gates,built}/**/*.test.{ts,tsx}'],
    environment: 'node',
    // Tests that need a document say so in their first line: `// @vitest-environment happy-dom`.
    // Property tests take a second or two alone, more while something else keeps the processors busy.
    testTimeout: 30_000,
    // Vitest leaves one processor free, which on a machine of two is half of it.
    maxWorkers: '100%',
    restoreMocks: true,
    unstubGlobals: true,
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', './scripts/vitest-counts.ts'],
  },
});
