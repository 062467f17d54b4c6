import type { Binding } from '../sealed-value.ts';

/** One key at the top of the key hierarchy: a file, or a key that stays inside a key service. */
export interface RootKey {
  /** Names this key and its version: whatever cannot open what this one wrapped has another name. */
  readonly kid: string;
  /** Wraps up to 4 KiB, bound to `context`. Throws `RootKeyError` `unavailable`. */
  wrap(plaintext: Uint8Array, context: Binding): Promise<string>;
  /** Opens what was wrapped with the same context. Throws `UnopenableError`, and `RootKeyError` `unavailable`. */
  unwrap(wrapped: string, context: Binding): Promise<Uint8Array>;
}

/** Root keys as those see them who wrap. While root keys are exchanged there are several, and each value names its own. */
export interface RootKeys {
  /** The key that `wrap`, called in the same turn of the event loop, wraps with. */
  readonly kid: string;
  wrap(plaintext: Uint8Array, context: Binding): Promise<string>;
  /** Opens what the key `kid` wrapped with the same context. Throws as `RootKey.unwrap` does, and `other_key` without it. */
  unwrap(wrapped: string, context: Binding, kid: string): Promise<Uint8Array>;
}
