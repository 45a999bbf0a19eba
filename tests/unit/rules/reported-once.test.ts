import { expect, it } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Rule } from '../../../lib/model/rule.ts';
import { rule as loginHintPii } from '../../../lib/rules/login-hint-pii.ts';

async function messagesFound(rule: Rule, trace: string): Promise<readonly (number | null)[]> {
  const { findings } = await analyse(parseTrace(trace), { rules: [rule] });
  return findings.map(({ message }) => message);
}

it('login-hint-pii speaks once of each client', async () => {
  const request = (client: string, state: string) =>
    `GET https://as.example/authorize?response_type=code&client_id=${client}&state=${state}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`;
  const hint = 'login_hint=bob%40mail.example';
  const found = await messagesFound(
    loginHintPii,
    [
      request('web1', 'af0ifjsldkjQ2w7'),
      `${request('web1', 'Zk3uV8pQx1LrT0')}&${hint}`,
      `${request('web1', 'q1TzX8b2nE6m0u')}&${hint}`,
      `${request('web2', 'mF9B5f41JqMnQ7')}&${hint}`,
    ].join('\n\n'),
  );
  expect(found).toEqual([1, 3]);
});
