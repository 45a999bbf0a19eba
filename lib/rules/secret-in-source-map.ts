import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { cut, PAGE_SECRET, sentByPage, text } from './support/example-pages.ts';
import { openIdRequest } from './support/example-sign-in.ts';
import {
  byHostAndName,
  deliveredCode,
  type FoundSecret,
  fileOf,
  inCode,
  nothingIn,
  secretsSent,
} from './support/page-code.ts';

export const rule: Rule = {
  id: 'secret-in-source-map',
  title: 'Client secret in a published source map',
  subject: 'Client secrets in source maps',
  group: 'H',
  severity: 'high',
  confidence: 'firm',
  needs: ['page code'],
  references: [{ spec: 'RFC 6819', section: '5.3.1', level: 'none' }],
  asvs: ['13.3.1'],
  why: 'A source map holds what the build read, code of the server and values of its environment included, for everybody.',
  fix: 'Publish no source maps with code of the server, and replace the secret by a new one.',
  parents: ['secret-in-page-script'],

  judges: 'trace',
  check(_, c) {
    const { code, maps, secrets } = c.once(deliveredCode);
    const found = secrets.filter(({ is, inMap }) => is === 'client secret' && inMap !== null);
    const [first, ...rest] = byHostAndName(found).map((group) => toFail(group, c));
    if (first !== undefined) return c.fail(first, ...rest);
    // A page that was looked at and that publishes none is right.
    return code.length > 0 && maps.length === 0 ? c.notApplicable : nothingIn(maps, c);
  },
};

function toFail(secrets: readonly [FoundSecret, ...FoundSecret[]], c: RuleContext): Fail {
  const [first] = secrets;
  const flow = secrets.map(({ value }) => c.once(secretsSent).get(value)).find((of) => of !== undefined);
  return {
    evidence: inCode(secrets, c),
    ...(flow === undefined ? {} : { flow }),
    confidence: flow !== undefined || secrets.some(({ by }) => by === 'format') ? 'certain' : 'firm',
    summary: c.say`${fileOf(first, c)} holds the client secret ${c.plain(first.name)} of ${c.plain(first.inMap?.file ?? '')}, line ${first.inMap?.line ?? 0}.`,
  };
}

const sourceMap = (content: string, more: object = {}): string =>
  text(
    'SCRIPT',
    { version: 3, sources: ['src/server/auth.ts'], sourcesContent: [content], names: [], mappings: 'AAAA', ...more },
    'https://app.example/app.js.map',
  );
const SOURCE = `import { start } from './start';\n\nexport const CLIENT_SECRET = '${PAGE_SECRET}';\n`;

export const examples: Examples = {
  violation: [
    { name: 'in a source', trace: sourceMap(SOURCE), severity: 'high' },
    {
      name: 'behind the guard against inclusion as a script',
      trace: text('SCRIPT', `)]}'\n${sourceMap(SOURCE).trim().split('\n').at(-1)}`, 'https://app.example/app.js.map'),
      severity: 'high',
    },
    {
      name: 'that is sent, too',
      trace: sourceMap(SOURCE) + sentByPage(),
      severity: 'high',
    },
  ],
  clean: [{ name: 'sources without a secret', trace: sourceMap('export const CLIENT_ID = "web1";') }],
  lookAlike: [
    { name: 'no map', trace: text('SCRIPT', 'start()'), verdict: 'notApplicable' },
    {
      name: 'a file of examples',
      trace: sourceMap('CLIENT_SECRET="your-client-secret-here1"', { sources: ['.env.example'] }),
      verdict: 'pass',
    },
    { name: 'a map without sources', trace: sourceMap(SOURCE, { sourcesContent: [null] }), verdict: 'pass' },
    {
      name: 'a secret in the code itself is another finding',
      trace: text('SCRIPT', SOURCE),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the page was not looked at', trace: openIdRequest(), missing: ['page code'] },
    { name: 'the map was cut', trace: cut(sourceMap('start()')), missing: ['page code'] },
  ],
};
