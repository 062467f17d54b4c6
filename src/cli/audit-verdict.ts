import { parseVerifierKey } from '../audit/proof/signing-keys.ts';
import type { Trust, Verdict } from '../audit/proof/verdict.ts';
import { printable } from '../domain/printable.ts';
import { type Invocation, type Option, type Terminal, UsageError } from './command.ts';

/** The exit code for a file of the log that is not valid. `tools/verify_audit.py` has the same codes. */
const doesNotHold = 1;

/** The option that names the public key to trust. */
export const keyOption: Readonly<Record<string, Option>> = {
  key: { takes: 'VKEY', doc: 'the public key that must have signed, from somewhere else than the file itself' },
};

/** Throws UsageError. */
export function pinnedKey({ options: { key } }: Invocation): Trust['key'] {
  if (typeof key !== 'string') return null;
  const parsed = parseVerifierKey(key);
  if (parsed !== null) return parsed;
  throw new UsageError('--key is not a public key of a log', 'it looks like NAME+ID+BASE64');
}

/** A file that cannot be read is a mistake in the command. It says nothing about the log. */
export function fromFile<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error;
    throw new UsageError(error.message, 'give the path of a file that can be read');
  });
}

/** Prints the findings about a file, and what they mean. Returns the exit code. */
export function sayVerdict(terminal: Terminal, path: string, verdict: Verdict, trust: Pick<Trust, 'key'>): number {
  const { out } = terminal;
  terminal.progress('');
  for (const problem of verdict.problems) out(printable(problem));
  if (verdict.more > 0) out(`and ${verdict.more} problems more`);
  if (!verdict.holds) {
    out(printable(`${path} does NOT hold`));
    return doesNotHold;
  }
  out(printable(`${path} holds: ${verdict.size} entries of ${verdict.origin}`));
  if (verdict.continues !== null) out(`append-only since the kept checkpoint of ${verdict.continues} entries`);
  if (trust.key === null) {
    out('unauthenticated: no key was pinned, so this may be a forgery. It contains:');
    for (const key of verdict.keys) out(printable(`  ${key}`));
  }
  return 0;
}
