import type { Binding } from './sealed-value.ts';

/** The top of the key hierarchy: wraps workspace keys. A key service stands behind it, or a file. */
export interface RootKeys {
  /** Names the key that wraps now. */
  readonly kid: string;
  /** Wraps up to 4 KiB, bound to `context`. */
  wrap(plaintext: Uint8Array, context: Binding): Promise<string>;
  /** Opens what was wrapped with the same context. Throws `UnopenableError`. */
  unwrap(wrapped: string, context: Binding): Promise<Uint8Array>;
}
