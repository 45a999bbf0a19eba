import type { Report, ReportFinding } from '../../../lib/report/report.ts';

export const finding = (rest: Partial<ReportFinding> = {}): ReportFinding => ({
  rule: 'implicit-flow',
  severity: 'high',
  confidence: 'certain',
  flow: 'f1',
  source: 0,
  entry: 3,
  key: 'implicit-flow|as.example|c1|query.response_type',
  parent: null,
  title: 'Access token requested from the authorization endpoint',
  summary: 'The token comes back in the address.',
  why: 'Whoever reads the address has the token.',
  fix: 'Use `response_type=code` with PKCE.',
  evidence: [{ message: 0, where: 'query', name: 'response_type', value: 'token' }],
  ...rest,
});

/** A report on one HAR with one sign-in; parts can be replaced. */
export const report = (rest: Partial<Report> = {}): Report => ({
  schema: 1,
  tool: { name: 'oauth-inspector', version: '1.2.3' },
  sources: [{ file: 'sign in.har', entries: 9, errors: [] }],
  messages: [
    {
      source: 0,
      entry: 3,
      at: 'request',
      kind: 'authorizationRequest',
      host: 'as.example',
      provider: null,
      flow: 'f1',
    },
    {
      source: 0,
      entry: 4,
      at: 'location',
      kind: 'authorizationResponse',
      host: 'app.example',
      provider: null,
      flow: 'f1',
    },
  ],
  flows: [
    {
      id: 'f1',
      grant: 'implicit',
      provider: null,
      issuer: null,
      clientId: 'c1',
      clientType: { is: 'unknown', because: 'no-evidence' },
      messages: [0, 1],
    },
  ],
  findings: [
    finding(),
    finding({
      rule: 'token-in-fragment',
      key: 'token-in-fragment|app.example|c1|fragment.access_token',
      parent: 'implicit-flow|as.example|c1|query.response_type',
      title: 'Access token in the fragment of the callback',
      evidence: [{ message: 1, where: 'fragment', name: 'access_token', value: 'abcd…•••• (26)' }],
    }),
  ],
  verdicts: { pass: 2, fail: 2, cannotTell: 2, notApplicable: 0, error: 0 },
  verdictList: [
    { rule: 'implicit-flow', flow: 'f1', source: 0, is: 'fail' },
    { rule: 'token-in-fragment', flow: 'f1', source: 0, is: 'fail' },
    { rule: 'missing-state', flow: 'f1', source: 0, is: 'pass' },
    { rule: 'pkce-plain', flow: 'f1', source: 0, is: 'pass' },
    { rule: 'ropc-grant', flow: 'f1', source: 0, is: 'cannotTell', missing: ['token request'] },
    { rule: 'iss-mismatch', flow: 'f1', source: 0, is: 'cannotTell', missing: ['server metadata', 'sure link'] },
  ],
  ...rest,
});
