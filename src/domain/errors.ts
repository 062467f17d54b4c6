import type { Diagnosis } from './diagnosis.ts';
/**
 * One table: what can go wrong, its HTTP status, Notion's code for it (official clients recognise only Notion's codes),
 * the command line's exit code, and what to do about it. The docs are generated from it.
 */
export const errorTable = {
  unauthorized: row(401, 'unauthorized', 3, 'Send a Portcullis key: Authorization: Bearer pcl_…'),
  restricted: row(403, 'restricted_resource', 4, 'Ask an admin of the workspace for a role that allows this action.'),
  not_found: row(
    404,
    'object_not_found',
    5,
    'The object is missing, or not shared with the connection, or not open to you. In Notion, share it through the "…" menu → Connections.',
  ),
  invalid_json: row(400, 'invalid_json', 2, 'Send one well-formed JSON object in UTF-8, without repeated keys.'),
  invalid_request_url: row(
    400,
    'invalid_request_url',
    2,
    'Check the method and the path against the list of endpoints.',
  ),
  invalid_request: row(400, 'invalid_request', 2, 'Check the request against the documentation.'),
  validation_error: row(400, 'validation_error', 2, 'Correct the value that the message names.'),
  missing_version: row(400, 'missing_version', 2, 'Send a Notion-Version that Notion publishes, or none at all.'),
  invalid_state: row(400, 'invalid_request', 2, 'Start connecting again from the dashboard.'),
  wrong_host: row(
    500,
    'internal_server_error',
    6,
    'An operator must have the proxy pass the Host header on: docs/proxies.md.',
  ),
  consent_denied: row(400, 'invalid_request', 2, 'Start again, and allow access on the page that Notion shows.'),
  connect_failed: row(502, 'service_unavailable', 6, 'Notion did not complete the connection. Start again.'),
  conflict: row(409, 'conflict_error', 6, 'Read the object again, then repeat the change.'),
  policy_invalid: row(422, 'validation_error', 2, 'Correct what the message names, and send the policy again.'),
  revision_moved: row(
    412,
    'conflict_error',
    6,
    'Read the policy again, and repeat the change on the revision that it has now.',
  ),
  revision_needed: row(
    428,
    'validation_error',
    2,
    'Send If-Match with the revision that the change is made on: the ETag of the policy.',
  ),
  rate_limited: row(429, 'rate_limited', 7, 'Wait for as many seconds as Retry-After says.'),
  too_slow: row(408, 'invalid_request', 7, 'The body came too slowly, or not at all. Send the request again.'),
  too_large: row(
    413,
    'validation_error',
    2,
    'Send a smaller request: Notion accepts 500 KB of JSON, or 20 MB of a file.',
  ),
  connection_needs_reauth: row(
    503,
    'service_unavailable',
    6,
    'An admin must reconnect the workspace: the Notion connection no longer works.',
  ),
  app_refused: row(
    503,
    'service_unavailable',
    6,
    'Notion refuses the client id or secret that this Portcullis is set up with, so the token cannot be renewed. Its operator must correct them; `portcullis doctor` says more.',
  ),
  connection_undecryptable: row(
    503,
    'service_unavailable',
    6,
    'An operator must restore what sealed the Notion token and run portcullis keys verify, or an admin must reconnect the workspace.',
  ),
  keys_unavailable: row(
    503,
    'service_unavailable',
    6,
    'The root key that opens the Notion token is out of reach, so nothing was sent to Notion. Repeat the call later; the log and `portcullis doctor` tell an operator more.',
  ),
  no_connection: row(503, 'service_unavailable', 6, 'An admin must connect the workspace to Notion first.'),
  policy_changed: row(
    503,
    'service_unavailable',
    6,
    'Permissions kept changing while this call was decided. Repeat it.',
  ),
  audit_unavailable: row(503, 'service_unavailable', 6, 'Nothing was sent to Notion. Repeat the call later.'),
  outcome_unrecorded: row(
    503,
    'service_unavailable',
    6,
    'The change may have been made. Read the object again instead of repeating the write.',
  ),
  upstream_unavailable: row(502, 'service_unavailable', 6, 'Notion could not be reached. Repeat the call later.'),
  upstream_unknown: row(
    504,
    'gateway_timeout',
    6,
    'The change may have been made. Read the object again instead of repeating the write.',
  ),
  upstream_refused: row(502, 'service_unavailable', 6, 'The answer from Notion could not be checked and was withheld.'),
  object_moved: row(
    409,
    'conflict_error',
    6,
    'The object was moved while this call was under way. Read it again before you repeat the call.',
  ),
  unavailable: row(503, 'service_unavailable', 6, 'Portcullis is unavailable. Repeat the call later.'),
  internal: row(500, 'internal_server_error', 1, 'This is a defect of Portcullis. Report it with the request id.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorRow {
  readonly status: number;
  /** `code` in Notion's error envelope. */
  readonly notion: string;
  readonly exitCode: number;
  readonly hint: string;
}

function row(status: number, notion: string, exitCode: number, hint: string): ErrorRow {
  return { status, notion, exitCode, hint };
}

export interface ErrorDetails {
  /** For logs only, never shown to a caller. */
  readonly log?: string;
  /** Shown as `additional_data`: strings or string arrays, which official clients expose. */
  readonly additionalData?: Readonly<Record<string, string | string[]>>;
  readonly retryAfterSeconds?: number;
  /** What this reader can do about it, if the advice of the table does not fit. */
  readonly hint?: string;
  /** For `not_found`: the object that could not be found. The REST door needs it to write exactly Notion's sentence. */
  readonly notFound?: { readonly kind: string; readonly id: string } | null;
  /** What is known about the call at Notion, for the log: `unknown` means that Notion may have made the change. */
  readonly fate?: 'not_sent' | 'unknown' | 'failed';
  /** What the reader can do about it, for calls about content. Doors show it if they can. */
  readonly diagnosis?: Diagnosis;
  readonly cause?: unknown;
}

/** The one error type. `message` is public: it holds no secret and no text from a stranger. */
export class PortcullisError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message?: string, details: ErrorDetails = {}) {
    super(message ?? errorTable[code].hint, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PortcullisError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/**
 * For these errors, the table's advice is about objects in Notion. It does not fit an error with a message of its own.
 */
const aboutContent: ReadonlySet<ErrorCode> = new Set(['not_found', 'conflict', 'restricted']);

/** What the reader can do about an error; null if the message is enough. */
export function hintOf({ code, message, details }: PortcullisError): string | null {
  const { hint } = errorTable[code];
  if (details.hint !== undefined) return details.hint;
  if (code === 'rate_limited' && details.retryAfterSeconds !== undefined) {
    return `Try again in ${inWords(details.retryAfterSeconds)}.`;
  }
  return aboutContent.has(code) && message !== hint ? null : hint;
}

/** `40 seconds`, `5 minutes`. Rounded up, so that the reader never comes back too early. */
function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
