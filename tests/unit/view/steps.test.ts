import { describe, expect, test } from 'vitest';
import { progressOf, stepViews } from '../../../lib/view/steps.ts';
import { FEW_RULES, judge, NOON, traces } from './support.ts';

async function stepsOf(trace: string, now = NOON + 60_000): Promise<string[]> {
  const { analysis, flow } = await judge(trace, FEW_RULES);
  const progress = progressOf(flow, now);
  return stepViews(analysis, flow, progress).map(
    ({ name, mark, seenOnward }) => `${name} ${mark}${seenOnward ? '' : ' …'}`,
  );
}

describe('the line of steps', () => {
  test.each([
    ['a clean sign-in', traces.clean, ['Request pass', 'Sign-in pass', 'Callback pass', 'Token pass']],
    ['findings stand at their step', traces.noPkce, ['Request high', 'Sign-in pass', 'Callback pass', 'Token pass']],
    ['a child counts at its own step', traces.implicit, ['Request high', 'Sign-in pass', 'Callback high']],
    [
      'the token request did not pass through the browser',
      traces.unknownClient,
      ['Request medium', 'Sign-in pass', 'Callback pass …', 'Token cannotTell'],
    ],
    ['refused', traces.refused, ['Request pass', 'Sign-in pass', 'Callback stopped …', 'Token notYet']],
    ['under way', traces.started, ['Request pass …', 'Sign-in running …', 'Callback notYet …', 'Token notYet']],
    ['a token request alone', traces.password, ['Token request high …', 'Token response cannotTell']],
  ])('%s', async (_, trace, steps) => {
    expect(await stepsOf(trace)).toEqual(steps);
  });

  test('a sign-in left alone for eleven minutes is no longer under way', async () => {
    const later = NOON + 11 * 60_000;
    expect(await stepsOf(traces.started, later)).toEqual([
      'Request pass …',
      'Sign-in notYet …',
      'Callback notYet …',
      'Token notYet',
    ]);
    const { flow } = await judge(traces.started, FEW_RULES);
    expect(progressOf(flow, later)).toBe('unfinished');
  });

  test('a callback on its own has a request that was not seen', async () => {
    const trace = `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`;
    expect(await stepsOf(`# capture address\n${trace}`)).toEqual([
      'Request cannotTell',
      'Sign-in pass',
      'Callback pass …',
      'Token cannotTell',
    ]);
  });
});
