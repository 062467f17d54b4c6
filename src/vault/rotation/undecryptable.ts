import type { ConnectionPlace } from '../../domain/connection.ts';
import type { SealedRow } from './sealed-tables.ts';

/** A value that does not open, and the table that it is in. */
export interface Unopenable {
  readonly table: string;
  readonly row: SealedRow;
}

/** A connection that is `undecryptable`, with the values of the generation that it would use. */
export interface ShutConnection extends ConnectionPlace {
  readonly generation: number;
  readonly values: readonly SealedRow[];
}

/** Changes connections when their values do not open, or open again. Each change has its entry in the log. */
export interface UndecryptableConnections {
  /**
   * Makes the connection that uses this value `undecryptable`. False: no connection uses the value as it was read, or
   * the connection is `undecryptable` already.
   */
  shut(found: Unopenable): Promise<boolean>;
  /** The next ones after one. */
  list(after: ShutConnection | null, limit: number): Promise<readonly ShutConnection[]>;
  /** Takes a connection back into use, if its values are still those that were read. */
  reopen(connection: ShutConnection): Promise<boolean>;
}
