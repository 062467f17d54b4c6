import { readKeysConfig } from '../config/config.ts';
import { PortcullisError } from '../domain/errors.ts';
import { isId, type WorkspaceId } from '../domain/ids.ts';
import { RootKeyError } from '../domain/root-key-error.ts';
import type { KeyTasks } from '../operator/key-tasks.ts';
import { type Invocation, UsageError } from './command.ts';
import { sayDatabase } from './operator-options.ts';
import { progressBar } from './progress-bar.ts';

export const keysNotes =
  'Works beside running gateways, on their database and with the same settings for root keys. docs/custody.md says when to use it.';

/** Opens what the settings name and runs `work` on it. */
export async function withKeyTasks<T>(
  invocation: Invocation,
  work: (tasks: KeyTasks, config: ReturnType<typeof readKeysConfig>) => Promise<T>,
): Promise<T> {
  const { terminal, settings } = invocation;
  const config = readKeysConfig(terminal.env, settings);
  sayDatabase(config.database, invocation);
  // Loaded here, because most commands need none of it.
  const { openKeyTasks } = await import('../operator/key-tasks.ts');
  const tasks = await openKeyTasks(config, { warn: message => terminal.err(`warning: ${message}`) });
  try {
    return await work(tasks, config);
  } catch (error) {
    // An operator has to know what is wrong with the root key; callers of the gateway learn less.
    throw error instanceof PortcullisError && error.cause instanceof RootKeyError ? error.cause : error;
  } finally {
    await tasks.close();
  }
}

/** A value that does not open: where it is, and the key that it names. */
export function describeUnopenable({ table, row }: Awaited<ReturnType<KeyTasks['verify']>>['unopenable'][number]) {
  return `does not open: ${table} ${JSON.stringify(row.key)}, under ${row.kid}`;
}

/** The same for a value that belongs to no workspace. */
export function describeForDeployment(binding: object, kid: string): string {
  return `does not open: ${JSON.stringify(binding)}, under ${kid}`;
}

/** Shows `[######..............] 400 of 1200 values` on one line that changes. */
export function showProgress({ terminal }: Invocation, what: string): (done: number, total: number) => void {
  return (done, total) => terminal.progress(progressBar(done, total, what));
}

/** Reads the id of a workspace. Throws UsageError. */
export function workspaceNamed(text: string): WorkspaceId {
  if (isId('wsp', text)) return text;
  throw new UsageError(`"${text}" is not the id of a workspace`, 'it looks like wsp_0190… and stands in the dashboard');
}
