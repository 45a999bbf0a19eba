import { describe, expect, test } from 'vitest';

import { analyse } from '../../../lib/analyse.ts';
import { parseObservations, parseTrace } from '../../../lib/http/trace.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import type { OAuthMessage } from '../../../lib/model/message.ts';
import type { Fail, FlowRule, Rule, RuleContext, TraceRule } from '../../../lib/model/rule.ts';
import { storedValues } from '../../../lib/page/stored-values.ts';
import { authorize, tokenRequest, trace } from '../oauth/flows.ts';

const REQUEST = authorize({});
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const REDEEM = tokenRequest('grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1');

type Check = FlowRule['check'];

function made(id: string, check: Check, more: Partial<FlowRule> = {}): FlowRule {
  return {
    id,
    title: `${id} is wrong`,
    subject: id,
    group: 'A',
    severity: 'medium',
    confidence: 'certain',
    needs: ['authorization request'],
    references: [],
    why: 'Because.',
    fix: 'Do it.',
    parents: [],
    check,
    ...more,
  };
}

const RULE = made('whole', () => ({ is: 'pass' }));
const pass: TraceRule['check'] = (_, c) => c.pass;

/** Fails on every message of that kind, or of any. */
function failsOn(kind: OAuthMessage['kind'] | null, more: Partial<Fail> = {}): Check {
  return (flow, c) => {
    const [first, ...rest] = flow.messages
      .filter((message) => kind === null || message.kind === kind)
      .map((message): Fail => ({ evidence: [c.absent(message, 'x')], summary: c.say`seen`, ...more }));
    return first === undefined ? c.notApplicable : c.fail(first, ...rest);
  };
}

const run = (text: string, ...rules: readonly Rule[]): Promise<Analysis> => analyse(parseTrace(text), { rules });
const outline = ({ findings }: Analysis): string[] =>
  findings.map((finding) => `${finding.parent === null ? '' : '> '}${finding.rule} ${finding.severity}`);

describe('verdicts', () => {
  test('every rule answers for every flow', async () => {
    const other = authorize({ client: 'web2', state: 'bH7kd0PqLm3sVw9' });
    const { verdicts } = await run(
      trace(REQUEST, other),
      made('one', (_, c) => c.pass),
      made('two', (_, c) => c.notApplicable),
      made('three', (_, c) => c.cannotTell('response body', 'client type')),
      made('four', failsOn(null)),
    );
    const each = (flow: string) => [
      { rule: 'one', flow, trace: 'trace', is: 'pass' },
      { rule: 'two', flow, trace: 'trace', is: 'notApplicable' },
      { rule: 'three', flow, trace: 'trace', is: 'cannotTell', missing: ['response body', 'client type'] },
      { rule: 'four', flow, trace: 'trace', is: 'fail' },
    ];
    expect(verdicts).toEqual([...each('f1'), ...each('f2')]);
  });

  test('a rule that throws gives an error of its own, without what it read', async () => {
    const throws = (thrown: unknown): Check => {
      return (flow) => {
        throw thrown instanceof Error ? new TypeError(`cannot read ${flow.messages[0]?.url}`) : thrown;
      };
    };
    const analysis = await run(
      REQUEST,
      made('bad', throws(new Error('any'))),
      made('worse', throws('SplxlOBeZQQYbYS6WxSbIA')),
      made('good', failsOn(null)),
    );
    expect(analysis.verdicts.map((verdict) => [verdict.rule, verdict.is])).toEqual([
      ['bad', 'error'],
      ['worse', 'error'],
      ['good', 'fail'],
    ]);
    expect(analysis.verdicts[0]).toMatchObject({ message: 'TypeError in bad' });
    expect(analysis.verdicts[1]).toMatchObject({ message: 'unknown error in worse' });
  });

  test('nothing recognised, nothing said', async () => {
    expect(
      await run('GET https://app.example/', made('one', failsOn(null)), {
        ...RULE,
        judges: 'trace',
        check: pass,
      }),
    ).toMatchObject({ messages: [], flows: [], findings: [], verdicts: [] });
  });

  test('a rule about the whole trace answers once for each trace in which there is something to judge', async () => {
    const { verdicts } = await run(
      trace(REQUEST, authorize({ client: 'web2', state: 'bH7kd0PqLm3sVw9' }), '# trace b\nGET https://shop.example/'),
      made('one', (_, c) => c.pass),
      { ...RULE, judges: 'trace', check: pass },
    );
    expect(verdicts.filter(({ rule }) => rule === 'whole')).toEqual([
      { rule: 'whole', flow: null, trace: 'trace', is: 'pass' },
    ]);
  });

  test.each([
    ['a token in an address', 'GET https://api.example/me?access_token=2YotnFZFEjr1zCsicMWpAA', 1],
    ['a token in a header', 'GET https://api.example/me\nAuthorization: Bearer 2YotnFZFEjr1zCsicMWpAA', 1],
    ['storage', 'STORAGE local https://app.example\ntheme = dark', 1],
    ['a script', 'SCRIPT https://app.example/app.js\n\nlet a;', 1],
    ['nothing of it', 'GET https://api.example/me\nAuthorization: Basic YTpi', 0],
  ])('there is something to judge in %s', async (_, text, count) => {
    const { verdicts } = await analyse(parseObservations(text), { rules: [{ ...RULE, judges: 'trace', check: pass }] });
    expect(verdicts).toHaveLength(count);
  });
});

