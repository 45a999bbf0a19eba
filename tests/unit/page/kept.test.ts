import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { PageScan, StorageSnapshot } from '../../../lib/model/observation.ts';
import { lineAndColumn } from '../../../lib/page/code-text.ts';
import { type Kept, keep, packText, readKept, unpackText } from '../../../lib/page/kept.ts';

const SECRET = 'q7Zr2mXw9Lk4Tn8Vb3Jc6Hd1Ps5Gf0Ya';

const observed = (trace: string) =>
  parseObservations(trace).filter((one): one is StorageSnapshot | PageScan => one.is !== 'exchange');
const nothing = (observation: StorageSnapshot | PageScan): Kept => ({
  observation,
  places: [],
  keys: new Set(),
  leads: false,
});

describe('a packed text', () => {
  test('has every kept character at its offset, line and column, and is as long as the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ';', '\n', ' ', '"', 'word ', '\n\n'), { minLength: 3000, maxLength: 30_000 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        (parts, at) => {
          const text = parts.join('');
          const places = at.map((n) => ({ offset: n % text.length, length: 5 }));
          const unpacked = unpackText(packText(text, places));
          expect(unpacked).toHaveLength(text.length);
          for (const { offset, length } of places) {
            expect(unpacked.slice(offset, offset + length)).toBe(text.slice(offset, offset + length));
            expect(lineAndColumn(unpacked, offset)).toEqual(lineAndColumn(text, offset));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('starts at no place inside of a value', () => {
    const value = 'x'.repeat(50);
    const text = `${'; '.repeat(3000)}${value}${' '.repeat(1970)}HERE${'; '.repeat(3000)}`;
    expect(unpackText(packText(text, [{ offset: text.indexOf('HERE'), length: 4 }]))).toContain(value);
  });
});

describe('what is kept of a page', () => {
  test('gives the findings of the whole page again, with their places', async () => {
    const filler = `${'function f(){return 1};'.repeat(20_000)}\n`;
    const map = JSON.stringify({
      version: 3,
      sources: ['src/other.ts', 'src/login.ts'],
      sourcesContent: [filler, `\nexport const CLIENT_SECRET = '${SECRET}';`],
      names: [],
      mappings: 'AAAA',
    });
    const page = observed(`
SCRIPT https://app.example/app.js

${filler}const o={clientSecret:"${SECRET}"};${filler.trim()}

SCRIPT https://app.example/other.js.map

${map}

SCRIPT https://app.example/vendor.js

${filler.trim()}

STORAGE local https://app.example
access_token = 2YotnFZFEjr1zCsicMWpAA8h3kQv7Lr0
cache = ${'z '.repeat(200_000)}z
`);
    const whole = await analyse(page);
    const places = page.map((_, index) =>
      whole.findings.flatMap(({ evidence }) => evidence.filter((e) => e.observation === index)),
    );
    const { observations, whole: all } = keep(
      page.map((observation, index) => ({
        observation,
        places: (places[index] ?? []).flatMap(({ code }) => code ?? []),
        keys: new Set(observation.is === 'storage' ? ['access_token'] : []),
        leads: false,
      })),
    );
    expect(all).toBe(true);
    expect(JSON.stringify(observations).length).toBeLessThan(20_000);
    const again = await analyse(
      JSON.parse(JSON.stringify(observations)).flatMap((one: unknown) => readKept(one) ?? []),
    );
    const said = (analysis: typeof whole) =>
      analysis.findings.map(({ rule, key, evidence }) => ({
        rule,
        key,
        places: evidence.map(({ code }) => (code === undefined ? null : (code.mapped ?? [code.line, code.column]))),
      }));
    expect(said(again)).toEqual(said(whole));
    expect(said(whole).map(({ rule }) => rule)).toEqual([
      'secret-in-page-script',
      'secret-in-source-map',
      'token-in-localstorage',
    ]);
  });

  test('says so where what was found has no room', () => {
    const [area] = observed(`STORAGE local https://app.example\nbig = ${'x'.repeat(1_100_000)}`);
    if (area === undefined) throw new Error('no snapshot');
    const kept = keep([{ ...nothing(area), keys: new Set(['big']) }]);
    expect(kept.whole).toBe(false);
    expect(JSON.stringify(kept.observations).length).toBeLessThan(1000);
  });

  test('knows that a key was there although its value was not kept', () => {
    const [area] = observed(`STORAGE local https://app.example\nbig = ${'x'.repeat(10_000)}\nsmall = 1`);
    if (area === undefined) throw new Error('no snapshot');
    const [kept] = keep([nothing(area)]).observations;
    expect(kept).toMatchObject({
      items: [
        ['big', ''],
        ['small', '1'],
      ],
    });
  });

  test.each([
    null,
    {},
    { is: 'script' },
    { is: 'script', id: 'a', trace: 't', url: 'u', packed: [[1, 2]] },
    { is: 'storage', id: 'a', trace: 't' },
  ])('%j is none', (value) => {
    expect(readKept(value)).toBeNull();
  });
});
