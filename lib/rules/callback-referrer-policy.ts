import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'callback-referrer-policy',
  title: 'Callback page sends its whole address to other sites',
  subject: 'Referrer policy of the callback page',
  group: 'J',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '4.2.4', level: 'none' },
    { spec: 'Referrer Policy', section: '3', level: 'none' },
  ],
  asvs: ['3.4.5'],
  why: 'Every site whose files the page loads gets the code and the state that stand in its address.',
  fix: 'Send `Referrer-Policy: no-referrer` with the callback page.',
  copy: 'Referrer-Policy: no-referrer',
  parents: ['code-in-referer'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      if (message.at === 'location' || !message.params.some((p) => p.where === 'query')) return c.notApplicable;
      const headers = allResponseHeaders(message.exchange);
      if (headers === null) return c.cannotTell('response headers');
      const sent = responseHeader(headers, 'referrer-policy');
      const policy = sent === null ? null : inForce(sent);
      // Without a policy, browsers send other sites no more than the origin.
      if (policy === null || !LOOSE.has(policy)) return c.pass;
      return c.fail({
        evidence: [{ message, where: 'header', name: 'Referrer-Policy', value: sent ?? '' }],
        summary: c.say`The policy ${c.plain(policy)} lets browsers send the address of the callback to other sites.`,
      });
    }),
};

const LOOSE: ReadonlySet<string> = new Set(['unsafe-url', 'no-referrer-when-downgrade']);
const KNOWN: ReadonlySet<string> = new Set([
  ...LOOSE,
  'no-referrer',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
]);

/** Of several policies the last one that is known counts (Referrer Policy §11.1). */
function inForce(sent: string): string | null {
  const policies = sent.split(',').map((policy) => policy.trim().toLowerCase());
  return policies.findLast((policy) => KNOWN.has(policy)) ?? null;
}

const callback = (
  headers: string,
  url = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
): string => `GET ${url}\n\n200\nContent-Type: text/html${headers}`;

export const examples: Examples = {
  violation: [
    { name: 'the whole address to everyone', trace: callback('\nReferrer-Policy: unsafe-url'), severity: 'medium' },
    {
      name: 'the whole address by https',
      trace: callback('\nReferrer-Policy: no-referrer-when-downgrade'),
      severity: 'medium',
    },
    { name: 'the last of several', trace: callback('\nReferrer-Policy: no-referrer, Unsafe-URL'), severity: 'medium' },
    { name: 'a word that browsers skip', trace: callback('\nReferrer-Policy: unsafe-url, never'), severity: 'medium' },
  ],
  clean: [
    { name: 'nothing', trace: callback('\nReferrer-Policy: no-referrer') },
    { name: "the browser's own rule", trace: callback('') },
  ],
  lookAlike: [
    {
      name: 'a loose policy before a strict one',
      trace: callback('\nReferrer-Policy: unsafe-url, strict-origin'),
      verdict: 'pass',
    },
    { name: 'words that no browser knows', trace: callback('\nReferrer-Policy: always'), verdict: 'pass' },
    {
      name: 'a fragment is never sent',
      trace: callback(
        '\nReferrer-Policy: unsafe-url',
        'https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      ),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides response-headers\n${callback('')}`,
      missing: ['response headers'],
    },
    { name: 'few headers are kept', trace: `# capture watch\n${callback('')}`, missing: ['response headers'] },
  ],
};
