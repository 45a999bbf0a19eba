import { TOKEN_ENDPOINTS } from '../../../lib/adapters/token-endpoints.ts';

/** Match patterns of one form, `*://*` and a path: `*` stands for anything, all else is literal. */
const EXPRESSIONS = TOKEN_ENDPOINTS.map((pattern) => {
  const path = /^\*:\/\/\*(\/.*)$/.exec(pattern)?.[1];
  if (path === undefined) throw new Error(`${pattern} is no pattern of that form`);
  return new RegExp(`^https?://[^/]+${path.replace(/[.?+^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '.*')}$`);
});

/** Whether a browser hands the request to Watch by its address. */
export const isTokenEndpoint = (url: string): boolean => EXPRESSIONS.some((expression) => expression.test(url));
