/** A keyed digest of bytes, as `hmac:` and lower-case hex. Without the key nobody can test a guess against the log. */
export type KeyedDigest = (bytes: Buffer) => string;

/** The same digest of a body that goes by in pieces and is not kept. */
export interface RunningDigest {
  add(bytes: Buffer): void;
  value(): string;
}
