import { allowReasons, denyReasons } from '../../../../src/domain/decision-reasons.ts';
import type { AuditEntry } from '../../api.ts';

/** The reason of a decision, as people say it. */
export function inWords(because: string): string {
  if (Object.hasOwn(allowReasons, because)) return allowReasons[because as keyof typeof allowReasons];
  return Object.hasOwn(denyReasons, because) ? denyReasons[because as keyof typeof denyReasons].says : because;
}

/** How a call ended: `done (200)`. A denied call was never sent. */
export function outcomeOf({ kind, outcome, result }: AuditEntry): string {
  if (kind === 'denial') return 'not sent';
  if (kind !== 'intent') return result ?? '';
  if (outcome === null) return 'under way';
  const word = outcome.result.replaceAll('_', ' ');
  return outcome.status === null ? word : `${word} (${outcome.status})`;
}
