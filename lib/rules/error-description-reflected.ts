import { bodyText } from '../http/body.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';

export const rule: Rule = {
  id: 'error-description-reflected',
  title: 'error_description written into the page as markup',
  subject: 'How the page shows error_description',
  group: 'B',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'response body', 'page'],
  references: [{ spec: 'RFC 6749', section: '10.14', level: 'MUST' }],
  why: 'An attacker can put a script into the very page that receives codes and tokens.',
  fix: 'Write the text of the error as text, never as markup.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const description = param(message, 'error_description');
      if (description === null || !/<[a-z!/]/i.test(description.value)) return c.notApplicable;
      const { outcome } = message.exchange;
      const shown = message.at === 'request' && outcome.is === 'response' ? bodyText(outcome.response.body) : null;
      if (shown === null) return c.cannotTell('response body');
      if (shown.includes(description.value)) {
        return c.fail({
          evidence: [c.at(message, description)],
          summary: c.say`The page of ${c.plain(message.endpoint.url)} contains the markup of the parameter as it came.`,
        });
      }
      // Escaped by the server; otherwise a script may still write it later.
      return shown.includes(escaped(description.value)) ? c.pass : c.cannotTell('page');
    }),
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const MARKUP = 'error_description=%3Ci%20data-oi%3D1%3E';
const callback = (query: string, page: string): string =>
  `GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7&${query}\n\n200\nContent-Type: text/html\n\n${page}`;

export const examples: Examples = {
  violation: [
    { name: 'as it came', trace: callback(MARKUP, '<p>Sign-in failed: <i data-oi=1></p>'), severity: 'medium' },
    {
      name: 'the end of an element',
      trace: callback('error_description=%3C%2Fp%3Eoh', '<p>Sign-in failed: </p>oh</p>'),
      severity: 'medium',
    },
  ],
  clean: [{ name: 'escaped', trace: callback(MARKUP, '<p>Sign-in failed: &lt;i data-oi=1&gt;</p>') }],
  lookAlike: [
    {
      name: 'text without markup is shown',
      trace: callback('error_description=The%20person%20said%20no', '<p>The person said no</p>'),
      verdict: 'notApplicable',
    },
    {
      name: 'a sign of comparison is no markup',
      trace: callback('error_description=age%20%3C%2018', '<p>age < 18</p>'),
      verdict: 'notApplicable',
    },
    { name: 'no description', trace: callback('hint=%3Ci%3E', '<p>Sorry <i></p>'), verdict: 'notApplicable' },
  ],
  cannotTell: [
    {
      name: 'the browser hides the page',
      trace: `# capture watch\n${callback(MARKUP, '<p>Sign-in failed: <i data-oi=1></p>')}`,
      missing: ['response body'],
    },
    { name: 'a script may write it later', trace: callback(MARKUP, '<div id=app></div>'), missing: ['page'] },
    {
      name: 'the page was not seen',
      trace: `GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7&${MARKUP}`,
      missing: ['response body'],
    },
    {
      name: 'only the redirect to the page was seen',
      trace: `
        GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        302
        Location: https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7&${MARKUP}

        Moved to <i data-oi=1>
      `,
      missing: ['response body'],
    },
  ],
};