describe('a finding', () => {
  test('takes what the check says and, where it says nothing, what the rule says', async () => {
    const [plain] = (await run(REQUEST, made('one', failsOn(null)))).findings;
    expect(plain).toEqual({
      rule: 'one',
      severity: 'medium',
      confidence: 'certain',
      flow: 'f1',
      message: 0,
      host: 'as.example',
      key: 'one|as.example|web1|query.x',
      parent: null,
      title: 'one is wrong',
      summary: 'seen',
      why: 'Because.',
      fix: 'Do it.',
      trace: 'trace',
      evidence: [{ message: 0, observation: 0, where: 'query', name: 'x' }],
    });
    const said = failsOn(null, { severity: 'low', confidence: 'firm', part: 'second' });
    const [own] = (await run(REQUEST, made('one', said))).findings;
    expect(own).toMatchObject({ severity: 'low', confidence: 'firm', key: 'one|as.example|web1|query.x|second' });
  });

  test('shows where a parameter is or should be', async () => {
    const places: Check = (flow, c) => {
      const [first, ...rest] = flow.messages.map((message): Fail => {
        const [param] = message.params;
        return {
          evidence: param ? [c.absent(message, 'x'), c.at(message, param, c.say`note`)] : [c.absent(message, 'x')],
          summary: c.say`seen`,
        };
      });
      return first === undefined ? c.pass : c.fail(first, ...rest);
    };
    const fragment = 'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
    const posted =
      'POST https://app.example/cb\nContent-Type: application/x-www-form-urlencoded\n\ncode=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
    const { findings } = await run(trace(REQUEST, CALLBACK, fragment, posted, REDEEM), made('one', places));
    const inOrder = findings.toSorted((a, b) => (a.message ?? 0) - (b.message ?? 0));
    expect(
      inOrder.map(({ evidence }) => evidence.map(({ where, name, value, note }) => [where, name, value, note])),
    ).toEqual(
      [
        ['query', 'response_type', 'code'],
        ['query', 'code', 'Splx…•••• (22)'],
        ['fragment', 'code', 'Splx…•••• (22)'],
        ['body', 'code', 'Splx…•••• (22)'],
        ['body', 'grant_type', 'authorization_code'],
      ].map(([where, name, value]) => [
        [where, 'x', undefined, undefined],
        [where, name, value, 'note'],
      ]),
    );
  });

  test('that rests on an unsure link is tentative and at most medium, in whichever flow the evidence lies', async () => {
    const unsure = trace(REQUEST, REDEEM);
    const high = made('one', failsOn('tokenRequest', { severity: 'high' }));
    expect((await run(unsure, high)).findings).toMatchObject([{ severity: 'medium', confidence: 'tentative' }]);
    const sure = made('one', failsOn('authorizationRequest', { severity: 'high' }));
    expect((await run(unsure, sure)).findings).toMatchObject([{ severity: 'high', confidence: 'certain' }]);
    const elsewhere = (flow: { id: string }, c: RuleContext) => {
      const message = c.flows.find((other) => other.id !== flow.id)?.messages.at(-1);
      return message === undefined || flow.id === 'f1'
        ? c.pass
        : c.fail({ evidence: [c.absent(message, 'x')], summary: c.say`seen`, severity: 'high' });
    };
    const next = authorize({ client: 'web2', state: 'bH7kd0PqLm3sVw9' });
    expect((await run(trace(REQUEST, CALLBACK, next), made('one', elsewhere))).findings).toMatchObject([
      { severity: 'high', confidence: 'certain', flow: 'f2' },
    ]);
    expect((await run(trace(REQUEST, REDEEM, next), made('one', elsewhere))).findings).toMatchObject([
      { severity: 'medium', confidence: 'tentative', flow: 'f2' },
    ]);
  });
});

