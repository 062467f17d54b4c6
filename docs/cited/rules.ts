/** A rule that the product keeps. Code and tests cite it by number. */
export interface Rule {
  readonly number: number;
  /** The chapter of the page that it stands in. */
  readonly about: string;
  readonly text: string;
}

const rule = (about: string, numbered: Readonly<Record<number, string>>): Rule[] =>
  Object.entries(numbered).map(([number, text]) => ({ number: Number(number), about, text }));

/** The rules, in the order of their numbers. They come from a review of the design by attack. */
export const rules: readonly Rule[] = [
  ...rule('Tenancy and connections', {
    1:
      'An attempt to connect names its target: a new workspace, or one that exists. A callback for a workspace that is known already is ' +
      'never merged into it: the attempt ends with a conflict, the admins of that workspace are notified, and the new tokens are revoked ' +
      'unless a stored connection uses the same bot. A new connection stays `pending` until the browser session that began it confirms a ' +
      'page that names the workspace, its admins and the people who will use the connection.',
    2:
      'Each connection has an audience. Connections of kind `mcp` and pasted tokens serve their owner alone by default, since they see ' +
      "the owner's private pages. The choice of the connection is part of the decision and is logged. When one connection is refused by " +
      'Notion, the call does not go on to another. A pasted token is checked against `users/me` and its workspace.',
    3:
      'A sealed token is bound to the origin that issued it and is sent nowhere else. Any host other than those of Notion needs a ' +
      'setting whose name says that it is dangerous.',
    4:
      'Row-level security is forced on every table of a workspace. The role of the application neither owns the tables nor bypasses ' +
      'row-level security. The workspace is set for one transaction, and without it no row is visible. Foreign keys carry the workspace, ' +
      'and so do the keys of every cache.',
  }),
  ...rule('Deciding', {
    5:
      'Nothing is allowed vacuously. An operation without objects is decided on the workspace. A required id that is not found denies. A ' +
      'Notion id or URL in path, query or body that no locator of the operation claims denies.',
    6: '`everyone` means the current members. No grant ever matches `anonymous`. No door can build the principal `system`.',
    7:
      'A request has one meaning or is refused. Writes with unknown keys are denied. Bodies are UTF-8 without a byte order mark, with ' +
      'identity encoding and the declared content type. Repeated keys, repeated security headers, bodies of GET requests, a length ' +
      'together with chunked framing, and method overrides are refused. Headers are allow-listed in both directions. Redirects of ' +
      'upstreams are not followed. An unknown `Notion-Version` is refused.',
    8:
      'No caller can amplify rights. A change is refused if a principal gains something by it that its author may not grant, ' +
      'in every form: a grant, a removed deny, a joined group, an edited role, a rollback, or a mapping of an identity provider.',
    9:
      "A move that widens any principal's access needs `grants` as well as `move`. A property that a condition tests may not be " +
      'written by principals who would gain by the condition.',
    10:
      'The commit of an intent is conditional, in the same statement, on the policy revision and the epoch of the credential of the ' +
      'decision. If they have moved, the call is decided again. A call that waited after its intent checks again before it is sent. ' +
      'Revocation closes open streams.',
    11:
      'A key never exceeds its creator when it is made, nor its principal when it is used. A key makes keys only if it is scoped for ' +
      'that. Disabling a person ends their sessions, keys, OAuth grants and approvals in one transaction, and suspends the agents that ' +
      'they own until another person takes responsibility for them.',
  }),
  ...rule('What comes back', {
    12:
      'Size and shape never skip `withhold`. An answer that is filtered is parsed whole below a limit, or refused. Only rows marked ' +
      'opaque stream. Unknown types of blocks, properties and objects are blanked. Bodies of errors are filtered too. Texts, headers and ' +
      'timing do not tell "forbidden" from "missing", and such answers carry no decision id.',
    13: "The answer to a write is a read: without `read` the caller gets Notion's partial object.",
    14:
      'A formula or rollup that may depend on data which the caller cannot wholly read is blanked. It, or a masked property, is refused ' +
      'in a filter, a sort or a view. Adding such a property needs `read` on everything that it reaches.',
    15:
      'When something was withheld from a list, the gate refills the page within a bound and issues a sealed cursor of its own, which is ' +
      'tied to principal, operation, arguments and connection. An empty page never says `has_more: true`.',
    16:
      'Text (Markdown, results of asynchronous tasks and of MCP tools) is released only where no deny, limit or mask can apply to ' +
      'anything embedded in it; otherwise it is refused. Text of MCP never feeds the page index.',
    17:
      'URLs of files that Notion hosts become URLs of the gate, and each fetch is decided (action `file.read`). `public_url` is shown ' +
      'only where it is granted.',
    18:
      'An answer whose own `parent` contradicts the ancestry that the decision used is decided again before it is released. Deleting and ' +
      'moving resolve ancestry again that is older than five seconds.',
    19: 'An explanation shows only pages and principals that the asker may see.',
  }),
  ...rule('Custody and log', {
    20:
      'The last checkpoint and the high-water marks of the token generations are kept outside the database as well. A database that is ' +
      'behind them starts in the state `restored`: nothing is refreshed and nothing is signed until an operator acknowledges it, which ' +
      'is logged.',
    21:
      'A spooled answer is applied only at its own generation and attempt. For a revoked connection its tokens are revoked at Notion ' +
      'instead. The storage of the spool is tried for fsync at the start. When a lease has run out and its fate is unknown, the ' +
      "connection is `suspect`: it waits, within a bound, for the owner's spool before another token is spent.",
    22:
      '`audit verify` says `unauthenticated` without a pinned key. It claims that a log only grew if, and only if, it has a checkpoint that the ' +
      'verifier kept. The README states the limits. Digests of bodies are keyed.',
    23:
      "Denials of unknown callers go to the deployment's log as counted summaries, limited by address. They never enter the " +
      'log of a workspace.',
    24:
      'Portcullis does not start on a database with `fsync` or `synchronous_commit` off, nor through a pooler that breaks sessions. ' +
      "Leases and expiries go by the database's clock. Outside the demo, root keys and signing keys do not lie under the data directory, " +
      'and dumps leave them out.',
  }),
  ...rule('Edges', {
    25:
      'The demo refuses `DATABASE_URL`, addresses other than loopback, and a database that is not stamped `demo`. `portcullis serve` ' +
      'never becomes the demo. Credentials that are set by half are an error.',
    26:
      'Absolute URLs come from `PORTCULLIS_PUBLIC_URL` alone. The Host header is allow-listed. Forwarded addresses count only from ' +
      'named proxies. Cookies never authenticate `/v1` or `/mcp`.',
    27:
      'The dashboard has a strict content security policy, checks the schemes of URLs and loads no remote images. A sign-in link carries ' +
      'its secret in the fragment, works by POST, once, within 15 minutes; ' +
      'the first link of an account that an operator makes, within the days of an invitation. Titles from Notion are hostile text everywhere.',
    28: '`/_emulator/*` needs a random token and checks Host and Origin. It does not exist off loopback.',
    29:
      'Calls that `resolve` makes are charged to the caller, and missing objects are remembered. Limits on headers, idle time, ' +
      'depth of JSON and calls at once per principal apply at every door. The guard of outgoing addresses covers syslog and webhooks too.',
    30:
      'An approver holds the action and is not the requester; agents of the requester count as the requester. A changed target voids an ' +
      'approval. An outcome that is `unknown` is never run again. In the library, the credential of the host lists the principals it may act for, ' +
      'and entries record `asserted_by`.',
  }),
];
