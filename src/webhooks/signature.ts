import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../domain/secret.ts';

/**
 * Whether `X-Notion-Signature` (`sha256=` and the HMAC-SHA256 of the body in hex) was made with this verification token
 * (https://developers.notion.com/reference/webhooks, "Validating event payloads"). It uses the bytes as they came, and
 * its time does not show where two signatures differ.
 */
export function isSignedWith(token: Secret, body: Uint8Array, header: string | undefined): boolean {
  const [, hex] = /^sha256=([0-9a-fA-F]{64})$/.exec(header ?? '') ?? [];
  if (hex === undefined) return false;
  const expected = createHmac('sha256', token.reveal()).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}

/** Whether two tokens are the same. The time depends on neither of them. */
export function isSameToken(one: Secret, other: Secret): boolean {
  // With a key of our own, both become equally long, and no sender can choose the compared values.
  const digest = (token: Secret) => createHmac('sha256', 'portcullis/token').update(token.reveal()).digest();
  return timingSafeEqual(digest(one), digest(other));
}
