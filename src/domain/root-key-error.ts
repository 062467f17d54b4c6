export type RootKeyErrorCode =
  | 'missing'
  | 'unreadable'
  | 'exposed'
  | 'malformed'
  | 'misplaced'
  | 'other_key'
  | 'not_installed'
  | 'unavailable'
  | 'unbound';

/** A root key that cannot be used. The message is one or two sentences: what is wrong, and what to do about it. */
export class RootKeyError extends Error {
  readonly code: RootKeyErrorCode;

  constructor(code: RootKeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RootKeyError';
    this.code = code;
  }
}
