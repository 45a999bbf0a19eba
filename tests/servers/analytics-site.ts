import { STRICT_HEADERS } from './demo-site.ts';
import type { Site } from './https-front.ts';

/** The third party `stats.example`: takes whatever a page sends it and answers with nothing. */
export const analyticsSite: Site = (request, response) => {
  request.resume();
  response.writeHead(204, STRICT_HEADERS).end();
};
