/** What one look at one thing found. */
export interface Finding {
  /** The checked thing, in a word or two. */
  readonly about: string;
  /** `warn`: it works, but an operator should know. `fail`: it does not work. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it; null if nothing has to be done. */
  readonly todo: string | null;
}

export function ok(about: string, found: string): Finding {
  return { about, state: 'ok', found, todo: null };
}

export function warn(about: string, found: string, todo: string): Finding {
  return { about, state: 'warn', found, todo };
}

export function fail(about: string, found: string, todo: string | null): Finding {
  return { about, state: 'fail', found, todo };
}

/**
 * Runs a check. If it throws, that is a finding too. Messages of errors that are written for people are shown
 * unchanged.
 */
export async function look(
  about: string,
  todo: string,
  run: () => Promise<Finding | readonly Finding[]>,
): Promise<Finding[]> {
  try {
    return [await run()].flat();
  } catch (error) {
    return [fail(about, reasonOf(error), todo)];
  }
}

/** An attempt at several addresses fails for several reasons, and has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
