import type { Exchange } from '../model/observation.ts';
import type {
  ClientAuthentication,
  Draft,
  Pair,
  Problem,
  ProblemCode,
  ResourceMetadata,
  ServerMetadata,
  TokenSet,
} from './run.ts';

/** What a call to the outside gave. Its traffic comes with it, whether it worked or not. */
export type Answer<T> = { readonly exchanges: readonly Exchange[] } & (
  | { readonly value: T }
  | { readonly problem: Omit<Problem, 'step'> }
);

export function problem(code: ProblemCode, detail: string | null, about: string | null = null): Omit<Problem, 'step'> {
  return { code, detail, about };
}

/** Who asks, and with which key the tokens are to be bound. */
export interface CallContext {
  readonly server: ServerMetadata;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly clientSecret: string | null;
  /** Private JWK as JSON. */
  readonly clientKey: string | null;
  /** Id of a key pair that the transport holds; `null`: bearer tokens. */
  readonly boundKey: string | null;
}

export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ResourceAnswer {
  readonly status: number;
  readonly challenges: readonly Challenge[];
}

export interface RegisteredClient {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly [name: string]: unknown;
}

export interface DeviceAnswer {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete?: string;
  readonly expires_in: number;
  readonly interval?: number;
}

type Claims = Readonly<Record<string, unknown>>;

/** Every request that a run can make: what goes in, what comes out of a right answer. */
export interface Calls {
  /** OIDC Discovery §4, RFC 8414 §3. `first`: which of the two well-known addresses is tried first. */
  discovery: { input: { issuer: string; first: 'oidc' | 'oauth2' }; output: ServerMetadata };
  /** A resource without a token, to see its challenge (RFC 6750 §3). */
  probe: { input: { url: string }; output: ResourceAnswer };
  /** RFC 9728 §3. `url`: from the challenge; `null`: the well-known address of the resource. */
  resourceMetadata: { input: { resource: string; url: string | null }; output: ResourceMetadata };
  /** A client ID metadata document. */
  clientDocument: { input: { url: string }; output: Claims };
  /** RFC 7591 §3. */
  registration: { input: { metadata: readonly Pair[]; initialAccessToken: string | null }; output: RegisteredClient };
  /** RFC 9101 §4: signs and sends nothing. */
  requestObject: { input: { parameters: readonly Pair[] }; output: string };
  /** RFC 9126 §2. */
  par: { input: { parameters: readonly Pair[] }; output: string };
  /** JARM §2.4: signature, `iss`, `aud` and `exp`; gives the parameters that were in it. */
  signedResponse: { input: { parameters: readonly Pair[] }; output: readonly Pair[] };
  /** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
  code: {
    input: {
      callback: readonly Pair[];
      redirectUri: string;
      codeVerifier: string;
      resources: readonly string[];
    };
    output: TokenSet;
  };
  /** RFC 6749 §4.4. */
  clientCredentials: { input: { parameters: readonly Pair[] }; output: TokenSet };
  /** RFC 6749 §6. */
  refresh: { input: { refreshToken: string; parameters: readonly Pair[] }; output: TokenSet };
  /** RFC 8693 §2.1. */
  tokenExchange: { input: { parameters: readonly Pair[] }; output: TokenSet };
  /** RFC 8628 §3.1. */
  device: { input: { parameters: readonly Pair[] }; output: DeviceAnswer };
  /** RFC 8628 §3.4. */
  poll: { input: { deviceCode: string }; output: TokenSet | 'pending' | 'slow_down' };
  /** RFC 7662 §2.1. */
  introspection: { input: { token: string; hint: string }; output: Claims };
  /** RFC 7009 §2.1. */
  revocation: { input: { token: string; hint: string }; output: null };
  /** OIDC Core §5.3. */
  userinfo: { input: { accessToken: string }; output: Claims };
  /** RFC 6750 §2.1, RFC 9449 §7.1. */
  resource: { input: { url: string; accessToken: string; tokenType: string }; output: ResourceAnswer };
  /** RFC 7517 §5. */
  keys: { input: { url: string }; output: unknown };
}
export type CallName = keyof Calls;

/** What the person changed: the fields as they were shown, and as they were let go. */
export interface Edit {
  readonly before: readonly Pair[];
  readonly after: readonly Pair[];
}

/** The network, reached through a client library. */
export interface Transport {
  /** The request as it would be sent now; nothing is sent. */
  preview<K extends CallName>(name: K, input: Calls[K]['input'], context: CallContext): Promise<Answer<Draft>>;
  send<K extends CallName>(
    name: K,
    input: Calls[K]['input'],
    context: CallContext,
    edit: Edit | null,
  ): Promise<Answer<Calls[K]['output']>>;
}

/**
 * The fields to send. What the person left as it was shown is taken from `fresh`: proofs and assertions are made anew
 * when a request that waited is sent.
 */
export function edited(fresh: readonly Pair[], edit: Edit | null): readonly Pair[] {
  if (edit === null) return fresh;
  const shown = new Set(edit.before.map(([name, value]) => `${name}\n${value}`));
  return edit.after.map(([name, value]) => {
    const untouched = shown.has(`${name}\n${value}`);
    const now = fresh.filter(([other]) => other === name);
    const [only] = now;
    return untouched && now.length === 1 && only !== undefined ? only : [name, value];
  });
}
