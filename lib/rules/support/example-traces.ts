/** A pushed request that was not seen: what it holds is out of sight (RFC 9126 §4). */
export const PUSHED_UNSEEN =
  'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c';

/** A broker's own request to the server that it uses itself; parameters can follow. */
export const UPSTREAM =
  'GET https://accounts.google.com/o/oauth2/v2/auth?client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=Zk3uV8pQx1LrT0';

/** A request of a vendor's own script; parameters can follow. */
export const VENDOR_POPUP =
  'GET https://accounts.google.com/o/oauth2/v2/auth?gsiwebsdk=3&client_id=web1&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1';

/** An encrypted response object (JARM §2.2), as a parameter of a callback. */
export const SEALED = 'response=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d';

/** The server answers the request (`GET …`) with a redirect to the address, and the browser goes there. */
export function redirected(request: string, address: string): string {
  return `
    ${request}

    302
    Location: ${address}

    GET ${address}
  `;
}
