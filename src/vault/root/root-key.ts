import type { Binding } from '../sealed-value.ts';

/** One key at the top of the key hierarchy: a file, or a key that stays inside a key service. */
export interface RootKey {
  /** Names this key and its version. A key that cannot open what this key wrapped must have another name. */
  readonly kid: string;
  /** Wraps up to 4 KiB, bound to `context`. Throws `RootKeyError` `unavailable`. */
  wrap(plaintext: Uint8Array, context: Binding): Promise<string>;
  /** Opens what was wrapped with the same context. Throws `UnopenableError`, and `RootKeyError` `unavailable`. */
  unwrap(wrapped: string, context: Binding): Promise<Uint8Array>;
}

/**
 * The root keys, for code that wraps. During an exchange of root keys there are several, and each value names its own.
 */
export interface RootKeys {
  /** The key that `wrap` uses, if it is called in the same turn of the event loop. */
  readonly kid: string;
  wrap(plaintext: Uint8Array, context: Binding): Promise<string>;
  /**
   * Opens what the key `kid` wrapped with the same context. Throws like `RootKey.unwrap`, and `other_key` if this
   * process does not have the key.
   */
  unwrap(wrapped: string, context: Binding, kid: string): Promise<Uint8Array>;
}
