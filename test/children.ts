import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The next message of a forked process. Throws when it ends without one: who waited on would wait for good. */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const over = new AbortController();
  try {
    const exit = once(child, 'exit', over).then(([code, signal]) => {
      throw new Error(`a process ended with ${signal ?? `code ${code}`} instead of saying something`);
    });
    const [message] = await Promise.race([once(child, 'message', over), exit]);
    return message as Message;
  } finally {
    over.abort();
  }
}

/** Whether a process has not ended yet. */
export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Waits for the end of a process, also when that was earlier. Answers its code; null when a signal ended it. */
export async function endOf(child: ChildProcess): Promise<number | null> {
  if (isRunning(child)) await once(child, 'exit');
  return child.exitCode;
}

/** Ends a process, if it runs, and waits until it has ended. Answers its code; null when a signal ended it. */
export function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (isRunning(child)) child.kill(signal);
  return endOf(child);
}

/** What makes Node start faster, for a process that gets an environment of its own. */
export function compileCache(): Record<string, string> {
  const { NODE_COMPILE_CACHE: directory } = process.env;
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}

/**
 * In a forked process: ends it together with the process that started it. A test that failed in the middle leaves
 * nothing behind.
 */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
