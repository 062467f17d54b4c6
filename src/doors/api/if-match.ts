import { z } from 'zod';
import { PortcullisError } from '../../domain/errors.ts';

export const ifMatch = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The ETag of the policy that the change was made on. Needed: another policy now is a 412.'),
});

/** Undefined for `*`: any current policy. Throws `revision_needed` or `revision_moved`. */
export function revisionIn(header: string | undefined): number | undefined {
  if (header === undefined) throw new PortcullisError('revision_needed');
  if (header.trim() === '*') return undefined;
  const revision = /^\s*"?(\d{1,15})"?\s*$/.exec(header)?.[1];
  if (revision === undefined) throw new PortcullisError('revision_moved', 'If-Match is no ETag of a policy.');
  return Number(revision);
}

/** An answer with the version that it shows. The version is sent in the header ETag. */
export class Tagged<Value> {
  readonly value: Value;
  readonly tag: number;

  constructor(value: Value, tag: number) {
    this.value = value;
    this.tag = tag;
  }
}
