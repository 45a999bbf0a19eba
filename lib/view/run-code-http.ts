import { shellWord } from '../http/shell.ts';
import type { CodeFacts, Placeholder } from './run-code.ts';

/** A value of a request: text, or a variable that holds it. */
type Value = string | { readonly variable: string };

/** One request of a run, before it is written down in a language. */
interface Request {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly url: Value;
  readonly headers: readonly (readonly [name: string, prefix: string, variable: string])[];
  readonly fields: readonly (readonly [name: string, value: Value])[];
  readonly json?: object;
  /** A variable for what follows, and the member of the answer that holds it. */
  readonly gives?: readonly [variable: Made, member: string];
  /** By the client's id and secret in a header. */
  readonly basic?: true;
}

/** What is only known while the program runs. */
const MADE = [
  'STATE',
  'NONCE',
  'CODE',
  'CODE_VERIFIER',
  'CODE_CHALLENGE',
  'REQUEST_URI',
  'DEVICE_CODE',
  'ACCESS_TOKEN',
] as const;
type Made = (typeof MADE)[number];

type Step =
  | Request
  /** PKCE pair, state and nonce. */
  | { readonly do: 'fresh' }
  /** The person opens an address, and gives the one of the callback. */
  | { readonly do: 'open'; readonly url: string; readonly fields: Request['fields']; readonly answer: boolean }
  | { readonly do: 'note'; readonly text: string };

const variable = (name: string): Value => ({ variable: name });
const secret = (name: Placeholder): Value => variable(name);

/** How the client proves itself in a request of the back channel. */
function clientFields({ authentication, clientId }: CodeFacts): Pick<Request, 'fields' | 'basic'> {
  const id = ['client_id', clientId] as const;
  switch (authentication) {
    case 'client_secret_basic':
      return { fields: [], basic: true };
    case 'client_secret_post':
      return { fields: [id, ['client_secret', secret('CLIENT_SECRET')]] };
    case 'client_secret_jwt':
    case 'private_key_jwt':
      return {
        fields: [
          id,
          ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
          ['client_assertion', secret('CLIENT_ASSERTION')],
        ],
      };
    case 'none':
      return { fields: [id] };
  }
}

function post(facts: CodeFacts, title: string, url: string, fields: Request['fields'], bound = false): Request {
  const { fields: own, ...rest } = clientFields(facts);
  const headers = bound && facts.options.dpop ? ([['DPoP', '', 'DPOP_PROOF']] as const) : [];
  return { title, method: 'POST', url, headers, fields: [...own, ...fields], ...rest };
}

const ENDPOINT_UNKNOWN = 'https://as.example/';

