import { type Invocation, type Option, UsageError } from './command.ts';

/** What a new sink takes beside its target. */
export const sinkOptions: Readonly<Record<string, Option>> = {};

/** For the help of `sinks add`. */
export const targetsDoc =
  'KIND webhook: TARGET is a URL. KIND notion: TARGET is the id of a database, or under:PAGE for a new one below that page.';

/** The kind of a new sink, and its settings. Throws UsageError. */
export function newSinkOf({ parameters }: Invocation): { readonly kind: string; readonly settings: object } {
  const { KIND: kind = '', TARGET: target = '' } = parameters;
  if (kind === 'webhook') return { kind, settings: { url: target } };
  if (kind === 'notion') {
    const [, pageId] = /^under:(.+)$/.exec(target) ?? [];
    return { kind, settings: pageId === undefined ? { databaseId: target } : { parentPageId: pageId } };
  }
  throw new UsageError(`"${kind}" is no kind of sink`, targetsDoc);
}
