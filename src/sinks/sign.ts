import { createHmac } from 'node:crypto';
import type { Secret } from '../domain/secret.ts';

/** The prefix of the base64 of a secret (Standard Webhooks 1.0.0, "Symmetric"). */
const secretPrefix = 'whsec_';

/**
 * The headers that prove the sender and the time of a body (Standard Webhooks 1.0.0, "Webhook headers" and "Signature
 * scheme").
 */
export function signatureHeaders(secret: Secret, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.reveal().slice(secretPrefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
