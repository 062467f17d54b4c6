import type { ConnectionKind, ConnectionPlace } from '../../domain/connection.ts';
import type { RegistrationId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import type { RefreshAnswer } from '../../domain/token-outcomes.ts';

export interface RefreshableConnection extends ConnectionPlace {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly botId: string;
  readonly registrationId: RegistrationId | null;
}

/**
 * Spends a refresh token: sends one request, once, and reads the answer. If it throws, the token may or may not be
 * spent. An answer after `signal` aborts is lost.
 */
export interface RefreshExchange {
  refresh(connection: RefreshableConnection, refreshToken: Secret, signal: AbortSignal): Promise<RefreshAnswer>;
}
