/** Suffixes under which names are handed to whoever asks and given away again. Products' own pages, 2026-11. */
const TUNNELS = ['ngrok.io', 'ngrok-free.app', 'trycloudflare.com', 'loca.lt', 'gitpod.io', 'app.github.dev'];
/** Previews and productions live side by side under these. */
const HOSTING = ['vercel.app', 'netlify.app', 'pages.dev', 'web.app', 'firebaseapp.com'];

/** `tunnel`: a developer's machine behind a borrowed name. `hosting`: perhaps a preview, perhaps production. */
export function ephemeralKind(host: string): 'tunnel' | 'hosting' | null {
  const under = (suffixes: readonly string[]): boolean => suffixes.some((suffix) => host.endsWith(`.${suffix}`));
  if (under(TUNNELS)) return 'tunnel';
  return under(HOSTING) ? 'hosting' : null;
}
