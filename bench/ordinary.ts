/** Ordinary traffic, made up: no OAuth in it, but parameter names that OAuth knows, too. */

const PATHS = [
  '/',
  '/assets/app.4f1c2e9b7d.js',
  '/static/css/main.0e1b9a.css',
  '/images/hero/2026/07/summer-collection-1280x720.webp',
  '/images/products/8123/thumbnails/front-320.jpg',
  '/api/v2/products/8123/reviews',
  '/fonts/inter-v13-latin-400.woff2',
  '/collect',
  '/news/2026/07/14/what-the-weather-does-to-running-shoes',
  '/pagead/viewthroughconversion/1071234567/',
] as const;

const QUERIES = [
  '',
  '',
  '',
  '',
  'v=4f1c2e9b7d',
  'q=running%20shoes&page=2&sort=price_asc',
  'utm_source=news&utm_medium=email&utm_campaign=spring_sale&gclid=EAIaIQobChMI3',
  'tid=UA-643778-1&cid=878270908.1643952222&t=pageview&dl=https%3A%2F%2Fshop.example%2Fp%2F8123&ul=en-us&sr=1920x1080',
  'd=stats.example&t=5479841&v=1.667.0&sl=0&plugins=AK,ConfigOverride,Continuity,PageParams,AutoXHR,SPA,History,RT',
  'random=1643952222&fst=1643952000&num=1&guid=ON&u_h=1080&u_w=1920&u_tz=120&frm=0&url=https%3A%2F%2Fshop.example%2Fp',
] as const;

/** Every fortieth address has a name that OAuth has, too, or one that is percent-encoded. */
const AWKWARD = [
  'code=de&country=DE',
  'zipcode=94110&state=CA',
  'token=abc',
  'filter%5Bsize%5D=42&per%5Fpage=24',
] as const;

/** Distinct addresses, the same ones for the same count. */
export function ordinaryUrls(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const path = PATHS[n % PATHS.length] ?? '/';
    const queries = n % 40 === 0 ? AWKWARD : QUERIES;
    const query = queries[Math.floor(n / 10) % queries.length] ?? '';
    return `https://h${n % 23}.stats.example${path}?${query === '' ? '' : `${query}&`}n=${n}`;
  });
}

/**
 * A HAR of about `bytes` characters, indented, as a browser writes it: headers, cookies, timings, texts and base64 images.
 *
 * @param bodies How long the bodies are. With 1 an entry has 6 kB, hardly more than one without content; with 6 it has
 * 17 kB, the mean of what DevTools saves with content.
 */
export function ordinaryHar(bytes: number, bodies = 1): string {
  const entries: unknown[] = [];
  const urls = ordinaryUrls(20_000);
  let size = 0;
  for (let n = 0; size < bytes; n++) {
    const entry = ordinaryEntry(urls[n % urls.length] ?? 'https://stats.example/', n, bodies);
    // In the whole document each line is indented by six columns more.
    const text = JSON.stringify(entry, null, 2);
    size += text.length + 6 * text.split('\n').length;
    entries.push(entry);
  }
  const creator = { name: 'bench', version: '1' };
  return JSON.stringify({ log: { version: '1.2', creator, pages: [{ id: 'page_1' }], entries } }, null, 2);
}

const TYPES = [
  ['text/html; charset=utf-8', 'document', '<p class="card">Lorem ipsum dolor sit amet.</p>\n', false],
  ['application/javascript', 'script', 'export const value = (input) => input.map((x) => x * 2);\n', false],
  ['text/css', 'stylesheet', '.card { margin: 0 auto; padding: 4px 8px }\n', false],
  ['image/webp', 'image', 'UklGRkQAAABXRUJQVlA4', true],
  ['application/json', 'fetch', '{"id":8123,"name":"shoe","stock":[1,2,3]}', false],
] as const;

function ordinaryEntry(url: string, n: number, bodies: number): unknown {
  const [mimeType, type, text, base64] = TYPES[n % TYPES.length] ?? TYPES[0];
  const header = (name: string, value: string) => ({ name, value });
  const time = new Date(1_767_225_600_000 + n * 37).toISOString();
  const body = text.repeat((20 + (n % 60)) * bodies);
  return {
    startedDateTime: time,
    time: 31.5,
    pageref: 'page_1',
    _resourceType: type,
    _initiator: { type: 'parser', url: 'https://shop.example/', lineNumber: 12 },
    request: {
      method: n % 25 === 0 ? 'POST' : 'GET',
      url,
      httpVersion: 'h2',
      headers: [
        header(':authority', 'h1.stats.example'),
        header('accept', '*/*'),
        header('accept-encoding', 'gzip, deflate, br, zstd'),
        header('accept-language', 'en-US,en;q=0.9'),
        header('cookie', `session=${n.toString(36)}; theme=dark; consent=1`),
        header('referer', 'https://shop.example/'),
        header('sec-fetch-dest', type === 'fetch' ? 'empty' : type),
        header('sec-fetch-mode', 'no-cors'),
        header('sec-fetch-site', 'cross-site'),
        header('user-agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0'),
      ],
      queryString: [...new URL(url).searchParams].map(([name, value]) => header(name, value)),
      cookies: [header('theme', 'dark')],
      headersSize: -1,
      bodySize: 0,
      ...(n % 25 === 0 ? { postData: { mimeType: 'application/json', text: '{"events":[{"t":"view","n":1}]}' } } : {}),
    },
    response: {
      status: 200,
      statusText: '',
      httpVersion: 'h2',
      headers: [
        header('cache-control', 'public, max-age=31536000'),
        header('content-encoding', 'br'),
        header('content-type', mimeType),
        header('date', time),
        header('etag', `W/"${n.toString(16)}"`),
        header('server', 'edge'),
        header('vary', 'Accept-Encoding'),
      ],
      cookies: [],
      content: { size: body.length, mimeType, text: body, ...(base64 ? { encoding: 'base64' } : {}) },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      _transferSize: body.length,
    },
    cache: {},
    timings: { blocked: 1, dns: -1, ssl: -1, connect: -1, send: 0.2, wait: 21, receive: 3 },
  };
}
