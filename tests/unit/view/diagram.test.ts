import { describe, expect, test } from 'vitest';
import { traceLineage } from '../../../lib/engine/lineage.ts';
import { type DiagramView, diagramView } from '../../../lib/view/diagram.ts';
import { CODE, judge, STATE, TOKEN, traces } from './support.ts';

const ARROWS = { front: '->', back: '=>', inferred: '..>' } as const;

/** `1 browser -> server GET /authorize [S]` */
function lines({ rows }: DiagramView): readonly string[] {
  return rows.map((row) => {
    if (row.is === 'fold') return `(${row.text})`;
    const marks = row.secrets.length === 0 ? '' : ` [${row.secrets.join(' ')}]`;
    const third = row.third.map(({ text }) => ` + ${text}`).join('');
    return `${row.number} ${row.from} ${ARROWS[row.line]} ${row.to} ${row.label}${marks}${third}`;
  });
}

async function drawn(trace: string, open: readonly string[] = []): Promise<DiagramView> {
  const { analysis, flow } = await judge(trace, []);
  return diagramView(analysis, flow, { open: new Set(open), lineage: traceLineage(analysis), judged: true });
}

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const JSON_TYPE = 'Content-Type: application/json';

describe('arrow by arrow', () => {
  test('code with PKCE, its resource request, seen whole', async () => {
    const view = await drawn(`
GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=${STATE}&nonce=n-0S6_WzA2Mj4xQ8&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256

302
Location: https://app.example/cb?code=${CODE}&state=${STATE}

# time +12
GET https://app.example/cb?code=${CODE}&state=${STATE}

200

# initiator https://app.example
# resource xhr
# time +12
POST https://as.example/token
${FORM}

grant_type=authorization_code&code=${CODE}&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk

200
${JSON_TYPE}

{"access_token":"${TOKEN}","token_type":"Bearer","refresh_token":"8xLOxBtZp8aKq2vR","expires_in":60}

# initiator https://app.example
# resource xhr
# time +13
GET https://api.example/v1/orders
Authorization: Bearer ${TOKEN}

200
${JSON_TYPE}

[]`);
    expect(lines(view)).toEqual([
      '1 browser -> server GET /authorize [S1 N1]',
      '(Sign-in at as.example: 12.0 s)',
      '2 server -> browser 302 to app.example/cb [C1 S1]',
      '3 browser -> client GET /cb [C1 S1]',
      '4 client => server POST /token [C1 V1]',
      '5 server => client 200 access_token, refresh_token [A1 R1]',
      '6 client => resource GET /v1/orders, Bearer [A1]',
      '7 resource => client 200 application/json',
    ]);
    expect(view.lanes.map(({ host }) => host)).toEqual(['this browser', 'app.example', 'as.example', 'api.example']);
    expect(view.arrows.map(({ at }) => at)).toEqual(['0.0 s', '12.0 s', '12.0 s', '12.0 s', null, '13.0 s', null]);
  });

  test('as watching sees it: the answer is dashed, because its body is hidden', async () => {
    expect(
      lines(await drawn(traces.clean.replace('# initiator', '# capture watch\n# initiator').concat('\n\n200'))).at(-1),
    ).toBe('5 server ..> client 200, body not shown');
  });

  test('a code that a server redeems out of sight', async () => {
    expect(lines(await drawn(traces.unknownClient))).toEqual([
      '1 browser -> server GET /authorize [S1]',
      '2 server -> browser 302 to app.example/cb [C1 S1]',
      '3 browser -> client GET /cb [C1 S1]',
      '4 client ..> server redeems the code',
      '5 server ..> client tokens',
    ]);
  });

  test('implicit', async () => {
    expect(lines(await drawn(traces.implicit))).toEqual([
      '1 browser -> server GET /authorize [S1]',
      '2 server -> browser 302 to app.example/cb [A1 S1]',
      '3 browser -> client GET /cb [A1 S1]',
    ]);
  });

  test('a pushed request with DPoP', async () => {
    const uri = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c';
    const proof = 'DPoP: eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2In0.e30.c2ln';
    const view = await drawn(`
# initiator https://app.example
# resource xhr
POST https://as.example/par
${FORM}
${proof}

response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${STATE}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256

201
${JSON_TYPE}

{"request_uri":"${uri}","expires_in":60}

GET https://as.example/authorize?client_id=web1&request_uri=${encodeURIComponent(uri)}

303
Location: https://app.example/cb?code=${CODE}&state=${STATE}

GET https://app.example/cb?code=${CODE}&state=${STATE}

200

# initiator https://app.example
# resource xhr
POST https://as.example/token
${FORM}
${proof}

grant_type=authorization_code&code=${CODE}&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk

200
${JSON_TYPE}

{"access_token":"${TOKEN}","token_type":"DPoP","expires_in":60}

# initiator https://app.example
# resource xhr
GET https://api.example/v1/orders
Authorization: DPoP ${TOKEN}
${proof}

200
${JSON_TYPE}

[]`);
    expect(lines(view)).toEqual([
      '1 client => server POST /par, DPoP [S1]',
      '2 server => client 201 request_uri [Y1]',
      '3 browser -> server GET /authorize [Y1]',
      '4 server -> browser 303 to app.example/cb [C1 S1]',
      '5 browser -> client GET /cb [C1 S1]',
      '6 client => server POST /token, DPoP [C1 V1]',
      '7 server => client 200 access_token [A1]',
      '8 client => resource GET /v1/orders, DPoP [A1]',
      '9 resource => client 200 application/json',
    ]);
  });

  test('a request that was pushed out of sight', async () => {
    const uri = encodeURIComponent('urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c');
    const view = await drawn(`GET https://as.example/authorize?client_id=web1&request_uri=${uri}`);
    expect(lines(view)).toEqual(['1 client ..> server pushed request', '2 browser -> server GET /authorize']);
  });

  test('device: polling is folded, and the person’s part is inferred', async () => {
    const poll = (seconds: number, answer: string) => `
# time +${seconds}
POST https://as.example/token
${FORM}

grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS&client_id=tv

${answer}`;
    const pending = `400\n${JSON_TYPE}\n\n{"error":"authorization_pending"}`;
    const trace = `
POST https://as.example/device/code
${FORM}

client_id=tv&scope=openid

200
${JSON_TYPE}

{"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT","verification_uri":"https://as.example/activate","expires_in":1800,"interval":5}
${[5, 10, 15, 20, 25].map((s) => poll(s, pending)).join('\n')}
${poll(30, `200\n${JSON_TYPE}\n\n{"access_token":"${TOKEN}","token_type":"Bearer"}`)}`;
    const view = await drawn(trace);
    expect(lines(view)).toEqual([
      '1 client => server POST /device/code',
      '2 server => client 200 device_code [D1 U1]',
      '3 browser ..> server enters the code at as.example/activate',
      '4 client => server POST /token [D1]',
      '5 server => client 400 authorization_pending',
      '(4 more like this: POST /token, 25.0 s)',
      '14 client => server POST /token [D1]',
      '15 server => client 200 access_token [A1]',
    ]);
    const fold = view.rows.find((row) => row.is === 'fold');
    expect((await drawn(trace, [fold?.key ?? ''])).rows).toHaveLength(view.rows.length + 8);
  });

  test('a sign-in that the server refuses ends with the callback', async () => {
    const view = await drawn(traces.refused);
    expect(lines(view)).toEqual([
      '1 browser -> server GET /authorize [S1]',
      '2 server -> browser 302 to app.example/cb [S1]',
      '3 browser -> client GET /cb [S1]',
    ]);
    expect(view.arrows.map(({ mark }) => mark)).toEqual(['pass', 'pass', 'stopped']);
  });

  test('a token request that fails, and a server that cannot be reached', async () => {
    const token = `
# initiator https://app.example
# resource xhr
POST https://as.example/token
${FORM}

grant_type=authorization_code&code=${CODE}&client_id=web1`;
    const refused = await drawn(`${token}\n\n400\n${JSON_TYPE}\n\n{"error":"invalid_grant"}`);
    expect(lines(refused)).toEqual(['1 client => server POST /token [C1]', '2 server => client 400 invalid_grant']);
    expect(refused.arrows.at(-1)?.mark).toBe('stopped');
    expect(lines(await drawn(token)).at(-1)).toBe('2 server ..> client answer not seen');
  });

  test('an error page instead of a redirect', async () => {
    expect(lines(await drawn(`${traces.started}\n\n400`))).toEqual([
      '1 browser -> server GET /authorize [S1]',
      '2 server -> browser 400',
    ]);
  });

  test('an answer by form: the page that posts it is inferred', async () => {
    const view = await drawn(`${traces.started}&response_mode=form_post

200

POST https://app.example/cb
${FORM}

code=${CODE}&state=${STATE}`);
    expect(lines(view).slice(0, 3)).toEqual([
      '1 browser -> server GET /authorize [S1]',
      '2 server ..> browser form to app.example/cb',
      '3 browser -> client POST /cb [C1 S1]',
    ]);
  });
});

