import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../children.ts';
import type { ChildReport, ChildTask } from './child.ts';

type Done = Extract<ChildReport, { kind: 'done' }>;

/** How a child ended: its report, or the signal that ended it. */
export type ChildEnd = Done | { readonly kind: 'killed'; readonly signal: string | null };

const childFile = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Starts one process for each task, lets all of them begin at once, and waits for all of them. */
export async function runChildren(tasks: readonly ChildTask[]): Promise<ChildEnd[]> {
  const starts = await Promise.allSettled(tasks.map(startChild));
  const children = starts.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find(start => start.status === 'rejected');
  if (failed !== undefined) {
    for (const { kill } of children) kill();
    throw failed.reason;
  }
  for (const { go } of children) go();
  return Promise.all(children.map(({ ended }) => ended));
}

/** A process that is ready, and waits for a command. */
export interface Child {
  readonly ended: Promise<ChildEnd>;
  go(): void;
  kill(): void;
}

export async function startChild(task: ChildTask): Promise<Child> {
  const child = fork(childFile, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(task);
  const first = await nextMessage<ChildReport>(child);
  if (first.kind !== 'ready') throw new Error(`a child did not start: ${JSON.stringify(first)}`);
  return { ended: endOf(child), go: () => void child.send('go'), kill: () => void child.kill('SIGKILL') };
}

function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise(resolve => {
    let done: Done | null = null;
    child.on('message', (message: ChildReport) => {
      if (message.kind === 'done') done = message;
    });
    child.once('exit', (_code, signal) => resolve(done ?? { kind: 'killed', signal }));
  });
}