function stepsOf(facts: CodeFacts): readonly Step[] {
  const { flow, asked, options, exchange, issuer, hint } = facts;
  const at = (name: string): string => facts.endpoints[name] ?? `${ENDPOINT_UNKNOWN}${name}`;
  const token = (title: string, fields: Request['fields']): Request =>
    post(facts, title, at('token_endpoint'), fields, true);
  const discovery: readonly Step[] =
    issuer === null
      ? []
      : [get('Metadata of the server', `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)];
  const notes = notesOf(facts);
  switch (flow) {
    case 'code':
    case 'resource': {
      const parameters: Request['fields'] = [
        ['response_type', 'code'],
        ['client_id', facts.clientId],
        ['redirect_uri', facts.redirectUri],
        ['state', variable('STATE')],
        ['code_challenge', variable('CODE_CHALLENGE')],
        ['code_challenge_method', 'S256'],
        ...(facts.openId ? [['nonce', variable('NONCE')] as const] : []),
        ...(options.jarm ? [['response_mode', 'jwt'] as const] : []),
        ...asked,
      ];
      const outer: Request['fields'] = options.jar
        ? [
            ['client_id', facts.clientId],
            ['request', secret('REQUEST_OBJECT')],
          ]
        : parameters;
      const pushed: Request['fields'] = [
        ['client_id', facts.clientId],
        ['request_uri', variable('REQUEST_URI')],
      ];
      const own = new Set(clientFields(facts).fields.map(([name]) => name));
      return [
        ...(flow === 'resource' && facts.resourceUrl !== null
          ? [get('The resource, without a token', facts.resourceUrl)]
          : []),
        ...discovery,
        ...notes,
        { do: 'fresh' },
        ...(options.par
          ? [
              {
                ...post(
                  facts,
                  'Pushed request',
                  at('pushed_authorization_request_endpoint'),
                  outer.filter(([name]) => !own.has(name)),
                ),
                gives: ['REQUEST_URI', 'request_uri'] as const,
              },
            ]
          : []),
        { do: 'open', url: at('authorization_endpoint'), fields: options.par ? pushed : outer, answer: true },
        {
          ...token('Tokens for the code', [
            ['grant_type', 'authorization_code'],
            ['code', variable('CODE')],
            ['redirect_uri', facts.redirectUri],
            ['code_verifier', variable('CODE_VERIFIER')],
            ...asked.filter(([name]) => name === 'resource'),
          ]),
          ...(flow === 'resource' ? { gives: ['ACCESS_TOKEN', 'access_token'] as const } : {}),
        },
        ...(flow === 'resource' && facts.resourceUrl !== null
          ? [bearer(facts, 'The resource, with the token', facts.resourceUrl, 'ACCESS_TOKEN')]
          : []),
      ];
    }
    case 'device':
      return [
        ...discovery,
        ...notes,
        {
          ...post(facts, 'Codes for device and person', at('device_authorization_endpoint'), asked),
          gives: ['DEVICE_CODE', 'device_code'],
        },
        token('Asked again, every few seconds, until the person agreed', [
          ['grant_type', 'urn:ietf:params:oauth:grant-type:device_code'],
          ['device_code', variable('DEVICE_CODE')],
        ]),
      ];
    case 'clientCredentials':
      return [...discovery, ...notes, token('Token', [['grant_type', 'client_credentials'], ...asked])];
    case 'tokenExchange':
      return [
        ...discovery,
        ...notes,
        token('Another token', [
          ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
          ['subject_token', secret('TOKEN')],
          ...exchangeFields(exchange),
          ...asked,
        ]),
      ];
    case 'refresh':
      return [
        ...discovery,
        ...notes,
        token('Fresh tokens', [['grant_type', 'refresh_token'], ['refresh_token', secret('TOKEN')], ...asked]),
      ];
    case 'introspection':
    case 'revocation': {
      const url = at(flow === 'introspection' ? 'introspection_endpoint' : 'revocation_endpoint');
      const typed = hint === '' ? [] : ([['token_type_hint', hint]] as const);
      const title = flow === 'introspection' ? 'What the server knows of the token' : 'The token ends';
      return [...discovery, ...notes, post(facts, title, url, [['token', secret('TOKEN')], ...typed])];
    }
    case 'userinfo':
      return [...discovery, bearer(facts, 'Claims about the person', at('userinfo_endpoint'), 'TOKEN')];
    case 'logout':
      return [
        ...discovery,
        {
          do: 'open',
          url: at('end_session_endpoint'),
          fields: [
            ['id_token_hint', secret('TOKEN')],
            ['client_id', facts.clientId],
            ['post_logout_redirect_uri', facts.redirectUri],
          ],
          answer: false,
        },
      ];
    case 'registration':
      return [
        ...discovery,
        {
          title: 'The client; it becomes known to the server',
          method: 'POST',
          url: at('registration_endpoint'),
          headers: [],
          fields: [],
          json: registrationOf(facts),
        },
      ];
  }
}

/** Client metadata (RFC 7591 §2). */
export function registrationOf({ redirectUri, authentication, scope }: CodeFacts): object {
  return {
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: authentication,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...(scope === '' ? {} : { scope }),
  };
}

export function exchangeFields(exchange: CodeFacts['exchange']): readonly (readonly [string, string])[] {
  if (exchange === null) return [];
  const { subjectTokenType, requestedTokenType, audience } = exchange;
  const all = [
    ['subject_token_type', subjectTokenType],
    ['requested_token_type', requestedTokenType],
    ['audience', audience],
  ] as const;
  return all.filter(([, value]) => value !== '');
}

const get = (title: string, url: string): Request => ({ title, method: 'GET', url, headers: [], fields: [] });

function bearer(facts: CodeFacts, title: string, url: string, token: string): Request {
  const bound = facts.options.dpop;
  const proof = bound ? ([['DPoP', '', 'DPOP_PROOF']] as const) : [];
  return {
    title,
    method: 'GET',
    url,
    headers: [['Authorization', bound ? 'DPoP ' : 'Bearer ', token], ...proof],
    fields: [],
  };
}

function notesOf({ authentication, options }: CodeFacts): readonly Step[] {
  const notes = [
    ...(authentication.endsWith('_jwt') ? ['CLIENT_ASSERTION: a fresh JWT for each request (RFC 7523 §3).'] : []),
    ...(options.jar ? ['REQUEST_OBJECT: the parameters as claims of a JWT, signed by the client (RFC 9101 §4).'] : []),
    ...(options.dpop ? ['DPOP_PROOF: a fresh JWT for each request (RFC 9449 §4.2).'] : []),
    ...(options.jarm ? ['The answer is a JWT: check its signature, iss, aud and exp (JARM §2.4).'] : []),
  ];
  return notes.map((text) => ({ do: 'note', text }));
}

/** The names of the placeholders that a program reads from its environment. */
function secretsIn(steps: readonly Step[]): readonly string[] {
  const made: ReadonlySet<string> = new Set(MADE);
  const names = steps.flatMap((step) => [
    ...('fields' in step
      ? step.fields.flatMap(([, value]) => (typeof value === 'string' ? [] : [value.variable]))
      : []),
    ...('headers' in step ? step.headers.map(([, , name]) => name) : []),
    ...('basic' in step ? ['CLIENT_SECRET'] : []),
  ]);
  return [...new Set(names)].filter((name) => !made.has(name));
}

const inShell = (name: string, value: Value): string =>
  typeof value === 'string' ? shellWord(`${name}${value}`) : `"${name}$${value.variable}"`;

/** What is made by these programs is safe in an address; what is text is made so here. */
const inAddress = ([name, value]: Request['fields'][number]): string =>
  `${encodeURIComponent(name)}=${typeof value === 'string' ? encodeURIComponent(value) : `$${value.variable}`}`;

const RANDOM = "openssl rand -base64 32 | tr '+/' '-_' | tr -d '='";

export function curlCode(facts: CodeFacts): readonly string[] {
  const steps = stepsOf(facts);
  const { clientId } = facts;
  return [
    ...secretsIn(steps).map((name) => `: "\${${name}:?}"`),
    ...steps.flatMap((step): readonly string[] => {
      if ('do' in step) {
        switch (step.do) {
          case 'note':
            return [`# ${step.text}`];
          case 'fresh':
            return [
              '',
              '# Fresh for each run',
              `CODE_VERIFIER=$(${RANDOM})`,
              `CODE_CHALLENGE=$(printf %s "$CODE_VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')`,
              `STATE=$(${RANDOM})`,
              ...(facts.openId ? [`NONCE=$(${RANDOM})`] : []),
            ];
          case 'open':
            return [
              '',
              step.answer
                ? '# Open this address; compare state and iss of the answer, then set CODE to its code'
                : '# Open this address',
              `printf '\\n%s\\n' ${shellWord(`${step.url}${step.url.includes('?') ? '&' : '?'}`)}"${step.fields.map(inAddress).join('&')}"`,
              ...(step.answer ? ['read -r -p "CODE: " CODE'] : []),
            ];
        }
      }
      const parts = [
        ...(step.basic ? [`--user "${formId(clientId)}:$CLIENT_SECRET"`] : []),
        ...step.headers.map(([name, prefix, from]) => `--header "${name}: ${prefix}$${from}"`),
        ...(step.json === undefined
          ? step.fields.map(([name, value]) => `--data-urlencode ${inShell(`${name}=`, value)}`)
          : [`--header 'Content-Type: application/json'`, `--data-raw ${shellWord(JSON.stringify(step.json))}`]),
      ];
      const first = `curl ${inShell('', step.url)}`;
      const then = step.gives === undefined ? [] : [`read -r -p '${step.gives[1]}: ' ${step.gives[0]}`];
      return ['', `# ${step.title}`, [first, ...parts].join(' \\\n  '), ...then];
    }),
  ];
}

