import type { ConnectProblem } from '../../src/domain/connect-problem.ts';
import {
  away,
  cut,
  hangs,
  html,
  identity,
  large,
  packed,
  refusal,
  user,
  type Variant,
  withToken,
  workspace,
} from './lies.ts';
import type { LyingMcp } from './lying-mcp.ts';
import type { Lie } from './lying-server.ts';

/** Tokens of both kinds of server; the fields are those that both have. */
export const tokenLies = [
  ['does not accept the code', refusal('invalid_grant'), 'code_refused', /invalid_grant/],
  ['refuses in a way of its own', refusal('because'), 'answer_unusable', /error of its own|other/],
  ['refuses with a web page', { ...html, status: 400 }, 'answer_unusable', /not JSON/],
  ['answers with a web page', html, 'answer_unusable', /not JSON/],
  ['answers with half an answer', { body: '{"access_token":' }, 'answer_unusable', /not JSON/],
  ['answers without a token', { body: { token_type: 'bearer' } }, 'answer_unusable', /usable access_token/],
  [
    'answers with a token that fits into no header',
    { body: { access_token: 'a\nb' } },
    'answer_unusable',
    /access_token/,
  ],
  [
    'answers with a token of another type',
    { body: { access_token: 'a', token_type: 'mac' } },
    'answer_unusable',
    /usable token_type/,
  ],
  ['leads elsewhere', away, 'answer_unusable', /leads elsewhere|302/],
  ['is down', { status: 503 }, 'notion_unreachable', /token endpoint: 503/],
  ['is busy', { status: 429 }, 'notion_unreachable', /token endpoint: 429/],
  ['never ends its answer', hangs, 'notion_unreachable', /in time/],
  ['cuts the connection', cut, 'notion_unreachable', /no whole answer came \(/],
  ['answers with too much', large, 'answer_unusable', /too large/],
] as const satisfies readonly (readonly [string, Lie, ConnectProblem, RegExp])[];

/** What can be wrong once a person has agreed. */
export const liesAfterConsent: readonly Variant<LyingMcp>[] = [
  ...tokenLies.map(
    ([what, lie, problem, why]): Variant<LyingMcp> => [
      `the token endpoint ${what}`,
      s => s.says.set('/token', lie),
      problem,
      why,
    ],
  ),
  [
    'it has forgotten the client',
    s => s.says.set('/token', refusal('invalid_client')),
    'client_forgotten',
    /invalid_client/,
  ],
  [
    'it does not let the client',
    s => s.says.set('/token', refusal('unauthorized_client')),
    'client_forgotten',
    /unauthorized_client/,
  ],
  ['its answer is compressed', s => s.says.set('/token', packed), 'answer_unusable', /compressed/],
  [
    'there is a web page after the token',
    s => s.says.set('/mcp', withToken(html)),
    'answer_unusable',
    /identity: .*not JSON/,
  ],
  [
    'it leads elsewhere after the token',
    s => s.says.set('/mcp', withToken(away)),
    'answer_unusable',
    /identity: .*elsewhere/,
  ],
  [
    'it is too long after the token',
    s => s.says.set('/mcp', withToken(large)),
    'answer_unusable',
    /identity: .*too large/,
  ],
  ['it hangs after the token', s => s.says.set('/mcp', withToken(hangs)), 'notion_unreachable', /identity: .*in time/],
  ['it cuts after the token', s => s.says.set('/mcp', withToken(cut)), 'notion_unreachable', /identity: .*\(/],
  ...[401, 403, 404, 429, 500].map(
    (status): Variant<LyingMcp> => [
      `it says ${status} to its own token`,
      s => s.says.set('/mcp', withToken({ status })),
      'identity_unknown',
      new RegExp(`identity: .*${status}`),
    ],
  ),
  [
    'it wants more scopes',
    s =>
      s.says.set(
        '/mcp',
        withToken({ status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="more"' } }),
      ),
    'scope_missing',
    /insufficient_scope/,
  ],
  [
    'its tool fails',
    s => s.says.set('/mcp', identity({}, { isError: true })),
    'identity_unknown',
    /notion-fetch failed/,
  ],
  [
    'its tool asks back',
    s => s.says.set('/mcp', identity({}, { resultType: 'input' })),
    'identity_unknown',
    /another kind/,
  ],
  ['it names no workspace', s => s.says.set('/mcp', identity({ user })), 'identity_unknown', /usable workspace/],
  ['it names no person', s => s.says.set('/mcp', identity({ workspace })), 'identity_unknown', /usable user/],
  [
    'its workspace has no id',
    s => s.says.set('/mcp', identity({ user, workspace: { id: 'acme' } })),
    'identity_unknown',
    /workspace\.id/,
  ],
];

/** What comes back in the browser instead of a code. */
export const liesInCallback: readonly (readonly [what: string, query: string, problem: ConnectProblem, why: RegExp])[] =
  [
    ['another issuer', 'code=x&iss=https://o.example', 'issuer_mismatch', /another issuer/],
    ['two issuers', 'code=x&iss=ISSUER&iss=ISSUER', 'issuer_mismatch', /another issuer/],
    ['no issuer', 'code=x', 'issuer_mismatch', /iss is missing/],
    ['an error from another issuer', 'error=server_error&iss=https://o.example', 'issuer_mismatch', /another issuer/],
    ['an error that is known', 'error=server_error&iss=ISSUER', 'refused_by_notion', /callback: server_error/],
    ['an error of its own', 'error=%3Cb%3Eno&iss=ISSUER', 'refused_by_notion', /callback: another error/],
    ['two errors', 'error=a&error=b&iss=ISSUER', 'refused_by_notion', /callback: another error/],
    ['a refusal', 'error=access_denied&iss=ISSUER', 'consent_denied', /said no/],
    ['nothing', 'iss=ISSUER', 'missing_code', /no code/],
    ['two codes', 'code=a&code=b&iss=ISSUER', 'missing_code', /several codes/],
    ['a code of 3 KB', `code=${'x'.repeat(3_000)}&iss=ISSUER`, 'missing_code', /too long/],
  ];
