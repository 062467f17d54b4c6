import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { RegistrationId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import type { DiscardedTokens, Said } from '../domain/token-outcomes.ts';
import type { CallbackParameters } from './mcp/callback.ts';
import type { Installation } from './rest/token-response.ts';

/** An attempt that is about to begin. */
export interface Beginning {
  readonly state: string;
  readonly stateHash: Buffer;
  readonly userId: UserId;
  /** The workspace to reconnect; null for a new one. */
  readonly target: WorkspaceId | null;
}

export interface StartedConsent {
  /** The URL for the browser. */
  readonly authorizeUrl: string;
  readonly redirectUri: string;
  readonly registrationId: RegistrationId | null;
  /** What the attempt must remember in secret; null for nothing. */
  readonly sealed: string | null;
}

/** The attempt that a callback belongs to. It is claimed: no other callback goes on with it. */
export interface ClaimedAttempt {
  readonly stateHash: Buffer;
  readonly registrationId: RegistrationId | null;
  readonly sealed: string | null;
}

/** What consent led to: an installation, or a problem and the tokens that no connection can hold because of it. */
export type Redeemed =
  | { readonly clientId: string; readonly installation: Installation }
  | { readonly problem: ConnectProblem; readonly why: string; readonly discarded: DiscardedTokens | null };

/** How consent is asked for at one kind of authorization server, and what becomes of the answer. */
export interface ConsentFlow {
  /** The place where its tokens are used, and the only origin that they are sent to (rule 3). */
  readonly origin: string;
  /** Throws a `connectError`. No request goes on past `end`. */
  begin(beginning: Beginning, end: AbortSignal): Promise<StartedConsent>;
  /** Judges the callback and spends the code. Throws a `connectError`. No request goes on past `end`. */
  redeem(callback: CallbackParameters, attempt: ClaimedAttempt, end: AbortSignal): Promise<Redeemed>;
  /** Revokes a token at its issuer. `unclear` when it may still be alive. */
  revoke(
    token: Secret,
    registrationId: RegistrationId | null,
  ): Promise<Extract<Said, 'revoked' | 'unclear' | 'not_revocable'>>;
}

/** By the kind of connection that it leads to. */
export type ConsentFlows = Readonly<Record<ConsentKind, ConsentFlow>>;
export type ConsentKind = 'rest' | 'mcp';
