import { type Invocation, type Option, UsageError } from './command.ts';

/** What a new sink takes beside its target. */
export const sinkOptions: Readonly<Record<string, Option>> = {};

/** For the help of `sinks add`. */
export const targetsDoc = 'KIND webhook: TARGET is a URL.';

/** The kind of a new sink, and its settings. Throws UsageError. */
export function newSinkOf({ parameters }: Invocation): { readonly kind: string; readonly settings: object } {
  const { KIND: kind = '', TARGET: target = '' } = parameters;
  if (kind === 'webhook') return { kind, settings: { url: target } };
  throw new UsageError(`"${kind}" is no kind of sink`, targetsDoc);
}
