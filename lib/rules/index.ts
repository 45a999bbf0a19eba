import type { Rule } from '../model/rule.ts';
import { rule as asMixup } from './as-mixup.ts';
import { rule as atHashMismatch } from './at-hash-mismatch.ts';
import { rule as atHashMissing } from './at-hash-missing.ts';
import { rule as atJwtMissingClaims } from './at-jwt-missing-claims.ts';
import { rule as authCodeLowEntropy } from './auth-code-low-entropy.ts';
import { rule as authorizationDetailsUnprotected } from './authorization-details-unprotected.ts';
import { rule as authzEndpointCors } from './authz-endpoint-cors.ts';
import { rule as authzEndpointHttp } from './authz-endpoint-http.ts';
import { rule as authzPageFramable } from './authz-page-framable.ts';
import { rule as bearerOverHttp } from './bearer-over-http.ts';
import { rule as broadScopeRequest } from './broad-scope-request.ts';
import { rule as cHashMismatch } from './c-hash-mismatch.ts';
import { rule as cHashMissing } from './c-hash-missing.ts';
import { rule as callbackOpenRedirect } from './callback-open-redirect.ts';
import { rule as callbackOverHttp } from './callback-over-http.ts';
import { rule as callbackReferrerPolicy } from './callback-referrer-policy.ts';
import { rule as callbackUrlNotCleaned } from './callback-url-not-cleaned.ts';
import { rule as ccRefreshTokenIssued } from './cc-refresh-token-issued.ts';
import { rule as clientAssertionInBrowser } from './client-assertion-in-browser.ts';
import { rule as clientCredentialsInBrowser } from './client-credentials-in-browser.ts';
import { rule as clientIdMismatch } from './client-id-mismatch.ts';
import { rule as clientSecretBasicInBrowser } from './client-secret-basic-in-browser.ts';
import { rule as clientSecretInAuthzRequest } from './client-secret-in-authz-request.ts';
import { rule as clientSecretInBrowser } from './client-secret-in-browser.ts';
import { rule as clientSecretInUrl } from './client-secret-in-url.ts';
import { rule as codeDeliveredToWrongUri } from './code-delivered-to-wrong-uri.ts';
import { rule as codeExchangedTwice } from './code-exchanged-twice.ts';
import { rule as codeInReferer } from './code-in-referer.ts';
import { rule as codeReplayAccepted } from './code-replay-accepted.ts';
import { rule as codeSentToThirdParty } from './code-sent-to-third-party.ts';
import { rule as corsCredentialsReflection } from './cors-credentials-reflection.ts';
import { rule as credentialsInAuthzRequest } from './credentials-in-authz-request.ts';
import { rule as deviceFlowInBrowser } from './device-flow-in-browser.ts';
import { rule as devicePollTooFast } from './device-poll-too-fast.ts';
import { rule as dpopAthMissing } from './dpop-ath-missing.ts';
import { rule as dpopAvailableUnused } from './dpop-available-unused.ts';
import { rule as dpopDowngradeToBearer } from './dpop-downgrade-to-bearer.ts';
import { rule as dpopHtmHtuMismatch } from './dpop-htm-htu-mismatch.ts';
import { rule as dpopIatSkew } from './dpop-iat-skew.ts';
import { rule as dpopJktMismatch } from './dpop-jkt-mismatch.ts';
import { rule as dpopNonceIgnored } from './dpop-nonce-ignored.ts';
import { rule as dpopPrivateKeyInProof } from './dpop-private-key-in-proof.ts';
import { rule as dpopProofMalformed } from './dpop-proof-malformed.ts';
import { rule as dpopProofReused } from './dpop-proof-reused.ts';
import { rule as duplicateCodeInCallback } from './duplicate-code-in-callback.ts';
import { rule as duplicateOauthParameter } from './duplicate-oauth-parameter.ts';
import { rule as errorDescriptionReflected } from './error-description-reflected.ts';
import { rule as expiredTokenSent } from './expired-token-sent.ts';
import { rule as formPostPageCacheable } from './form-post-page-cacheable.ts';
import { rule as frontchannelLogoutUnauthenticated } from './frontchannel-logout-unauthenticated.ts';
import { rule as grantedScopeDiffers } from './granted-scope-differs.ts';
import { rule as hstsMissing } from './hsts-missing.ts';
import { rule as hybridAccessTokenFrontChannel } from './hybrid-access-token-front-channel.ts';
import { rule as idTokenAsBearer } from './id-token-as-bearer.ts';
import { rule as idTokenAudMismatch } from './id-token-aud-mismatch.ts';
import { rule as idTokenExtraAudience } from './id-token-extra-audience.ts';
import { rule as idTokenFrontChannel } from './id-token-front-channel.ts';
import { rule as idTokenHintInUrl } from './id-token-hint-in-url.ts';
import { rule as idTokenHs256PublicClient } from './id-token-hs256-public-client.ts';
import { rule as idTokenIssMismatch } from './id-token-iss-mismatch.ts';
import { rule as idTokenMissingClaims } from './id-token-missing-claims.ts';
import { rule as implicitFlow } from './implicit-flow.ts';
import { rule as interactiveAuthzInIframe } from './interactive-authz-in-iframe.ts';
import { rule as issMismatch } from './iss-mismatch.ts';
import { rule as issMissing } from './iss-missing.ts';
import { rule as jarmResponseInvalid } from './jarm-response-invalid.ts';
import { rule as jwksPrivateKey } from './jwks-private-key.ts';
import { rule as jwksWeakKey } from './jwks-weak-key.ts';
import { rule as jwtAlgNone } from './jwt-alg-none.ts';
import { rule as jwtAlgNotAdvertised } from './jwt-alg-not-advertised.ts';
import { rule as jwtBearerGrantInBrowser } from './jwt-bearer-grant-in-browser.ts';
import { rule as jwtClockAnomaly } from './jwt-clock-anomaly.ts';
import { rule as jwtDuplicateMembers } from './jwt-duplicate-members.ts';
import { rule as jwtKeyInHeader } from './jwt-key-in-header.ts';
import { rule as jwtKidSuspicious } from './jwt-kid-suspicious.ts';
import { rule as jwtLongLifetime } from './jwt-long-lifetime.ts';
import { rule as jwtMissingAud } from './jwt-missing-aud.ts';
import { rule as jwtMissingExp } from './jwt-missing-exp.ts';
import { rule as jwtOversized } from './jwt-oversized.ts';
import { rule as jwtSensitiveClaims } from './jwt-sensitive-claims.ts';
import { rule as legacyOauthEndpoint } from './legacy-oauth-endpoint.ts';
import { rule as loginHintPii } from './login-hint-pii.ts';
import { rule as logoutRedirectInsecure } from './logout-redirect-insecure.ts';
import { rule as logoutWithoutHint } from './logout-without-hint.ts';
import { rule as longExpiresIn } from './long-expires-in.ts';
import { rule as metadataAlgNone } from './metadata-alg-none.ts';
import { rule as metadataCorsMissing } from './metadata-cors-missing.ts';
import { rule as metadataForeignEndpoint } from './metadata-foreign-endpoint.ts';
import { rule as metadataInsecureEndpoint } from './metadata-insecure-endpoint.ts';
import { rule as metadataIssuerMismatch } from './metadata-issuer-mismatch.ts';
import { rule as metadataLegacyGrants } from './metadata-legacy-grants.ts';
import { rule as metadataNoIssParam } from './metadata-no-iss-param.ts';
import { rule as metadataNoS256 } from './metadata-no-s256.ts';
import { rule as metadataOpenRegistration } from './metadata-open-registration.ts';
import { rule as metadataPlainPkce } from './metadata-plain-pkce.ts';
import { rule as metadataRequestUriSsrf } from './metadata-request-uri-ssrf.ts';
import { rule as metadataRequiredMissing } from './metadata-required-missing.ts';
import { rule as metadataWeakClientAuth } from './metadata-weak-client-auth.ts';
import { rule as missingCodeVerifier } from './missing-code-verifier.ts';
import { rule as missingExpiresIn } from './missing-expires-in.ts';
import { rule as missingNonce } from './missing-nonce.ts';
import { rule as missingPkce } from './missing-pkce.ts';
import { rule as missingState } from './missing-state.ts';
import { rule as mtlsTokenInBrowser } from './mtls-token-in-browser.ts';
import { rule as multipleClientAuthMethods } from './multiple-client-auth-methods.ts';
import { rule as noMixupDefence } from './no-mixup-defence.ts';
import { rule as nonceEqualsState } from './nonce-equals-state.ts';
import { rule as nonceMismatch } from './nonce-mismatch.ts';
import { rule as nonceMissingInIdToken } from './nonce-missing-in-id-token.ts';
import { rule as nonceReused } from './nonce-reused.ts';
import { rule as oauthErrorExplained } from './oauth-error-explained.ts';
import { rule as offlineAccessWithoutConsent } from './offline-access-without-consent.ts';
import { rule as oldRefreshTokenResent } from './old-refresh-token-resent.ts';
import { rule as openidScopeMissing } from './openid-scope-missing.ts';
import { rule as parRequestUriReused } from './par-request-uri-reused.ts';
import { rule as parRequiredButNotUsed } from './par-required-but-not-used.ts';
import { rule as pkceChallengeMalformed } from './pkce-challenge-malformed.ts';
import { rule as pkceChallengeReused } from './pkce-challenge-reused.ts';
import { rule as pkceMismatch } from './pkce-mismatch.ts';
import { rule as pkcePlain } from './pkce-plain.ts';
import { rule as pkceVerifierInFrontChannel } from './pkce-verifier-in-front-channel.ts';
import { rule as postmessageOriginUnchecked } from './postmessage-origin-unchecked.ts';
import { rule as privateKeyInPage } from './private-key-in-page.ts';
import { rule as reactive401Refresh } from './reactive-401-refresh.ts';
import { rule as redirect307 } from './redirect-307.ts';
import { rule as redirectUriEphemeralHost } from './redirect-uri-ephemeral-host.ts';
import { rule as redirectUriFragment } from './redirect-uri-fragment.ts';
import { rule as redirectUriHttp } from './redirect-uri-http.ts';
import { rule as redirectUriLocalhost } from './redirect-uri-localhost.ts';
import { rule as redirectUriMismatch } from './redirect-uri-mismatch.ts';
import { rule as redirectUriMissing } from './redirect-uri-missing.ts';
import { rule as redirectUriMissingInTokenRequest } from './redirect-uri-missing-in-token-request.ts';
import { rule as redirectUriNestedUrl } from './redirect-uri-nested-url.ts';
import { rule as redirectUriSuspicious } from './redirect-uri-suspicious.ts';
import { rule as refreshStorm } from './refresh-storm.ts';
import { rule as refreshTokenInFrontChannel } from './refresh-token-in-front-channel.ts';
import { rule as refreshTokenInWebStorage } from './refresh-token-in-web-storage.ts';
import { rule as refreshTokenNotRotated } from './refresh-token-not-rotated.ts';
import { rule as refreshTokenUnlimited } from './refresh-token-unlimited.ts';
import { rule as requestObjectMismatch } from './request-object-mismatch.ts';
import { rule as requestUriExternal } from './request-uri-external.ts';
import { rule as resource401NoChallenge } from './resource-401-no-challenge.ts';
import { rule as responseModeQueryWithToken } from './response-mode-query-with-token.ts';
import { rule as responseTypeMismatch } from './response-type-mismatch.ts';
import { rule as retryLoop401 } from './retry-loop-401.ts';
import { rule as ropcGrant } from './ropc-grant.ts';
import { rule as samesiteBreaksFormPost } from './samesite-breaks-form-post.ts';
import { rule as secretInPageScript } from './secret-in-page-script.ts';
import { rule as secretInSourceMap } from './secret-in-source-map.ts';
import { rule as serverErrorsLeakInRedirect } from './server-errors-leak-in-redirect.ts';
import { rule as serviceWorkerTokenBroker } from './service-worker-token-broker.ts';
import { rule as silentRenewFailing } from './silent-renew-failing.ts';
import { rule as slowCodeExchange } from './slow-code-exchange.ts';
import { rule as stateCarriesData } from './state-carries-data.ts';
import { rule as stateContainsToken } from './state-contains-token.ts';
import { rule as stateMismatch } from './state-mismatch.ts';
import { rule as stateMissingInResponse } from './state-missing-in-response.ts';
import { rule as stateReused } from './state-reused.ts';
import { rule as stepUpIgnored } from './step-up-ignored.ts';
import { rule as thirdPartyOnCallback } from './third-party-on-callback.ts';
import { rule as tokenCookieFlags } from './token-cookie-flags.ts';
import { rule as tokenEndpointHttp } from './token-endpoint-http.ts';
import { rule as tokenEndpointPerApiCall } from './token-endpoint-per-api-call.ts';
import { rule as tokenExchangeInBrowser } from './token-exchange-in-browser.ts';
import { rule as tokenInAnalyticsUrl } from './token-in-analytics-url.ts';
import { rule as tokenInConsole } from './token-in-console.ts';
import { rule as tokenInFragment } from './token-in-fragment.ts';
import { rule as tokenInGlobal } from './token-in-global.ts';
import { rule as tokenInHtml } from './token-in-html.ts';
import { rule as tokenInIndexeddb } from './token-in-indexeddb.ts';
import { rule as tokenInJsCookie } from './token-in-js-cookie.ts';
import { rule as tokenInLocalstorage } from './token-in-localstorage.ts';
import { rule as tokenInPostmessageWildcard } from './token-in-postmessage-wildcard.ts';
import { rule as tokenInQuery } from './token-in-query.ts';
import { rule as tokenInSessionstorage } from './token-in-sessionstorage.ts';
import { rule as tokenInUrl } from './token-in-url.ts';
import { rule as tokenInWebsocketUrl } from './token-in-websocket-url.ts';
import { rule as tokenNotRevokedOnLogout } from './token-not-revoked-on-logout.ts';
import { rule as tokenRequestGet } from './token-request-get.ts';
import { rule as tokenRequestWrongContentType } from './token-request-wrong-content-type.ts';
import { rule as tokenResponseCacheable } from './token-response-cacheable.ts';
import { rule as tokenResponseContentType } from './token-response-content-type.ts';
import { rule as tokenToThirdParty } from './token-to-third-party.ts';
import { rule as tokenTypeConfusable } from './token-type-confusable.ts';
import { rule as tokensSurviveLogout } from './tokens-survive-logout.ts';
import { rule as unsignedRequestObject } from './unsigned-request-object.ts';
import { rule as unsolicitedAuthorizationResponse } from './unsolicited-authorization-response.ts';
import { rule as userinfoSubMismatch } from './userinfo-sub-mismatch.ts';
import { rule as verifierLeftInStorage } from './verifier-left-in-storage.ts';
import { rule as verifierWithoutChallenge } from './verifier-without-challenge.ts';
import { rule as weakCodeVerifier } from './weak-code-verifier.ts';
import { rule as weakNonce } from './weak-nonce.ts';
import { rule as weakState } from './weak-state.ts';

