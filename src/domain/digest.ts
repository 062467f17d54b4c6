/** A keyed digest of bytes, as `hmac:` and lower-case hex. Without the key, a reader of the log cannot test guesses. */
export type KeyedDigest = (bytes: Buffer) => string;

/** The same digest for a body that is streamed and not kept. */
export interface RunningDigest {
  add(bytes: Buffer): void;
  value(): string;
}
