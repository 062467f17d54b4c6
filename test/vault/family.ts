import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChildReport, ChildTask } from './child.ts';

type Done = Extract<ChildReport, { kind: 'done' }>;

/** What became of a child: what it reported, or the signal that ended it. */
export type ChildEnd = Done | { readonly kind: 'killed'; readonly signal: string | null };

const childFile = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Starts one process for each task, lets all of them begin at once, and waits for all of them. */
export async function runChildren(tasks: readonly ChildTask[]): Promise<ChildEnd[]> {
  const children = await Promise.all(tasks.map(start));
  const ends = children.map(endOf);
  for (const child of children) child.send('go');
  return Promise.all(ends);
}

async function start(task: ChildTask): Promise<ChildProcess> {
  const child = fork(childFile, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(task);
  const [first] = (await once(child, 'message')) as [ChildReport];
  if (first.kind !== 'ready') throw new Error(`a child did not start: ${JSON.stringify(first)}`);
  return child;
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