/** Every rule. One line each; a rule's examples stay out of here and so out of the bundles. */
export const RULES: readonly Rule[] = [
  asMixup,
  atHashMismatch,
  atHashMissing,
  atJwtMissingClaims,
  authCodeLowEntropy,
  authorizationDetailsUnprotected,
  authzEndpointCors,
  authzEndpointHttp,
  authzPageFramable,
  bearerOverHttp,
  broadScopeRequest,
  cHashMismatch,
  cHashMissing,
  callbackOpenRedirect,
  callbackOverHttp,
  callbackReferrerPolicy,
  callbackUrlNotCleaned,
  ccRefreshTokenIssued,
  clientAssertionInBrowser,
  clientCredentialsInBrowser,
  clientIdMismatch,
  clientSecretBasicInBrowser,
  clientSecretInAuthzRequest,
  clientSecretInBrowser,
  clientSecretInUrl,
  codeDeliveredToWrongUri,
  codeExchangedTwice,
  codeInReferer,
  codeReplayAccepted,
  codeSentToThirdParty,
  corsCredentialsReflection,
  credentialsInAuthzRequest,
  deviceFlowInBrowser,
  devicePollTooFast,
  dpopAthMissing,
  dpopAvailableUnused,
  dpopDowngradeToBearer,
  dpopHtmHtuMismatch,
  dpopIatSkew,
  dpopJktMismatch,
  dpopNonceIgnored,
  dpopPrivateKeyInProof,
  dpopProofMalformed,
  dpopProofReused,
  duplicateCodeInCallback,
  duplicateOauthParameter,
  errorDescriptionReflected,
  expiredTokenSent,
  formPostPageCacheable,
  frontchannelLogoutUnauthenticated,
  grantedScopeDiffers,
  hstsMissing,
  hybridAccessTokenFrontChannel,
  idTokenAsBearer,
  idTokenAudMismatch,
  idTokenExtraAudience,
  idTokenFrontChannel,
  idTokenHintInUrl,
  idTokenHs256PublicClient,
  idTokenIssMismatch,
  idTokenMissingClaims,
  implicitFlow,
  interactiveAuthzInIframe,
  issMismatch,
  issMissing,
  jarmResponseInvalid,
  jwksPrivateKey,
  jwksWeakKey,
  jwtAlgNone,
  jwtAlgNotAdvertised,
  jwtBearerGrantInBrowser,
  jwtClockAnomaly,
  jwtDuplicateMembers,
  jwtKeyInHeader,
  jwtKidSuspicious,
  jwtLongLifetime,
  jwtMissingAud,
  jwtMissingExp,
  jwtOversized,
  jwtSensitiveClaims,
  legacyOauthEndpoint,
  loginHintPii,
  logoutRedirectInsecure,
  logoutWithoutHint,
  longExpiresIn,
  metadataAlgNone,
  metadataCorsMissing,
  metadataForeignEndpoint,
  metadataInsecureEndpoint,
  metadataIssuerMismatch,
  metadataLegacyGrants,
  metadataNoIssParam,
  metadataNoS256,
  metadataOpenRegistration,
  metadataPlainPkce,
  metadataRequestUriSsrf,
  metadataRequiredMissing,
  metadataWeakClientAuth,
  missingCodeVerifier,
  missingExpiresIn,
  missingNonce,
  missingPkce,
  missingState,
  mtlsTokenInBrowser,
  multipleClientAuthMethods,
  noMixupDefence,
  nonceEqualsState,
  nonceMismatch,
  nonceMissingInIdToken,
  nonceReused,
  oauthErrorExplained,
  offlineAccessWithoutConsent,
  oldRefreshTokenResent,
  openidScopeMissing,
  parRequestUriReused,
  parRequiredButNotUsed,
  pkceChallengeMalformed,
  pkceChallengeReused,
  pkceMismatch,
  pkcePlain,
  pkceVerifierInFrontChannel,
  postmessageOriginUnchecked,
  privateKeyInPage,
  reactive401Refresh,
  redirect307,
  redirectUriEphemeralHost,
  redirectUriFragment,
  redirectUriHttp,
  redirectUriLocalhost,
  redirectUriMismatch,
  redirectUriMissing,
  redirectUriMissingInTokenRequest,
  redirectUriNestedUrl,
  redirectUriSuspicious,
  refreshStorm,
  refreshTokenInFrontChannel,
  refreshTokenInWebStorage,
  refreshTokenNotRotated,
  refreshTokenUnlimited,
  requestObjectMismatch,
  requestUriExternal,
  resource401NoChallenge,
  responseModeQueryWithToken,
  responseTypeMismatch,
  retryLoop401,
  ropcGrant,
  samesiteBreaksFormPost,
  secretInPageScript,
  secretInSourceMap,
  serverErrorsLeakInRedirect,
  serviceWorkerTokenBroker,
  silentRenewFailing,
  slowCodeExchange,
  stateCarriesData,
  stateContainsToken,
  stateMismatch,
  stateMissingInResponse,
  stateReused,
  stepUpIgnored,
  thirdPartyOnCallback,
  tokenCookieFlags,
  tokenEndpointHttp,
  tokenEndpointPerApiCall,
  tokenExchangeInBrowser,
  tokenInAnalyticsUrl,
  tokenInConsole,
  tokenInFragment,
  tokenInGlobal,
  tokenInHtml,
  tokenInIndexeddb,
  tokenInJsCookie,
  tokenInLocalstorage,
  tokenInPostmessageWildcard,
  tokenInQuery,
  tokenInSessionstorage,
  tokenInUrl,
  tokenInWebsocketUrl,
  tokenNotRevokedOnLogout,
  tokenRequestGet,
  tokenRequestWrongContentType,
  tokenResponseCacheable,
  tokenResponseContentType,
  tokenToThirdParty,
  tokenTypeConfusable,
  tokensSurviveLogout,
  unsignedRequestObject,
  unsolicitedAuthorizationResponse,
  userinfoSubMismatch,
  verifierLeftInStorage,
  verifierWithoutChallenge,
  weakCodeVerifier,
  weakNonce,
  weakState,
];
