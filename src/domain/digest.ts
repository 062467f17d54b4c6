/** A keyed digest of bytes, as `hmac:` and lower-case hex. Without the key nobody can test a guess against the log. */
export type KeyedDigest = (bytes: Buffer) => string;
