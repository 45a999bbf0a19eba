import type { Location } from 'sarif';
import { describe, expect, it } from 'vitest';
import type { Need } from '../../../lib/model/rule.ts';
import { markdownReport } from '../../../lib/report/markdown.ts';
import { printable } from '../../../lib/report/printable.ts';
import { atLeast, type ReportFinding, rootFindings } from '../../../lib/report/report.ts';
import { sarifReport } from '../../../lib/report/sarif.ts';
import { severityCounts } from '../../../lib/report/summary.ts';
import { type TextOptions, textReport, wrap } from '../../../lib/report/text.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { specUrl } from '../../../lib/rules/specs.ts';
import { finding, report } from './sample.ts';

const options: TextOptions = { width: 100, paint: (_style, text) => text, rules: RULES, specUrl };

describe('what counts', () => {
  it('is what no other finding explains', () => {
    expect(rootFindings(report()).map(({ rule }) => rule)).toEqual(['implicit-flow']);
    expect(severityCounts(rootFindings(report()))).toBe('1 high');
  });

  it('is compared worst first', () => {
    expect([atLeast('high', 'low'), atLeast('low', 'low'), atLeast('info', 'low'), atLeast('medium', 'high')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('text', () => {
  it('has the verdict, the finding with what it explains, and what could not be judged', () => {
    const lines = textReport(report(), options).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'sign in.har  9 entries',
      'Signing in with as.example: 1 problem. 2 checks passed, 2 could not be judged.',
    ]);
    expect(lines).toContain('▲ high   Access token requested from the authorization endpoint');
    expect(lines).toContain('  seen   response_type=token, query of the authorization request to as.example (entry 3)');
    expect(lines).toContain('  also   Access token in the fragment of the callback (token-in-fragment)');
    const unjudged = lines.slice(lines.indexOf('◌ Could not be judged') + 1);
    expect(unjudged).toEqual([
      expect.stringMatching(/^ {2}\S.*: needs token request$/),
      expect.stringMatching(/^ {2}\S.*: needs server metadata, sure link$/),
      '',
    ]);
  });

  it('says notes apart from problems', () => {
    const noted = report({ findings: [finding({ severity: 'info' }), finding({ severity: 'low', flow: 'f2' })] });
    expect(textReport(noted, options)).toContain('Signing in with as.example: 1 problem and 1 note.');
  });

  it('counts entries beyond ten that could not be read', () => {
    const errors = Array.from({ length: 12 }, (_, entry) => ({ entry, message: 'broken' }));
    const lines = textReport(report({ sources: [{ file: 'a.har', entries: 12, errors }] }), options).split('\n');
    expect(lines.filter((line) => line.startsWith('  Not read: entry'))).toHaveLength(10);
    expect(lines).toContain('  and 2 more that could not be read');
  });

  it('ends with a sum over several inputs', () => {
    const [source] = report().sources;
    const two = report({ sources: source ? [source, { file: 'b.har', entries: 1, errors: [] }] : [] });
    const text = textReport(two, options);
    expect(text).toContain('b.har  1 entry\nNo OAuth message among 1 entry.');
    expect(text.trimEnd().split('\n').at(-1)).toBe('2 inputs: 1 high.');
  });

  it('colours by the painter it is given', () => {
    const painted = textReport(report(), { ...options, paint: (style, text) => `<${style}>${text}</>` });
    expect(painted).toContain('<high>▲ high  </> <strong>Access token requested');
  });

  it('wraps at spaces and lets long words stand', () => {
    expect(wrap('aa bb cccccccc d', '  ', 7)).toEqual(['  aa bb', '  cccccccc', '  d']);
    expect(wrap('', '  ', 7)).toEqual(['  ']);
  });
});

describe('a remark about an input', () => {
  const remark = 'Page hooks were on <b>.';
  const remarked = report({ sources: [{ file: 'a.har', entries: 1, errors: [], remarks: [remark] }] });

  it('stands in every format', () => {
    expect(textReport(remarked, options)).toContain(`\n  ${remark}\n`);
    expect(markdownReport(remarked, options)).toContain('\n\nPage hooks were on &lt;b&gt;.\n\n');
    const [invocation] = JSON.parse(sarifReport(remarked, options)).runs[0].invocations;
    expect(invocation.executionSuccessful).toBe(true);
    expect(invocation.toolExecutionNotifications).toMatchObject([{ level: 'note', message: { text: remark } }]);
  });
});

describe('what pages hold', () => {
  const of = (missing: readonly Need[]) =>
    report({
      verdictList: missing.map((need) => ({ rule: need, flow: null, source: 0, is: 'cannotTell', missing: [need] })),
    });

  it('comes with how to get it, once', () => {
    const pages = of(['page storage', 'page code', 'token request']);
    for (const text of [textReport(pages, options), markdownReport(pages, options)])
      expect(text.match(/Check this page/g)).toHaveLength(1);
    for (const text of [textReport(of(['token request']), options), markdownReport(of(['token request']), options)])
      expect(text).not.toContain('Check this page');
  });
});

describe('Markdown', () => {
  it('has a heading for each input and finding', () => {
    const headings = markdownReport(report(), options)
      .split('\n')
      .filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      '# OAuth report',
      '## sign in.har',
      '### ▲ Access token requested from the authorization endpoint (high)',
      '### Could not be judged',
    ]);
  });

  it('tells findings that say the same once, with each place', () => {
    const [first, effect] = report().findings;
    if (first === undefined || effect === undefined) throw new Error('no findings');
    const again = { ...first, flow: 'f2', entry: 7, evidence: [{ ...first.evidence[0], value: 'code token' }] };
    const findings = [first, again, { ...again, flow: 'f3', fix: 'Another fix.' }, effect, { ...effect, flow: 'f2' }];
    const text = markdownReport(report({ findings: findings as ReportFinding[] }), options);
    expect(text.match(/^### ▲.*$/gm)).toEqual([
      '### ▲ Access token requested from the authorization endpoint (high, 2 times)',
      '### ▲ Access token requested from the authorization endpoint (high)',
    ]);
    expect(text.match(/^- \*\*Seen\*\*: .*?,/gm)).toEqual([
      '- **Seen**: response\\_type=token,',
      '- **Seen**: response\\_type=code token,',
      '- **Seen**: response\\_type=code token,',
    ]);
    expect(text.match(/Goes away with it/g)).toHaveLength(1);
  });

  it('names the checks that stopped with an error, each once', () => {
    const { verdictList } = report();
    const broken = { rule: 'throws', flow: null, source: 0, is: 'error', message: 'TypeError in throws' } as const;
    const text = markdownReport(report({ verdictList: [...verdictList, broken, { ...broken, flow: 'f1' }] }), options);
    expect(text).toContain('\n\n### Stopped with an error\n\n- `throws`\n\n### Could not be judged');
  });

  it('keeps code spans, and makes nothing of a capture active', () => {
    const hostile = 'a `b=c` [x](http://evil.example) <img src=x> @everyone ```<b>` `<i>` *z*';
    const text = markdownReport(report({ findings: [finding({ summary: hostile })] }), options);
    expect(text).toContain(
      'a `b=c` \\[x\\]\\(http:&#8203;//evil.example\\) &lt;img src=x&gt; &#64;everyone \\`\\`\\`&lt;b&gt;\\` \\`&lt;i&gt;\\` \\*z\\*',
    );
  });
});

describe('SARIF', () => {
  const sarif = (of = report()) => JSON.parse(sarifReport(of, options));

  it('has one result for each cause, with its rule, place and fingerprint', () => {
    const [run] = sarif().runs;
    expect(run.results).toHaveLength(1);
    const [result] = run.results;
    expect(result).toMatchObject({
      ruleId: 'implicit-flow',
      level: 'error',
      partialFingerprints: { 'findingKey/v1': 'implicit-flow|as.example|c1|query.response_type' },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'sign%20in.har', index: 0 } },
          logicalLocations: [{ fullyQualifiedName: 'log.entries[3]' }],
        },
      ],
    });
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe('implicit-flow');
    expect(run.invocations[0].executionSuccessful).toBe(true);
  });

  it.each([
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
    ['info', 'note'],
  ] as const)('calls %s %s', (severity, level) => {
    expect(sarif(report({ findings: [finding({ severity })] })).runs[0].results[0].level).toBe(level);
  });

  it('notes what could not be read', () => {
    const errors = [{ entry: 2, line: 3, message: 'broken' }];
    const sources = [
      { file: '/logs/a.jsonl', entries: 3, errors },
      { file: 'b\\c.har', entries: 0, errors: [{ line: 1, message: 'no JSON' }] },
    ];
    const [invocation] = sarif(report({ sources, findings: [] })).runs[0].invocations;
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications).toMatchObject([
      {
        level: 'warning',
        locations: [
          { physicalLocation: { artifactLocation: { uri: 'file:///logs/a.jsonl' }, region: { startLine: 3 } } },
        ],
      },
      { level: 'error', locations: [{ physicalLocation: { artifactLocation: { uri: 'b/c.har' } } }] },
    ]);
  });
});

