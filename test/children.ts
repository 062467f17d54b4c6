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

/** In a forked process: ends it with whoever started it. A test that failed in the middle leaves nothing behind. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