describe('one cause, one card', () => {
  const cause = made('cause', failsOn('authorizationRequest'), { severity: 'low' });
  const child = made('child', failsOn('authorizationResponse'), { parents: ['cause'], severity: 'info' });

  test('a finding that another one explains stands below it', async () => {
    const analysis = await run(trace(REQUEST, CALLBACK), child, cause);
    expect(outline(analysis)).toEqual(['cause low', '> child info']);
    expect(analysis.findings[1]?.parent).toBe(analysis.findings[0]?.key);
  });

  test('without its cause it stands alone', async () => {
    expect(
      outline(
        await run(
          trace(REQUEST, CALLBACK),
          child,
          made('cause', (_, c) => c.pass),
        ),
      ),
    ).toEqual(['child info']);
  });

  test('a cause in another flow explains nothing', async () => {
    const other = 'GET https://shop.example/cb?code=n3XtC0deThatIsAnother&state=bH7kd0PqLm3sVw9';
    const analysis = await run(trace(REQUEST, other), child, cause);
    expect(analysis.flows).toHaveLength(2);
    expect(outline(analysis)).toEqual(['cause low', 'child info']);
  });

  test('the card is as severe as the worst of its facts, at every depth', async () => {
    const grandchild = made('grandchild', failsOn('tokenRequest'), { parents: ['child'], severity: 'high' });
    const all = trace(REQUEST, CALLBACK, REDEEM);
    expect(outline(await run(all, grandchild, child, cause))).toEqual([
      'cause high',
      '> child high',
      '> grandchild high',
    ]);
  });

  test('of two causes the one on the same message counts, else the first that the rule names', async () => {
    const early = made('early', failsOn('authorizationRequest'));
    const same = made('same', failsOn('authorizationResponse'));
    const parents = ['early', 'same'];
    const onSame = await run(
      trace(REQUEST, CALLBACK),
      early,
      same,
      made('child', failsOn('authorizationResponse'), { parents }),
    );
    expect(outline(onSame)).toEqual(['early medium', 'same medium', '> child medium']);
    const onOther = await run(
      trace(REQUEST, CALLBACK, REDEEM),
      same,
      early,
      made('child', failsOn('tokenRequest'), { parents }),
    );
    expect(outline(onOther)).toEqual(['early medium', '> child medium', 'same medium']);
  });

  test('one message in common is enough', async () => {
    const both: Check = (flow, c) => {
      const [first, second] = flow.messages;
      if (first === undefined || second === undefined) return c.pass;
      return c.fail({ evidence: [c.absent(first, 'x'), c.absent(second, 'x')], summary: c.say`seen` });
    };
    const analysis = await run(
      trace(REQUEST, CALLBACK, REDEEM),
      made('early', failsOn('tokenRequest')),
      made('both', both),
      made('child', failsOn('authorizationResponse'), { parents: ['early', 'both'] }),
    );
    expect(outline(analysis)).toEqual(['both medium', '> child medium', 'early medium']);
  });

  test('a cause that was found twice at one place is one card', async () => {
    const analysis = await run(
      trace(REQUEST, CALLBACK, CALLBACK),
      made('twice', failsOn('authorizationResponse')),
      made('child', failsOn('authorizationRequest'), { parents: ['twice'] }),
    );
    expect(outline(analysis)).toEqual(['twice medium', '> child medium']);
  });
});

