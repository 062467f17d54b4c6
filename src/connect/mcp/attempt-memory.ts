import { z } from 'zod';
import { connectError } from '../../domain/connect-problem.ts';

const memory = z.object({
  state: z.string(),
  verifier: z.string(),
  resource: z.string(),
  server: z.object({ issuer: z.string(), tokenEndpoint: z.string(), issPromised: z.boolean() }),
});

/**
 * What was true when the browser was sent away. The callback is compared with it, and the code is exchanged at the
 * server that it names: later claims of a server do not count (mix-up). It never leaves this side (defect C1).
 */
export type AttemptMemory = z.infer<typeof memory>;

interface AttemptSeal {
  sealIntoAttempt(stateHash: Buffer, text: string): Promise<string>;
  openFromAttempt(stateHash: Buffer, sealed: string): Promise<string>;
}

export function rememberAttempt(seal: AttemptSeal, stateHash: Buffer, what: AttemptMemory): Promise<string> {
  return seal.sealIntoAttempt(stateHash, JSON.stringify(what));
}

/**
 * Throws the `connectError` `invalid_state` if the value was sealed for another attempt, or under a key that is gone.
 */
export async function recallAttempt(seal: AttemptSeal, stateHash: Buffer, sealed: string): Promise<AttemptMemory> {
  const text = await seal.openFromAttempt(stateHash, sealed).catch(() => null);
  if (text === null) throw connectError('invalid_state', 'what the attempt remembers cannot be opened');
  return memory.parse(JSON.parse(text));
}
