/** A browser as far as a sign-in needs one: cookies, redirects and forms, which it fills in as a person would. */
export async function visit(address: string, until: string, agree = true): Promise<string> {
  const cookies = new Map<string, string>();
  let url = address;
  let form: URLSearchParams | null = null;
  for (let hops = 0; hops < 20; hops++) {
    const response: Response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(until)) return url;
      form = null;
      continue;
    }
    const page = await response.text();
    if (page.includes('data-outcome="done"')) return url;
    const action = /<form[^>]* action="([^"]*)"/.exec(page)?.[1];
    if (action === undefined)
      throw new Error(`no form at ${new URL(url).pathname}: HTTP ${response.status} ${page.slice(-700)}`);
    form = new URLSearchParams();
    for (const [, attributes = ''] of page.matchAll(/<input([^>]*)>/g)) {
      const name = /\bname="([^"]*)"/.exec(attributes)?.[1];
      const value = /\bvalue="([^"]*)"/.exec(attributes)?.[1];
      if (name !== undefined) form.set(name, value ?? (name === 'login' ? 'jo' : 'x'));
    }
    for (const [, attributes = ''] of page.matchAll(/<button([^>]*)>/g)) {
      const name = /\bname="([^"]*)"/.exec(attributes)?.[1];
      const value = /\bvalue="([^"]*)"/.exec(attributes)?.[1] ?? '';
      if (name !== undefined && (value === 'deny') !== agree) form.set(name, value);
    }
    url = new URL(action.replaceAll('&amp;', '&'), url).href;
  }
  throw new Error(`the visit did not end: ${url}`);
}
