/** A defect of one of the two systems that Portcullis grows out of. Code and tests cite it by its id. */
export interface Defect {
  readonly id: string;
  readonly was: string;
  readonly here: string;
}

export interface DefectGroup {
  readonly about: string;
  readonly defects: readonly Defect[];
}

const group = (about: string, rows: Readonly<Record<string, readonly [was: string, here: string]>>): DefectGroup => ({
  about,
  defects: Object.entries(rows).map(([id, [was, here]]) => ({ id, was, here })),
});

/** The defects, each with what Portcullis does instead. */
export const defectGroups: readonly DefectGroup[] = [
  group('A: the enterprise RBAC recipe', {
    A1: [
      'The check of `state` passed when both sides were absent, which let an attacker sign a victim in.',
      'An absent, empty or repeated `state` equals nothing.',
    ],
    A2: [
      '`state` was never deleted, never expired, and one session could hold only one.',
      'Each attempt has a record of its own, ends after ten minutes, and is spent once.',
    ],
    A3: [
      'Connecting needed no signed-in person, and the list of workspaces showed every tenant.',
      'Connecting needs a session and the right `connect`, at the start and at the callback.',
    ],
    A4: [
      'All callers shared one token, so every viewer could read everything that the connection could.',
      'Each call is decided for its caller. Decisions by page are planned; today a role decides for the workspace.',
    ],
    A5: [
      '`POST /api/pages` passed the body on unchecked.',
      'The body has a schema, a size limit and a checked parent.',
    ],
    A6: ['Refresh tokens were dropped.', 'They are sealed, and exchanged by the refresh protocol.'],
    A7: ['Tokens lay in memory in plain text.', 'Each secret is a JWE that is bound to its place.'],
    A8: [
      'Ending a connection deleted it locally and revoked nothing.',
      'It is blocked at once, revoked at Notion with retries, destroyed, and kept as a tombstone.',
    ],
    A9: [
      'Ending a connection waited for a log entry that was written through the dead token.',
      'Ending never depends on an outlet of the log.',
    ],
    A10: [
      "The log of all tenants went to one Notion database, with the tenant's own token.",
      'The log is ours. An export to Notion belongs to one workspace.',
    ],
    A11: [
      'Successful reads and writes, errors and role changes were not logged.',
      'Every decision and every change has an entry.',
    ],
    A12: [
      "The log's `workspaceId` held a bot id.",
      'Entries carry the workspace and the connection, each in its own field.',
    ],
    A13: [
      'No call waited for the log to be written.',
      'Nothing is sent before its intent is durable, and nothing is released before its outcome is.',
    ],
    A14: [
      'Log entries were named after the path of the request.',
      'They are named after the row of the operation table and carry canonical ids.',
    ],
    A15: ['The error of a callback was shown as HTML.', 'Pages show fixed texts alone.'],
    A16: [
      'A callback with an error, or without a code, went on to the exchange.',
      'State, error and code are checked in this order, always.',
    ],
    A17: [
      'Rejected promises hung or crashed the server, and HTML bodies broke the error path.',
      'Every failure becomes the one error type, and parsing never throws.',
    ],
    A18: ['Three different causes answered `200 null`.', 'Each cause has a result of its own, with advice.'],
    A19: [
      'A missing object was called "not shared".',
      'Answers say "missing or not shared" and never confirm that something exists.',
    ],
    A20: ['A 401 counted as a revoked user.', 'The connection is checked, or refreshed once, before it is marked.'],
    A21: ['An unknown role threw an exception.', 'An undefined role allows nothing.'],
    A22: [
      'The rights `delete` and `manage` existed and no route used them.',
      'Every action of a role is demanded by some operation.',
    ],
    A23: [
      'The session cookie had unsafe defaults, and the session survived connecting.',
      'A `__Host-` cookie with all protections, stored sessions, and a new one at each sign-in.',
    ],
    A24: ['The name of a workspace went into a URL.', 'URLs carry opaque ids.'],
    A25: [
      'Reconnecting reset the first date, and use was counted for failed calls.',
      'Each fact has a column of its own.',
    ],
    A26: [
      'No version was sent, and outdated parents were used.',
      'The version is pinned, and pages are created in data sources.',
    ],
    A27: [
      'Discovery looped without a bound.',
      'It is bounded, goes on where it stopped, and says that it is no list of access.',
    ],
    A28: ['There was no PKCE, no `iss` and no timeout.', 'All three exist where the server supports them.'],
    A29: ['A failed exchange of a code might be repeated.', 'A code is exchanged once.'],
  }),
  group('B: the OAuth client of the second system', {
    B1: [
      '`invalid_grant` on status 400 never asked for a new consent.',
      'The error code of the parsed answer decides.',
    ],
    B2: ['A marker anywhere in a body forced a new consent.', 'Nothing searches for words in bodies.'],
    B3: ['HTML or an array as an answer raised exceptions.', 'Parsing is total.'],
    B4: ['A refused client, a refused grant and an outage were the same.', 'Each has an outcome of its own.'],
    B5: ['The wrong RFC was cited.', 'Protected resource metadata is RFC 9728.'],
    B6: [
      'Metadata of an issuer with a path was looked up at the wrong place.',
      'RFC 8414 section 3.1, then the forms of OpenID.',
    ],
    B7: ['`issuer` and `resource` were never compared.', 'They match exactly, or connecting ends.'],
    B8: [
      'Requests went to any scheme and host.',
      'https alone, public addresses alone, no redirects, with limits of size and time.',
    ],
    B9: ['No `resource` parameter was sent.', 'It is sent everywhere (RFC 8707).'],
    B10: ['Support of S256 was read and not checked.', 'A server without it is refused.'],
    B11: ['`iss` of the callback was ignored.', 'It is verified (RFC 9207).'],
    B12: ['An endpoint with a query gave a broken URL.', 'URLs are built, not joined.'],
    B13: ['`prompt=consent` was sent always.', 'It is sent only where it is needed.'],
    B14: ['A lifetime of zero meant "never expires".', 'Zero has expired; a value that is no number is unknown.'],
    B15: ['A missing refresh token and the token type were not checked.', 'Both are.'],
    B16: ['Errors and logs held raw bodies, and so perhaps tokens.', 'They hold codes and words of ours.'],
    B17: [
      'Registration was repeated, and the granted method of authentication ignored.',
      'One client for each connection, used as it was granted.',
    ],
    B18: ['Metadata was remembered for ever.', 'For an hour.'],
    B19: ['The challenge of a 401 was not read.', '`resource_metadata` is followed where it is allowed.'],
    B20: [
      'A refresh was repeated blindly.',
      'The refresh protocol spends a token once, and again only where that is documented to be safe.',
    ],
  }),
  group('C: what surrounded that client', {
    C1: ['The PKCE verifier and a client secret stood in the URL.', 'They are sealed in the record of the attempt.'],
    C2: ['`state` was not bound to the browser.', 'It is bound to the session.'],
    C3: ['Membership of the target was not checked.', 'The right `connect` is decided at each step.'],
    C4: ['Two workers refreshed at once and lost the grant.', 'One refresh for each expiry, under a lease.'],
    C5: ['An error result was taken for success.', 'An error is never success.'],
    C6: ["The hosted server's real results were misread.", 'Results are parsed by their real shapes.'],
    C7: ['"Append" replaced the whole page.', 'Append never replaces.'],
    C8: [
      'A fallback sent the MCP token to the REST API and could write twice.',
      'A token goes to its own origin, and a write of unknown fate is not repeated.',
    ],
    C9: ['Error markers were lost inside task groups.', 'Errors are typed.'],
    C10: ['The text "401" anywhere caused a refresh and a second write.', 'The status of an answer decides.'],
    C11: ['Tools were called with wrong arguments.', 'Arguments follow the schema of the tool.'],
    C12: ["One member's connection switched tools off for all.", 'A connection serves its audience.'],
    C13: ['An approval could be changed to another page.', 'An approval is for exact arguments.'],
    C14: ['The workspace of a connection was never found out.', 'The MCP server itself is asked.'],
    C15: ['A reconnect could switch the account in silence.', 'It must be the same owner, or it is asked.'],
    C16: ['Each press registered a new client.', 'Presses at once share one, and unused clients are removed.'],
    C17: ['Deleting revoked nothing.', 'Disconnecting revokes at the server.'],
    C18: [
      'One key did everything, without versions.',
      'Keys for each workspace, versioned, bound to their place, under a root key.',
    ],
    C19: ['Without a key the ciphertext was sent as a token.', 'What cannot be opened is never sent.'],
    C20: ['Texts of exceptions reached clients.', 'Public and logged texts are apart.'],
    C21: ['The return address was hardly checked.', 'Only paths of the dashboard are followed.'],
    C22: ['Odd state values caused errors 500.', 'Parsing is total, and clocks may differ.'],
    C23: ['Pages were found by title.', 'Pages are found by id.'],
    C24: ['A stale list let all tools through.', 'An unknown tool is denied.'],
    C25: ["Members used other members' identities.", 'Each connection has an audience.'],
    C26: ['No decision meant that the call was carried out.', 'No decision means that it is not.'],
  }),
];