test('the worst card comes first, over all flows, and nothing depends on the order of the rules', async () => {
  const rules = [
    made('b-low', failsOn(null), { severity: 'low' }),
    made('a-low', failsOn(null), { severity: 'low' }),
    made('firm', failsOn(null), { severity: 'high', confidence: 'firm' }),
    made('certain', failsOn(null), { severity: 'high' }),
  ];
  const expected = ['certain high', 'firm high', 'a-low low', 'b-low low'];
  expect(outline(await run(REQUEST, ...rules))).toEqual(expected);
  expect(outline(await run(REQUEST, ...rules.toReversed()))).toEqual(expected);
});

describe('what a check may use', () => {
  test('the time that was given, the hash of every verifier, the other flows of its trace', async () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const seen: unknown[] = [];
    const rule = made('one', (flow, c) => {
      seen.push([c.now, c.s256(verifier), c.flows.map((other) => other.id), c.same('a', 'a'), flow.id]);
      return c.pass;
    });
    const text = trace(
      tokenRequest(`grant_type=authorization_code&code_verifier=${verifier}`),
      `# trace other\n${REQUEST}`,
    );
    const { verdicts } = await analyse(parseTrace(text), { rules: [rule], now: 1_767_225_600_000 });
    expect(verdicts.map((verdict) => verdict.is)).toEqual(['pass', 'pass']);
    expect(seen).toEqual([
      [1_767_225_600_000, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', ['f1'], true, 'f1'],
      [1_767_225_600_000, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', ['f2'], true, 'f2'],
    ]);
  });

  test('everything that was observed in its trace, and which links are sure', async () => {
    const seen: unknown[] = [];
    const rule = made('one', (flow, c) => {
      seen.push([c.exchanges.map((exchange) => exchange.request.url), flow.messages.map((m) => c.sure(flow, m))]);
      return c.pass;
    });
    await run(trace('GET https://app.example/', '# trace other\nGET https://shop.example/', REQUEST, REDEEM), rule);
    expect(seen).toEqual([
      [
        ['https://app.example/', REQUEST.slice(4), 'https://as.example/token'],
        [true, false],
      ],
    ]);
  });

  test('a hash that was not prepared is an error of the rule', async () => {
    const { verdicts } = await run(
      REQUEST,
      made('one', (_, c) => (c.s256('never-seen') === '' ? c.pass : c.pass)),
    );
    expect(verdicts).toMatchObject([{ is: 'error', message: 'Error in one' }]);
  });
});

describe('evidence outside of messages', () => {
  const KEY = 'oidc.user:https://as.example:web1';
  const PAGE = `
    STORAGE local https://app.example
    ${KEY} = {"profile":{"sub":"1"},"access_token":"2YotnFZFEjr1zCsicMWpAA"}

    SCRIPT https://app.example/app.js

    const a = 1;
    const config = { id: "web1", secret: "s3cr3tKq81LmZ0pTq", other: "s3cr3tZZ91LmZ0pTq" };
  `;
  const look = (check: TraceRule['check']): Promise<Analysis> =>
    analyse(parseObservations(PAGE), { rules: [{ ...RULE, judges: 'trace', check }] });

  test('points into storage, its value masked, under a key that names the place', async () => {
    const { findings, observations } = await look((_, c) => {
      const token = c.snapshots.flatMap(storedValues).find(({ member }) => member === 'access_token');
      return token ? c.fail({ evidence: [c.inStorage(token)], summary: c.say`seen` }) : c.pass;
    });
    expect(findings).toMatchObject([
      {
        flow: null,
        message: null,
        key: `whole|app.example|-|storage.${KEY}.access_token`,
        evidence: [
          { message: null, observation: 0, where: 'storage', name: `${KEY}.access_token`, value: '2Yot…•••• (22)' },
        ],
      },
    ]);
    expect(observations[0]?.is).toBe('storage');
  });

  test('points into code by line and column, with masked context and the place that a map gives', async () => {
    const secret = 's3cr3tKq81LmZ0pTq';
    const { findings } = await look((trace, c) => {
      const [scan] = trace.scans;
      if (scan === undefined) return c.pass;
      const place = {
        name: 'secret',
        offset: scan.text.indexOf(secret),
        mapped: { file: 'src/a.ts', line: 3, column: 9 },
      };
      return c.fail({ evidence: [c.inText(scan, place, secret)], summary: c.say`seen` });
    });
    expect(findings[0]?.evidence[0]).toEqual({
      message: null,
      observation: 1,
      where: 'script',
      name: 'secret',
      value: 's3cr…•••• (17)',
      code: {
        line: 2,
        column: 39,
        offset: 51,
        length: 17,
        context: 'const config = { id: "web1", secret: "s3cr…•••• (17)", other: "s3cr…•••• (17)" };',
        mapped: { file: 'src/a.ts', line: 3, column: 9 },
      },
    });
  });

  test('random parts of a storage key are neither shown nor part of the key of the finding', async () => {
    const key = async (id: string): Promise<readonly string[]> => {
      const { findings } = await analyse(parseObservations(`STORAGE session https://app.example\noidc.${id} = x`), {
        rules: [
          {
            ...RULE,
            judges: 'trace',
            check: (_, c) => {
              const [stored] = c.snapshots.flatMap(storedValues);
              return stored ? c.fail({ evidence: [c.inStorage(stored)], summary: c.say`seen` }) : c.pass;
            },
          },
        ],
      });
      return findings.flatMap((finding) => [finding.key, finding.evidence[0].name]);
    };
    const [one, shown] = await key('4f9c1dbb07a34f0c8b5e2d7a');
    const [two] = await key('9b1deb4d3b7d4bad9bdd2b0d');
    expect(one).toBe('whole|app.example|-|storage.oidc.…');
    expect(two).toBe(one);
    expect(shown).toBe('oidc.4f9c…•••• (24)');
  });

  test('one level lower on this machine', async () => {
    const { findings } = await analyse(parseObservations('STORAGE local http://localhost:3000\na = b'), {
      rules: [
        {
          ...RULE,
          judges: 'trace',
          check: (_, c) => {
            const [stored] = c.snapshots.flatMap(storedValues);
            return stored ? c.fail({ evidence: [c.inStorage(stored)], summary: c.say`seen` }) : c.pass;
          },
        },
      ],
    });
    expect(findings).toMatchObject([{ severity: 'low', key: 'whole|localhost|-|storage.a' }]);
  });

  test('a finding of the trace that names a flow is one of that flow, and stands below its cause there', async () => {
    const cause = made('cause', failsOn('authorizationRequest'), { severity: 'high' });
    const effect: TraceRule = {
      ...RULE,
      judges: 'trace',
      parents: ['cause'],
      check: ({ flows, exchanges }, c) => {
        const [flow] = flows;
        const exchange = exchanges.at(-1);
        if (flow === undefined || exchange === undefined) return c.pass;
        return c.fail({ flow, evidence: [c.inRequest(exchange, 'url', 'url', 'x')], summary: c.say`seen` });
      },
    };
    const analysis = await run(trace(REQUEST, 'GET https://stats.example/'), cause, effect);
    expect(outline(analysis)).toEqual(['cause high', '> whole medium']);
    expect(analysis.findings.map(({ flow }) => flow)).toEqual(['f1', 'f1']);
    expect(analysis.verdicts.at(-1)).toMatchObject({ rule: 'whole', flow: null, is: 'fail' });
  });

  test('what was found in a page explains what was found on the same host alone', async () => {
    const of = (id: string, key: string, parents: readonly string[] = []): TraceRule => ({
      ...RULE,
      id,
      judges: 'trace',
      parents,
      check: (_, c) => {
        const [first, ...rest] = c.snapshots
          .flatMap(storedValues)
          .filter((stored) => stored.key === key)
          .map((stored) => ({ evidence: [c.inStorage(stored)] as const, summary: c.say`seen` }));
        return first ? c.fail(first, ...rest) : c.pass;
      },
    });
    const { findings } = await analyse(
      parseObservations(
        'STORAGE local https://a.example\nx = 1\ny = 1\n\nSTORAGE local https://b.example\ny = 1\n\nSTORAGE session https://a.example\ny = 1',
      ),
      { rules: [of('cause', 'x'), of('effect', 'y', ['cause'])] },
    );
    expect(findings.map(({ key, parent }) => [key, parent])).toEqual([
      ['cause|a.example|-|storage.x', null],
      ['effect|a.example|-|storage.y', 'cause|a.example|-|storage.x'],
      ['effect|b.example|-|storage.y', null],
    ]);
  });
});
