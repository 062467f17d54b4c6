/** What went wrong with the database, for code that reacts to it. People read the message. */
export type StoreErrorCode =
  | 'binary_missing'
  | 'account_unusable'
  | 'directory_unusable'
  | 'directory_in_use'
  | 'database_missing'
  | 'server_failed'
  | 'server_refused'
  | 'server_unreachable'
  | 'login_refused'
  | 'rights_refused'
  | 'schema_older'
  | 'migration_refused'
  | 'dump_refused';

/** A database that cannot be used. The message is one or two sentences: what is wrong, and what to do about it. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
