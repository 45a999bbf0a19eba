import { describe, expect, test } from 'vitest';
import { parseTrace } from '../../../lib/http/trace.ts';
import { clientKey, flowKey, flowName, leadingFlows, serverOrigins } from '../../../lib/view/flows.ts';
import { byClient, judge, traces } from './support.ts';

describe('what a flow is called', () => {
  test.each([
    ['a sign-in', traces.clean, 'Signing in with as.example'],
    ['a silent one', traces.silent, 'Silent renewal with as.example'],
    [
      'one whose request was pushed and whose reference was not seen',
      `# capture watch
POST https://as.example/par
Content-Type: application/x-www-form-urlencoded

response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      'Signing in with as.example',
    ],
    ['a password grant', traces.password, 'Password grant at as.example'],
    [
      'a callback alone',
      'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      'Sign-in response at app.example',
    ],
  ])('%s', async (_, trace, name) => {
    const { flow } = await judge(
      `# capture ${trace.startsWith('GET https://app') ? 'address' : 'watch'}\n${trace.trim()}`,
    );
    expect(flowName(flow)).toBe(name);
  });
});

test('the latest flow comes first, and its key outlives new traffic', async () => {
  const first = traces.clean;
  const second = `# tab 2\nGET https://other.example/authorize?response_type=code&client_id=web2&state=zzzzzzzzzzzzzzzzzz&redirect_uri=https%3A%2F%2Fapp.example%2Fcb2`;
  const before = (await byClient(parseTrace(first))).unknown;
  const after = (await byClient(parseTrace(`${first}\n\n${second}`))).unknown;
  expect(leadingFlows(after).map(flowName)).toEqual(['Signing in with other.example', 'Signing in with as.example']);
  const [old] = leadingFlows(before);
  expect(old === undefined ? null : flowKey(old)).toBe(flowKey(leadingFlows(after)[1] ?? after.flows[0] ?? raise()));
});

test('a flow names its client and its servers', async () => {
  const { flow } = await judge(traces.clean);
  expect(clientKey(flow)).toBe('as.example web1');
  expect(serverOrigins(flow)).toEqual(['https://as.example']);
});

function raise(): never {
  throw new Error('no flow');
}
