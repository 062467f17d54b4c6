import { type ErrorCode, PortcullisError } from './errors.ts';

/** Everything that can end an attempt to connect a workspace, with the text for pages and logs. */
const connectProblems = {
  invalid_state: row('invalid_state', 'This attempt to connect is unknown, was used already, or has expired.'),
  consent_denied: row('consent_denied', 'Access was not allowed on the page that Notion showed.'),
  refused_by_notion: row('connect_failed', 'Notion ended the attempt before it asked for consent.'),
  missing_code: row('invalid_request', 'Notion sent the browser back without a code.'),
  code_refused: row(
    'connect_failed',
    'Notion did not accept the code: it was used before, has expired, or is for another redirect URI.',
  ),
  app_refused: row(
    'connect_failed',
    'Notion did not accept the client id, the client secret or the redirect URI of this Portcullis.',
  ),
  notion_unreachable: row('connect_failed', 'Notion could not be reached, or did not answer in time.'),
  server_unusable: row(
    'connect_failed',
    "Notion's authorization server describes itself in a way that cannot be trusted. The program's log says how.",
  ),
  registration_refused: row('connect_failed', 'Notion did not accept this Portcullis as a client.'),
  client_forgotten: row('connect_failed', 'Notion no longer knows this Portcullis as a client. Start again.'),
  issuer_mismatch: row('connect_failed', 'The answer did not come from where consent was asked for.'),
  identity_unknown: row('connect_failed', 'Notion did not say which workspace access was given to.'),
  scope_missing: row(
    'connect_failed',
    'Notion wants more to be agreed to than this Portcullis had asked for. Start again: it is then asked for.',
  ),
  answer_unusable: row('connect_failed', 'Notion sent an answer that is not part of its documentation.'),
  already_known: row(
    'conflict',
    'This Notion workspace is connected already. Its admins have been told of this attempt.',
  ),
  workspace_mismatch: row(
    'conflict',
    'Access was given to another Notion workspace than the one that was to be reconnected.',
  ),
  owner_mismatch: row('conflict', 'Access was given by another account at Notion than the one that is connected.'),
  being_disconnected: row('conflict', 'This connection is being disconnected. Try again in a few minutes.'),
  interrupted: row('connect_failed', 'The attempt did not come to its end.'),
  replaced: row('invalid_state', 'A later attempt took the place of this one.'),
  cancelled: row('invalid_state', 'This connection was given up on the page that asks for confirmation.'),
  in_use: row('conflict', 'This connection was confirmed before.'),
  not_waiting: row(
    'invalid_state',
    'There is no connection that this browser could confirm: it was confirmed, cancelled or has expired.',
  ),
} as const satisfies Record<string, ConnectProblemRow>;

export type ConnectProblem = keyof typeof connectProblems;

interface ConnectProblemRow {
  readonly code: ErrorCode;
  /** Public: our own words alone. It quotes nothing of the request. */
  readonly message: string;
}

function row(code: ErrorCode, message: string): ConnectProblemRow {
  return { code, message };
}

/**
 * The error for a problem. `connectProblemOf` gives the problem back.
 *
 * @param why for the program's log, in our words: tells this case from other cases of the same problem
 */
export function connectError(problem: ConnectProblem, why: string): PortcullisError {
  const { code, message } = connectProblems[problem];
  return new PortcullisError(code, message, { additionalData: { reason: problem }, log: why });
}

/** The problem that an error was made from; null for an error of another kind. */
export function connectProblemOf(error: unknown): ConnectProblem | null {
  const reason = error instanceof PortcullisError ? error.details.additionalData?.reason : undefined;
  return typeof reason === 'string' && Object.hasOwn(connectProblems, reason) ? (reason as ConnectProblem) : null;
}
