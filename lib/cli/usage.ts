/** How to call a command wrongly: said on standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Lines longer than this are hard to read, however wide the terminal. */
export const MAX_WIDTH = 100;

export const HELP = `Usage: oauth-inspector COMMAND [OPTIONS]

  audit [OPTIONS] FILE… | -    judge recorded traffic: HAR, or JSON Lines with one request a line; - reads standard input
  rules [--format text|json|markdown]    list the rules
  token [--format json]    decode and verify tokens: JSON Lines {id?, token, jwk?, jwks?, now?} on standard input;
                           also key (PEM, certificate, JWK or secret), payload (detached), and to judge its content
                           issuer, audience, nonce, code, accessToken, method, url

Options of audit:
  --format text|json|sarif|markdown       default text
  --verdicts                              list every verdict, with --format json
  --now ISO-8601                          the time to judge by; without it times are not judged
  --profile NAME                          oauth2.0, rfc9700 (default), oauth2.1, oidc or fapi2
  --client-type public|confidential|unknown   default unknown: the evidence decides
  --fail-on high|medium|low|never         exit with 1 from this severity on; default low
  --baseline FILE                         findings in FILE do not count for the exit code, unless they got worse
  --write-baseline                        write what was found to the FILE of --baseline

Exit codes: 0 nothing new at or above --fail-on, 1 something, 2 an input could not be used.
`;
