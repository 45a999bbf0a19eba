import type { Severity } from '../model/rule.ts';

/** What the person holds a client against. */
export const PROFILES = ['oauth2.0', 'rfc9700', 'oauth2.1', 'oidc', 'fapi2'] as const;
export type ProfileName = (typeof PROFILES)[number];

/** The profile that rules are written for: severities as they are in the rule files. */
export const DEFAULT_PROFILE: ProfileName = 'rfc9700';

/** How far a finding may move. Findings of severity `info` never move: they are advice or not decidable. */
export interface Adjustment {
  readonly atMost?: Severity;
  readonly atLeast?: Severity;
}

export interface Profile {
  readonly title: string;
  readonly adjust: Readonly<Record<string, Adjustment>>;
}

const atMost = (severity: Severity): Adjustment => ({ atMost: severity });
const atLeast = (severity: Severity): Adjustment => ({ atLeast: severity });

/** RFC 6749 of 2012 allowed these; they are still worth knowing. */
const ALLOWED_IN_2012: Readonly<Record<string, Adjustment>> = {
  'implicit-flow': atMost('low'),
  'token-in-fragment': atMost('low'),
  'hybrid-access-token-front-channel': atMost('low'),
  'missing-pkce': atMost('low'),
  'pkce-plain': atMost('low'),
  'ropc-grant': atMost('low'),
  'redirect-uri-http': atMost('medium'),
  'callback-over-http': atMost('medium'),
};

/** Removed from OAuth 2.1, whoever the client is. */
const REMOVED_IN_2_1: Readonly<Record<string, Adjustment>> = {
  'implicit-flow': atLeast('high'),
  'hybrid-access-token-front-channel': atLeast('high'),
  'ropc-grant': atLeast('high'),
  'missing-pkce': atLeast('medium'),
  'pkce-plain': atLeast('medium'),
  'token-request-get': atLeast('high'),
};

export const PROFILE_DATA: Readonly<Record<ProfileName, Profile>> = {
  'oauth2.0': { title: 'OAuth 2.0 as in RFC 6749', adjust: ALLOWED_IN_2012 },
  rfc9700: { title: 'Best current practice, RFC 9700', adjust: {} },
  'oauth2.1': { title: 'OAuth 2.1 (draft)', adjust: REMOVED_IN_2_1 },
  oidc: {
    title: 'OpenID Connect Core',
    adjust: {
      'missing-nonce': atLeast('high'),
      'nonce-missing-in-id-token': atLeast('high'),
      'at-hash-missing': atLeast('medium'),
      'c-hash-missing': atLeast('medium'),
    },
  },
  fapi2: {
    title: 'FAPI 2.0 Security Profile',
    adjust: {
      ...REMOVED_IN_2_1,
      'missing-pkce': atLeast('high'),
      'pkce-plain': atLeast('high'),
      'iss-missing': atLeast('medium'),
      'weak-state': atLeast('medium'),
      'redirect-uri-missing': atLeast('medium'),
      'client-secret-in-authz-request': atLeast('high'),
      'token-endpoint-http': atLeast('high'),
    },
  },
};