/** RFC 6749 §2.3.1 wants id and secret form-encoded; what is left is safe between double quotes. */
const formId = (id: string): string => new URLSearchParams([['', id]]).toString().slice(1);

/** Text as a literal of JavaScript. */
export const literal = (text: string): string =>
  JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);

const inScript = (value: Value): string => (typeof value === 'string' ? literal(value) : value.variable);

const pairs = (fields: Request['fields'], indent: string): readonly string[] =>
  fields.map(([name, value]) => `${indent}[${literal(name)}, ${inScript(value)}],`);

/** The person opens an address and gives the one that they are sent back to. */
export const ASK = [
  'const person = createInterface({ input: process.stdin, output: process.stderr });',
  "const callback = new URL(await person.question('Address that you were sent back to: '));",
  'person.close();',
] as const;

export function fetchCode(facts: CodeFacts): readonly string[] {
  const steps = stepsOf(facts);
  const secrets = secretsIn(steps);
  const answers = steps.some((step) => 'do' in step && step.do === 'open' && step.answer);
  return [
    ...(answers
      ? [
          "import { createHash, randomBytes } from 'node:crypto';",
          "import { createInterface } from 'node:readline/promises';",
          '',
        ]
      : []),
    ...(secrets.length === 0 ? [] : [`const { ${secrets.join(', ')} } = process.env;`]),
    'let answer;',
    ...steps.flatMap((step) => fetchStep(step, facts)),
    '',
    'console.log(answer);',
  ];
}

