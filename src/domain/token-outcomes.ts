import type { Tokens } from './connection.ts';
import type { ConnectionEvent } from './connection-states.ts';
import type { ErrorCode } from './errors.ts';
import type { RegistrationId } from './ids.ts';

/**
 * What a server said of a token of ours. Each answer that is read is one of these, whichever server gave it.
 *
 * Of a refresh token: `granted` brings new tokens. `grant_refused`: the grant is over, a person must agree again.
 * `client_refused`: the server no longer knows our client. `app_refused`: it does not accept the client of the settings.
 * `misconfigured`: something else of ours is set up wrongly. No connection is to blame for either, an operator has to look.
 *
 * Of an access token: `alive` and `dead`, or `unaskable` where the server has no way to be asked.
 *
 * Of a token that we give up: `revoked`, or `not_revocable` where the server has no way to revoke it.
 *
 * Of any: `turned_away` was not carried out, so nothing is spent. `unclear` says nothing: it may have been carried out.
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
 * What the store holds after that. `in_use`: the new tokens serve calls. `kept`: the tokens stay what they were. `out_of_use`:
 * the connection serves no calls until a person has agreed again. `overtaken`: the connection has moved on, and nothing was
 * changed. `revoking`: no connection holds the tokens, a job revokes them. `undecided`: the connection is being
 * disconnected, or does not open just now; the new tokens wait in the spool. `destroyed`: the token is gone.
 */
export type Stored = 'in_use' | 'kept' | 'out_of_use' | 'overtaken' | 'revoking' | 'undecided' | 'destroyed';

/**
 * What a caller who needs the token gets. `usable`: a token that works. `postponed`: the same question later. `app_refused`:
 * that too, once an operator has mended the client of the settings. `ended`: nothing until a person has agreed again.
 * `unopenable`: what is stored cannot be opened, so no server was asked.
 */
export type Given = 'usable' | 'postponed' | 'app_refused' | 'ended' | 'unopenable';

interface TokenOutcome {
  /** What an answer to a refresh does to its connection; null where no refresh gets this answer. */
  readonly refresh: ConnectionEvent | null;
  /** What the caller gets, by what could be stored. `look_again`: what follows from what is stored by now. */
  readonly stored: Partial<Readonly<Record<Stored, Given | 'look_again'>>>;
}

/** What became of a token, all of it: what the server said, what was stored, what the caller gets. */
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

/** What the caller gets for this answer, stored like this. Only pairs of the table compile. */
export function givenAfter<S extends Said, T extends keyof Outcomes[S]['stored']>(said: S, stored: T) {
  const cells: Outcomes[S]['stored'] = tokenOutcomes[said].stored;
  return cells[stored];
}

/** The error of a caller who gets no token. */
export const errorWithoutToken = {
  postponed: 'upstream_unavailable',
  app_refused: 'app_refused',
  ended: 'connection_needs_reauth',
  unopenable: 'connection_undecryptable',
} as const satisfies Record<Exclude<Given, 'usable'>, ErrorCode>;

/** How it stands with the token of a connection that serves calls, or did. */
export type TokenHealth = Exclude<Given, 'unopenable'>;

/**
 * An answer to a refresh token, read (defects B1 to B4). `problem` is a word of ours, never the server's: `status_503`,
 * `answer_unusable`, or a code of RFC 6749 section 5.2. `why` tells more, for the program's log.
 */
export type RefreshAnswer = TokenAnswer<{ readonly tokens: Tokens }>;

/** An answer of a token endpoint, to a code or to a refresh token; `Granted` is what it brings when it brings tokens. */
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

/** Tokens that were issued to us and that no connection will hold: a job revokes them (rule 21). */
export interface DiscardedTokens {
  readonly origin: string;
  readonly botId: string;
  /** The hosted MCP client of ours that got them; null for the REST integration, of which there is one. */
  readonly registrationId: RegistrationId | null;
  readonly tokens: Tokens;
}
