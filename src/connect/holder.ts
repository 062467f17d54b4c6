import { createHash } from 'node:crypto';
import { isId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { AttemptHolder } from './connect-attempts.ts';

/**
 * The holder of an attempt: the signed-in person, in this browser session (design rule 1). Keys and agents cannot
 * connect, because a person gives consent at Notion in a browser.
 */
export function holderOf(context: CommandContext): AttemptHolder {
  const { principal, credential } = context.caller;
  if (principal.kind !== 'user' || !isId('ses', credential)) {
    throw new Error('Only people in a browser get this far.');
  }
  return { userId: principal.id, sessionHash: hashOf('connect session', credential) };
}

/** The hash that the store keeps instead of a value that only the browser may have. */
export function hashOf(purpose: 'connect session' | 'connect state', value: string): Buffer {
  return createHash('sha256').update(`portcullis ${purpose}\0${value}`).digest();
}
