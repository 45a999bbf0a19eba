import { compare, print, sink } from '../bench/compare.ts';
import { denseLog } from '../bench/sign-ins.ts';
import { analyse } from '../lib/analyse.ts';
import type { Exchange } from '../lib/model/observation.ts';

const SECRETS = new Set(['code', 'state', 'nonce', 'code_verifier', 'access_token', 'refresh_token']);

/** `analyse()` of a dense log against the least that any analysis does: parse addresses and forms, hash the secrets. */
export async function benchAnalyse(): Promise<void> {
  const small = denseLog(200);
  const large = denseLog(2000);
  const { messages } = await analyse(small);
  const results = await compare(
    { name: 'URL, URLSearchParams and SHA-256', run: () => parseAndHash(small) },
    [{ name: 'analyse', run: () => analyse(small) }],
    31,
  );
  print(`Analysis of a dense log, ${messages.length} messages`, results, { analyse: 10 });
  const growth = await compare(
    { name: 'analyse', run: () => analyse(small) },
    [{ name: '10 × the messages', run: () => analyse(large) }],
    15,
  );
  print('Growth', growth, { '10 × the messages': 12 });
}

async function parseAndHash(log: readonly Exchange[]): Promise<void> {
  const encoder = new TextEncoder();
  const secrets = new Set<string>();
  const collect = (params: URLSearchParams): void => {
    for (const [name, value] of params) if (SECRETS.has(name)) secrets.add(value);
  };
  for (const { request } of log) {
    collect(new URL(request.url).searchParams);
    const body = request.body.seen ? request.body.value : null;
    if (body?.is === 'text') collect(new URLSearchParams(body.text));
  }
  for (const secret of secrets) sink.value = await crypto.subtle.digest('SHA-256', encoder.encode(secret));
}
