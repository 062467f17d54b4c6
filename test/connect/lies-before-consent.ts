import { away, challenge, cut, hangs, html, large, long, packed, type Variant } from './lies.ts';
import { type LyingMcp, prm, rfc8414 } from './lying-mcp.ts';

/** What can be wrong before the browser is sent to the authorization server. */
export const liesBeforeConsent: readonly Variant<LyingMcp>[] = [
  ['the MCP server leads elsewhere', s => s.says.set('/mcp', away), 'server_unusable', /leads elsewhere/],
  ['the MCP server cuts the connection', s => s.says.set('/mcp', cut), 'notion_unreachable', /no whole answer came \(/],
  ['the MCP server never answers', s => s.says.set('/mcp', hangs), 'notion_unreachable', /in time$/],
  ['the MCP server answers with a web page', s => s.says.set('/mcp', html), 'server_unusable', /not JSON/],
  ['the MCP server answers with too much', s => s.says.set('/mcp', large), 'server_unusable', /too large/],
  ['the MCP server answers compressed', s => s.says.set('/mcp', packed), 'server_unusable', /compressed/],
  [
    'the challenge points into the network',
    s => s.says.set('/mcp', challenge('https://10.0.0.1/')),
    'server_unusable',
    /special-use/,
  ],
  ['the challenge points to no URL', s => s.says.set('/mcp', challenge('nowhere')), 'server_unusable', /no URL/],
  [
    'the challenge points to nothing',
    s => s.says.set('/mcp', challenge(`${s.url}/gone`)),
    'server_unusable',
    /\(404\)/,
  ],
  ['it does not describe itself', s => s.says.delete(prm), 'server_unusable', /describes itself nowhere \(404; 404\)/],
  ['its description is a web page', s => s.says.set(prm, html), 'server_unusable', /not JSON; 404/],
  ['its description is elsewhere', s => s.says.set(prm, away), 'server_unusable', /leads elsewhere; 404/],
  [
    'its description goes round',
    s => s.says.set(prm, { ...away, headers: { location: prm } }),
    'server_unusable',
    /leads/,
  ],
  ['its description is down', s => s.says.set(prm, { status: 503 }), 'notion_unreachable', /metadata: 503/],
  ['it is busy', s => s.says.set(prm, { status: 429 }), 'notion_unreachable', /metadata: 429/],
  ['its description never ends', s => s.says.set(prm, hangs), 'notion_unreachable', /in time/],
  ['its description is null', s => s.says.set(prm, { body: 'null' }), 'server_unusable', /not JSON/],
  ['its description is a list', s => s.says.set(prm, { body: [] }), 'server_unusable', /no usable object/],
  ['it names no resource', s => s.describeResource({ resource: undefined }), 'server_unusable', /no usable resource$/],
  ['it names another resource', s => s.describeResource({ resource: s.url }), 'server_unusable', /another resource/],
  [
    'it names no authorization server',
    s => s.describeResource({ authorization_servers: [] }),
    'server_unusable',
    /no usable authorization_servers/,
  ],
  [
    'its authorization server is no URL',
    s => s.describeResource({ authorization_servers: ['nobody'] }),
    'server_unusable',
    /issuer is no URL/,
  ],
  [
    'its authorization server has 200 KB of name',
    s => s.describeResource({ authorization_servers: [long] }),
    'server_unusable',
    /issuer is too long/,
  ],
  [
    'its authorization server is in the network',
    s => s.describeResource({ authorization_servers: ['https://169.254.169.254'] }),
    'server_unusable',
    /special-use/,
  ],
  [
    'its authorization server speaks http',
    s => s.describeResource({ authorization_servers: ['http://as.example'] }),
    'server_unusable',
    /only https/,
  ],
  ['the authorization server describes itself nowhere', s => s.says.delete(rfc8414), 'server_unusable', /\(404; 404\)/],
  [
    'its metadata are a web page',
    s => s.says.set(rfc8414, html),
    'server_unusable',
    /nowhere \(the answer is not JSON/,
  ],
  ['its metadata are down', s => s.says.set(rfc8414, { status: 502 }), 'notion_unreachable', /metadata: 502/],
  ['its metadata are cut', s => s.says.set(rfc8414, cut), 'notion_unreachable', /no whole answer came \(/],
  [
    'its metadata name another issuer',
    s => s.describeServer({ issuer: 'https://o.example' }),
    'server_unusable',
    /another issuer/,
  ],
  [
    'it offers no PKCE',
    s => s.describeServer({ code_challenge_methods_supported: ['plain'] }),
    'server_unusable',
    /PKCE/,
  ],
  ...['authorization_endpoint', 'token_endpoint', 'registration_endpoint'].flatMap(endpoint =>
    (
      [
        ['200 KB long', long],
        ['a number', 7],
        ['of another scheme', 'javascript:alert(1)'],
        ['with a fragment', 'https://as.example/a#b'],
        ['with a line break', 'https://as.example/\na'],
        ['with a backslash', 'https:\\\\as.example/a'],
        ['relative', '/authorize'],
      ] as const
    ).map(
      ([what, value]): Variant<LyingMcp> => [
        `its ${endpoint} is ${what}`,
        s => s.describeServer({ [endpoint]: value }),
        'server_unusable',
        new RegExp(`no usable ${endpoint}$`),
      ],
    ),
  ),
  ...(
    [
      ['in the network', 'https://10.1.2.3/authorize', /authorization endpoint: it is a special-use address/],
      ['over http', 'http://as.example/authorize', /authorization endpoint: only https/],
      ['with credentials', 'https://u:p@as.example/authorize', /authorization endpoint: the URL carries credentials/],
    ] as const
  ).map(
    ([what, authorization_endpoint, why]): Variant<LyingMcp> => [
      `its authorization_endpoint is ${what}`,
      s => s.describeServer({ authorization_endpoint }),
      'server_unusable',
      why,
    ],
  ),
  [
    'it makes the address of consent too long',
    s => {
      s.describeResource({ scopes_supported: Array.from({ length: 50 }, (_, at) => `${at}${'%'.repeat(98)}`) });
    },
    'server_unusable',
    /address of consent is too long/,
  ],
  [
    'it registers nobody',
    s => s.describeServer({ registration_endpoint: undefined }),
    'registration_refused',
    /registers no clients/,
  ],
  [
    'it takes no way of ours to authenticate',
    s => s.describeServer({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
    'registration_refused',
    /no way to authenticate/,
  ],
  [
    'it registers in the network',
    s => s.describeServer({ registration_endpoint: 'https://10.0.0.1/' }),
    'server_unusable',
    /special-use/,
  ],
  [
    'it refuses to register',
    s => s.says.set('/register', { status: 403 }),
    'registration_refused',
    /registration: 403$/,
  ],
  [
    'it refuses the redirect URI',
    s => s.says.set('/register', { status: 400, body: { error: 'invalid_redirect_uri' } }),
    'registration_refused',
    /400 invalid_redirect_uri/,
  ],
  ['registering is down', s => s.says.set('/register', { status: 500 }), 'notion_unreachable', /registration: 500/],
  ['registering is busy', s => s.says.set('/register', { status: 429 }), 'notion_unreachable', /registration: 429/],
  ['registering hangs', s => s.says.set('/register', hangs), 'notion_unreachable', /in time/],
  ['registering leads elsewhere', s => s.says.set('/register', away), 'registration_refused', /leads elsewhere/],
  ['registering answers with a web page', s => s.says.set('/register', html), 'registration_refused', /not JSON/],
  [
    'it gives no client id',
    s => s.says.set('/register', { status: 201, body: {} }),
    'registration_refused',
    /usable client_id/,
  ],
  [
    'it gives a client id of 3 KB',
    s => s.says.set('/register', { status: 201, body: { client_id: 'x'.repeat(3_000) } }),
    'registration_refused',
    /usable client_id/,
  ],
  [
    'it registers another redirect URI',
    s => s.says.set('/register', { status: 201, body: { client_id: 'c', redirect_uris: ['https://o.example/'] } }),
    'registration_refused',
    /another redirect URI/,
  ],
  [
    'it gives no secret',
    s =>
      s.says.set('/register', {
        status: 201,
        body: { client_id: 'c', token_endpoint_auth_method: 'client_secret_basic' },
      }),
    'registration_refused',
    /no secret/,
  ],
  [
    'it gives a secret that has ended',
    s =>
      s.says.set('/register', {
        status: 201,
        body: {
          client_id: 'c',
          client_secret: 's',
          client_secret_expires_at: 7,
          token_endpoint_auth_method: 'client_secret_post',
        },
      }),
    'registration_refused',
    /ended already/,
  ],
];
