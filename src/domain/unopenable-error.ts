/** A sealed value that was not sealed here, or not under this key. The error says nothing about its content. */
export class UnopenableError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`A sealed value cannot be opened: ${reason}.`, options);
    this.name = 'UnopenableError';
  }
}

/**
 * For `catch`: null for a value that does not open. Any other error, such as an unreachable key service, is thrown on.
 */
export function nullIfUnopenable(error: unknown): null {
  if (error instanceof UnopenableError) return null;
  throw error;
}
