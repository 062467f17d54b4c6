import type { Tokens } from './connection.ts';
import type { ConnectionEvent } from './connection-states.ts';
import type { ErrorCode } from './errors.ts';
import type { RegistrationId } from './ids.ts';

/**
 * What a server said about a token of ours. Every answer, from any server, is read as one of these.
 *
 * For a refresh token: `granted` brings new tokens. `grant_refused`: the grant is over, a person must agree again.
 * `client_refused`: the server no longer knows our client. `app_refused`: the server does not accept the client of the
 * settings. `misconfigured`: something else of ours is set up wrongly. The last two are not the fault of a connection;
 * an operator has to act.
 *
 * For an access token: `alive` and `dead`, or `unaskable` if the server cannot be asked.
 *
 * For a token that we give up: `revoked`, or `not_revocable` if the server cannot revoke it.
 *
 * For any token: `turned_away` means that the request was not carried out, so nothing is spent. `unclear` means that
 * the request may have been carried out.
 */
export type Said =
  | 'granted'
  | 'grant_refused'
  | 'client_refused'
  | 'app_refused'
  | 'misconfigured'
  | 'alive'
  | 'dead'
  | 'unaskable'
  | 'revoked'
  | 'not_revocable'
  | 'turned_away'
  | 'unclear';

/**
 * What the store holds afterwards. `in_use`: the new tokens serve calls. `kept`: the tokens stay as they were.
 * `out_of_use`: the connection serves no calls until a person has agreed again. `overtaken`: the connection had changed
 * meanwhile, so this answer changed nothing. `revoking`: no connection holds the tokens, and a job revokes them.
 * `undecided`: the connection is being disconnected, or cannot be opened just now; the new tokens wait in the spool.
 * `destroyed`: the token is gone.
 */
export type Stored = 'in_use' | 'kept' | 'out_of_use' | 'overtaken' | 'revoking' | 'undecided' | 'destroyed';

/**
 * What a caller who needs the token gets. `usable`: a token that works. `postponed`: nothing now, the caller may ask
 * again later. `app_refused`: the same, once an operator has corrected the client in the settings. `ended`: nothing
 * until a person has agreed again. `unopenable`: the stored tokens cannot be opened, so no server was asked.
 */
export type Given = 'usable' | 'postponed' | 'app_refused' | 'ended' | 'unopenable';

interface TokenOutcome {
  /** The event that an answer to a refresh causes for its connection; null if no refresh gets this answer. */
  readonly refresh: ConnectionEvent | null;
  /** What the caller gets, for each way in which the answer was stored. `look_again`: the stored state decides. */
  readonly stored: Partial<Readonly<Record<Stored, Given | 'look_again'>>>;
}

/** The whole table about a token: what the server said, what was stored, what the caller gets. */
export const tokenOutcomes = {
  granted: {
    refresh: 'refreshed',
    stored: { in_use: 'usable', overtaken: 'look_again', revoking: 'look_again', undecided: 'look_again' },
  },
  turned_away: { refresh: 'refresh_postponed', stored: { kept: 'postponed', overtaken: 'look_again' } },
  unclear: { refresh: 'refresh_postponed', stored: { kept: 'postponed', overtaken: 'look_again' } },
  misconfigured: { refresh: 'refresh_postponed', stored: { kept: 'postponed', overtaken: 'look_again' } },
  app_refused: { refresh: 'refresh_postponed', stored: { kept: 'app_refused', overtaken: 'look_again' } },
  grant_refused: { refresh: 'grant_refused', stored: { out_of_use: 'ended', overtaken: 'look_again' } },
  client_refused: { refresh: 'client_refused', stored: { out_of_use: 'ended', overtaken: 'look_again' } },
  alive: { refresh: null, stored: { kept: 'usable' } },
  dead: { refresh: null, stored: { out_of_use: 'ended', overtaken: 'look_again' } },
  unaskable: { refresh: null, stored: { kept: 'postponed' } },
  revoked: { refresh: null, stored: { destroyed: 'ended' } },
  not_revocable: { refresh: null, stored: { destroyed: 'ended' } },
} as const satisfies Record<Said, TokenOutcome>;

type Outcomes = typeof tokenOutcomes;

/** What the caller gets for this answer if it was stored in this way. Only pairs of the table compile. */
export function givenAfter<S extends Said, T extends keyof Outcomes[S]['stored']>(said: S, stored: T) {
  const cells: Outcomes[S]['stored'] = tokenOutcomes[said].stored;
  return cells[stored];
}

/** The error for a caller who gets no token. */
export const errorWithoutToken = {
  postponed: 'upstream_unavailable',
  app_refused: 'app_refused',
  ended: 'connection_needs_reauth',
  unopenable: 'connection_undecryptable',
} as const satisfies Record<Exclude<Given, 'usable'>, ErrorCode>;

/** The health of the token of a connection that serves calls, or once did. */
export type TokenHealth = Exclude<Given, 'unopenable'>;

/**
 * The answer to a refresh token (defects B1 to B4). `problem` is one of our words, never the server's: `status_503`,
 * `answer_unusable`, or a code of RFC 6749 section 5.2. `why` says more, for the program's log.
 */
export type RefreshAnswer = TokenAnswer<{ readonly tokens: Tokens }>;

/** The answer of a token endpoint to a code or to a refresh token. `Granted` is the content of a successful answer. */
export type TokenAnswer<Granted> =
  | ({ readonly said: 'granted' } & Granted)
  | { readonly said: 'grant_refused' | 'client_refused'; readonly problem: string }
  | { readonly said: 'app_refused' | 'misconfigured'; readonly problem: string }
  | {
      readonly said: 'turned_away' | 'unclear';
      readonly problem: string;
      readonly why?: string;
      readonly retryAfterSeconds?: number | null;
    };

/** Tokens that a server issued to us and that no connection will hold: a job revokes them (rule 21). */
export interface DiscardedTokens {
  readonly origin: string;
  readonly botId: string;
  /** Our client at the hosted MCP server that got the tokens; null for the REST integration, which has one client. */
  readonly registrationId: RegistrationId | null;
  readonly tokens: Tokens;
}