function fetchStep(step: Step, facts: CodeFacts): readonly string[] {
  if ('do' in step) {
    switch (step.do) {
      case 'note':
        return [`// ${step.text}`];
      case 'fresh':
        return [
          '',
          '// Fresh for each run',
          "const random = () => randomBytes(32).toString('base64url');",
          'const [CODE_VERIFIER, STATE] = [random(), random()];',
          ...(facts.openId ? ['const NONCE = random();'] : []),
          "const CODE_CHALLENGE = createHash('sha256').update(CODE_VERIFIER).digest('base64url');",
        ];
      case 'open':
        return [
          '',
          '// The person',
          `const address = new URL(${literal(step.url)});`,
          'for (const [name, value] of [',
          ...pairs(step.fields, '  '),
          ']) address.searchParams.append(name, value);',
          'console.log(address.href);',
          ...(step.answer
            ? [
                ...ASK,
                "if (callback.searchParams.get('state') !== STATE) throw new Error('another state than the one that was sent');",
                ...(facts.issuer === null
                  ? []
                  : [
                      `if ((callback.searchParams.get('iss') ?? ${literal(facts.issuer)}) !== ${literal(facts.issuer)}) throw new Error('another issuer');`,
                    ]),
                "const CODE = callback.searchParams.get('code');",
              ]
            : []),
        ];
    }
  }
  const headers = [
    ...(step.basic
      ? [
          `    Authorization: \`Basic \${btoa(\`\${encodeURIComponent(${literal(facts.clientId)})}:\${encodeURIComponent(CLIENT_SECRET)}\`)}\`,`,
        ]
      : []),
    ...step.headers.map(([name, prefix, from]) => `    ${name}: \`${prefix}\${${from}}\`,`),
    ...(step.json === undefined ? [] : ["    'Content-Type': 'application/json',"]),
  ];
  const polls = step.fields.some(([name]) => name === 'device_code');
  const call = [
    `answer = await fetch(${inScript(step.url)}, {`,
    `  method: '${step.method}',`,
    ...(headers.length === 0 ? [] : ['  headers: {', ...headers, '  },']),
    ...(step.json === undefined
      ? step.method === 'POST'
        ? ['  body: new URLSearchParams([', ...pairs(step.fields, '    '), '  ]),']
        : []
      : [`  body: JSON.stringify(${JSON.stringify(step.json)}),`]),
    '}).then(async (response) => ({ status: response.status, body: await response.text() }));',
  ];
  const after =
    step.gives === undefined
      ? []
      : ['console.log(answer.body);', `const ${step.gives[0]} = JSON.parse(answer.body).${step.gives[1]};`];
  return [
    '',
    `// ${step.title}`,
    ...(polls
      ? [
          'do {',
          '  await new Promise((done) => setTimeout(done, 5000));',
          ...call.map((line) => `  ${line}`),
          '} while (/authorization_pending|slow_down/.test(answer.body));',
        ]
      : call),
    ...after,
  ];
}