describe('printable', () => {
  it('shows control and bidi characters by their number and leaves the rest', () => {
    expect(printable('a\u001b[31m\n\u202eé😀')).toBe('a<U+001B>[31m<U+000A><U+202E>é😀');
  });
});

describe('evidence outside of messages', () => {
  const of = { source: 0, entry: 7, url: 'https://app.example/app.js' };
  const page = report({
    messages: [],
    flows: [],
    findings: [
      finding({
        flow: null,
        evidence: [
          {
            message: null,
            where: 'storage',
            name: 'user.token',
            value: '2Yot…•••• (22)',
            of: { ...of, is: 'storage', url: 'https://app.example/', area: 'local' },
          },
          { message: null, where: 'query', name: 'token', value: '2Yot…•••• (22)', of: { ...of, is: 'exchange' } },
          {
            message: null,
            where: 'script',
            name: 'secret',
            value: 's3cr…•••• (17)',
            of: {
              ...of,
              is: 'script',
              line: 3,
              column: 9,
              context: 'x',
              mapped: { file: 'src/a.ts', line: 12, column: 5 },
            },
          },
        ],
      }),
    ],
    verdicts: { pass: 0, fail: 1, cannotTell: 0, notApplicable: 0, error: 0 },
    verdictList: [{ rule: 'implicit-flow', flow: null, source: 0, is: 'fail' }],
  });

  it('is named with its place in text and Markdown', () => {
    const text = textReport(page, options);
    expect(text).toContain('What pages store, deliver and send: 1 problem. 0 checks passed, 0 could not be judged.');
    const seen = text.replace(/\n +/g, ' ');
    expect(seen).toContain('user.token=2Yot…•••• (22), localStorage of https://app.example/ (entry 7)');
    expect(seen).toContain('token=2Yot…•••• (22), query of the request to https://app.example/app.js (entry 7)');
    expect(seen).toContain('secret=s3cr…•••• (17), https://app.example/app.js 3:9, which is src/a.ts 12:5 (entry 7)');
    expect(markdownReport(page, options)).toContain(
      'user\\.token=2Yot…•••• \\(22\\), localStorage'.replace('\\.', '.'),
    );
  });

  it('is a region of the script in SARIF, and the input elsewhere', () => {
    const log = JSON.parse(sarifReport(page, options));
    expect(log.runs[0].results[0].locations.map((one: Location) => one.physicalLocation)).toEqual([
      { artifactLocation: { uri: 'sign%20in.har', index: 0 } },
      { artifactLocation: { uri: 'sign%20in.har', index: 0 } },
      { artifactLocation: { uri: 'https://app.example/app.js' }, region: { startLine: 3, startColumn: 9 } },
    ]);
  });
});
