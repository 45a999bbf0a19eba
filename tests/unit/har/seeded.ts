/**
 * Parameters of a property test: a new seed for each run, printed, so that a failure can be repeated with
 * `SEED=… npx vitest run FILE`.
 */
export function seeded(numRuns: number): { seed: number; numRuns: number } {
  return { seed: SEED, numRuns };
}

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`seed ${SEED}\n`);
