import { describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';

const request = (server: string, redirect: string): string =>
  `GET ${server}/authorize?response_type=token&client_id=c1&state=Zk3uV8pQx1LrT0&redirect_uri=${encodeURIComponent(redirect)}`;

async function implicitAt(server: string, redirect = 'https://app.example/cb') {
  const { findings } = await analyse(parseTrace(request(server, redirect)));
  return findings.find((finding) => finding.rule === 'implicit-flow');
}

describe('a developer’s own machine', () => {
  test.each([['https://localhost:8443'], ['https://as.localhost'], ['https://127.0.0.1:8443'], ['https://[::1]:8443']])(
    'a server at %s is judged one level lower, and the finding says so',
    async (server) => {
      const finding = await implicitAt(server);
      expect(finding?.severity).toBe('medium');
      expect(finding?.summary).toContain('machine itself');
    },
  );

  test.each([['https://as.example'], ['https://localhost.example'], ['https://192.168.1.2'], ['https://as.test']])(
    'a server at %s is not',
    async (server) => {
      const finding = await implicitAt(server);
      expect(finding?.severity).toBe('high');
      expect(finding?.summary).not.toContain('machine itself');
    },
  );

  test('a client at localhost does not excuse what it asks of a real server', async () => {
    expect((await implicitAt('https://as.example', 'http://localhost:3000/cb'))?.severity).toBe('high');
  });
});
