import { secondMs } from '../domain/units.ts';
import { createShadow, type Shadow } from '../policy/shadow.ts';
import type { Foundation } from './foundation.ts';
import { notionCallsIn } from './recorded-calls.ts';

/** How often drafts are judged on new calls: in this time, pages hardly move. */
const roundMs = 10 * secondMs;

/**
 * Judges calls under the drafts of workspaces, beside the path and after the call: a call neither waits for that nor
 * fails because of it.
 */
export function openShadow(
  { log, background, closers }: Pick<Foundation, 'log' | 'background' | 'closers'>,
  parts: Omit<Parameters<typeof createShadow>[0], 'callsIn' | 'onError'>,
): Shadow {
  const onError = (error: unknown, workspaceId?: string) =>
    log.warn({ err: error, workspaceId }, 'a draft of a policy could not be tried; trying again');
  const shadow = createShadow({ ...parts, callsIn: notionCallsIn, onError });
  if (!background) return shadow;
  let under: Promise<void> | null = null;
  const timer = setInterval(() => {
    under ??= shadow
      .round()
      .catch(error => onError(error))
      .finally(() => {
        under = null;
      });
  }, roundMs);
  closers.push(async () => {
    clearInterval(timer);
    await under;
  });
  return shadow;
}