test('a third party that was sent the code stands beside the callback', async () => {
  const view = await drawn(`# capture har
${traces.noPkce}

# resource image
GET https://tags.metrics.example/p.gif?u=1
Referer: https://app.example/cb?code=${CODE}

200

# resource image
GET https://tags.metrics.example/p.gif?dl=https%3A%2F%2Fapp.example%2Fcb%3Fcode%3D${CODE}

200

# resource image
GET https://cdn.example.net/logo.png

200`);
  expect(lines(view)).toContain('3 browser -> client GET /cb [C1] + 2 × tags.metrics.example');
});

test('an arrow has the worst finding that is proven by its message, and says so', async () => {
  const { analysis, flow } = await judge(traces.noPkce);
  const { arrows } = diagramView(analysis, flow, { open: new Set(), lineage: traceLineage(analysis), judged: true });
  expect(arrows[0]).toMatchObject({ mark: 'high' });
  expect(arrows[0]?.spoken).toBe('Message 1, Browser to Authorization server, GET /authorize, front channel, High');
});

test('the same value has the same mark from sign-in to sign-in, another of its kind another', async () => {
  const again = traces.clean.replaceAll(CODE, 'OtherCodeThatIsLongEnough1');
  const { analysis } = await judge(`${traces.clean}\n\n${again}`, []);
  const lineage = traceLineage(analysis);
  const marks = analysis.flows.map(
    (flow) => diagramView(analysis, flow, { open: new Set(), lineage, judged: true }).arrows[2]?.secrets,
  );
  expect(marks).toEqual([
    ['C1', 'S1'],
    ['C2', 'S1'],
  ]);
});
