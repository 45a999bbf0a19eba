import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';

export const rule: Rule = {
  id: 'server-errors-leak-in-redirect',
  title: 'Internals of the server in error_description',
  subject: 'Text of error_description',
  group: 'J',
  severity: 'info',
  confidence: 'firm',
  needs: ['authorization response'],
  references: [{ spec: 'RFC 6749', section: '4.1.2.1', level: 'none' }],
  why: 'Traces and paths in an address tell an attacker how the server is built, and stay in histories and logs.',
  fix: 'Answer with a short text, and write the details to the log of the server.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const description = param(message, 'error_description');
      if (description === null || description.value.length < MIN_LENGTH || !INTERNALS.test(description.value)) {
        return passIfWholeResponse(message, c);
      }
      const summary = c.say`The description has ${description.value.length} characters and reads like a trace of a program.`;
      return c.fail({ evidence: [c.at(message, description)], summary });
    }),
};

/** Short texts are codes and sentences, whatever words are in them. */
const MIN_LENGTH = 80;
const INTERNALS =
  /\w+(Exception|Error)\b.*\bat [\w.$]+\(|SQLSTATE|ORA-\d{5}|Traceback \(most recent|\/(home|usr|var|opt)\/\w+\/|[A-Z]:\\\w+\\/s;

const answer = (description: string): string =>
  `GET https://app.example/cb?error=server_error&state=af0ifjsldkjQ2w7&error_description=${encodeURIComponent(description)}`;
const TRACE =
  'java.lang.NullPointerException: session is null at com.example.auth.LoginService.finish(LoginService.java:112)';

export const examples: Examples = {
  violation: [
    { name: 'a trace', trace: answer(TRACE), severity: 'info' },
    {
      name: 'an error of a database',
      trace: answer(
        `The request failed: SQLSTATE[42S02] base table or view not found, table sessions of the sign-in service`,
      ),
      severity: 'info',
    },
    {
      name: 'a path of the server',
      trace: answer(
        'The template could not be rendered: file /var/www/auth/templates/consent.html is missing or cannot be read',
      ),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'a sentence', trace: answer('The person declined.') },
    { name: 'no description', trace: 'GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7' },
  ],
  lookAlike: [
    {
      name: 'a long text with a number for support',
      trace: answer(
        'AADSTS65004: User declined to consent to access the app. Trace ID: 1f0c5f1d-30a6-4a3c-9b0e-5d3b7a0c1e00 Timestamp: 2026-11-23 10:00:00Z',
      ),
      verdict: 'pass',
    },
    { name: 'a short text with the word', trace: answer('InternalError at login(1)'), verdict: 'pass' },
  ],
  cannotTell: [
    { name: 'the address was cut', trace: `# truncated\n${answer('The person')}`, missing: ['whole address'] },
  ],
};
