import { createHmac } from 'node:crypto';
import type { KeyedDigest, RunningDigest } from '../domain/digest.ts';

/**
 * Digests of request bodies for the log: HMAC-SHA256 (RFC 2104) under a key of this deployment. A person with the body
 * and the key can prove that a log entry is about this body; the digest reveals nothing to others (rule 22).
 */
export function createKeyedDigest(key: Buffer): { whole: KeyedDigest; running: () => RunningDigest } {
  return {
    whole: bytes => `hmac:${createHmac('sha256', key).update(bytes).digest('hex')}`,
    running() {
      const hmac = createHmac('sha256', key);
      return {
        add: bytes => void hmac.update(bytes),
        value: () => `hmac:${hmac.digest('hex')}`,
      };
    },
  };
}
