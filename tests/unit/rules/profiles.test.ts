import { expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { PROFILE_DATA, PROFILES, type ProfileName } from '../../../lib/rules/profiles.ts';

const ids = new Set(RULES.map((rule) => rule.id));

test.each(PROFILES)('%s moves only rules that exist', (name) => {
  expect(Object.keys(PROFILE_DATA[name].adjust).filter((id) => !ids.has(id))).toEqual([]);
});

const IMPLICIT =
  'GET https://as.example/authorize?response_type=token&client_id=c1&state=Zk3uV8pQx1LrT0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const NO_PKCE = IMPLICIT.replace('=token', '=code');
const VENDOR =
  'GET https://accounts.google.com/o/oauth2/v2/auth?gsiwebsdk=3&client_id=c1&response_type=code&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3D1';

test.each<[string, string, string, Partial<Record<ProfileName, string>>]>([
  ['implicit-flow', IMPLICIT, 'high', { 'oauth2.0': 'low', 'oauth2.1': 'high', fapi2: 'high' }],
  ['missing-pkce', NO_PKCE, 'medium', { 'oauth2.0': 'low', 'oauth2.1': 'medium', fapi2: 'high' }],
  ['missing-pkce', VENDOR, 'info', { 'oauth2.0': 'info', fapi2: 'info' }],
])('%s moves with the profile and nothing else does', async (rule, trace, usual, expected) => {
  for (const profile of PROFILES) {
    const { findings, verdicts } = await analyse(parseTrace(trace), { profile });
    const plain = await analyse(parseTrace(trace));
    expect([profile, findings.find((finding) => finding.rule === rule)?.severity]).toEqual([
      profile,
      expected[profile] ?? usual,
    ]);
    expect(verdicts).toEqual(plain.verdicts);
  }
});
