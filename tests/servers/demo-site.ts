import type { IncomingMessage } from 'node:http';
import type { DemoCase } from './case.ts';

/** Origins of the four parties, without a trailing slash. */
export interface Origins {
  readonly as: string;
  readonly app: string;
  readonly api: string;
  readonly stats: string;
}

/** What the demo's sites know of each other. */
export interface DemoSetup {
  readonly origins: Origins;
  readonly cases: readonly DemoCase[];
  /** Client secrets by case id, made anew at each start. */
  readonly secrets: ReadonlyMap<string, string>;
  /** With which clients sign their request objects; made anew at each start. */
  readonly clientKeys: CryptoKeyPair;
  /** Requests from server to server: as `fetch`, but they reach the demo's hosts and trust its certificate. */
  readonly backChannel: (url: string, options: BackChannelOptions) => Promise<Response>;
}

export interface BackChannelOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Pages of one case on the client site. */
export function caseUrls(origins: Origins, id: string) {
  const base = `${origins.app}/cases/${id}/`;
  return {
    start: base,
    signIn: `${base}sign-in`,
    callback: `${base}callback`,
    renewed: `${base}renewed`,
    done: `${base}done`,
    signedOut: `${base}logout`,
  };
}

/** Sent with every answer of the demo's own pages. */
export const STRICT_HEADERS = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** Reads a form-encoded request body to its end. */
export async function formBody(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
