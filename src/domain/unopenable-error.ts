/** A sealed value that is not what was sealed here, or not under this key. Says nothing about what it holds. */
export class UnopenableError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`A sealed value cannot be opened: ${reason}.`, options);
    this.name = 'UnopenableError';
  }
}

/** For `catch`: null for a value that does not open. Anything else, such as a key service that is away, goes on. */
export function nullIfUnopenable(error: unknown): null {
  if (error instanceof UnopenableError) return null;
  throw error;
}
