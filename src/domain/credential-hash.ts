import { createHmac, createSecretKey, randomBytes } from 'node:crypto';

/** The kind of a secret. A hash of one kind never matches a secret of another kind. */
export type CredentialKind =
  | 'api_key'
  | 'session'
  | 'sign_in_link'
  | 'invitation'
  | 'device'
  | 'account'
  | 'file_link'
  /** An access token of an MCP client. */
  | 'access_token'
  /** Other secrets of the authorization server: codes, refresh tokens, interactions. */
  | 'oauth_record'
  | 'password_salt';

/** Turns a secret into the hash that is stored. */
export type HashCredential = (kind: CredentialKind, secret: string) => Buffer;

/**
 * HMAC-SHA256 under a key that is not in the database. A thief of the database therefore cannot test guesses. No slow
 * hash is needed: the secrets have 256 random bits (OWASP ASVS 5.0, 11.4.2 is about passwords).
 */
export function createCredentialHasher(pepper: Buffer): HashCredential {
  if (pepper.length !== 32) throw new RangeError('The pepper must have 32 bytes.');
  // A key object is some seven times faster than raw bytes, which Node wraps anew for each hash.
  const key = createSecretKey(pepper);
  return (kind, secret) => createHmac('sha256', key).update(`${kind}\0${secret}`).digest();
}

/** 256 random bits for a cookie or a link, as 43 characters of base64url. */
export function newSecretToken(): string {
  return randomBytes(32).toString('base64url');
}
