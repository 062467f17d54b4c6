import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endOf, nextMessage } from '../test/children.ts';

/** A part of a bench in a process of its own, so that everything measured competes for the processors alike. */
export interface Child<Ready> extends AsyncDisposable {
  /** What the process said when it was ready. */
  readonly ready: Ready;
  /** Sends a message and waits for the next one back. */
  ask<Answer>(question: unknown): Promise<Answer>;
}

/** Starts a module with one argument, as JSON, and waits for its first message. */
export async function startChild<Ready>(
  module: URL,
  argument: unknown,
  execArgv: string[] = [],
): Promise<Child<Ready>> {
  // What a part prints on its standard output (audit entries) goes nowhere, as it would into a file of its own.
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork(fileURLToPath(module), [JSON.stringify(argument)], { execArgv, stdio: [...stdio] });
  const ready = await nextMessage<Ready>(child);
  return {
    ready,
    ask(question) {
      child.send(question as object);
      return nextMessage(child);
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await endOf(child);
    },
  };
}

/** In a child: the argument that it was started with. */
export function childArgument<Argument>(): Argument {
  return JSON.parse(process.argv[2] ?? 'null') as Argument;
}

/** In a child: says that it is ready, and ends the process when the parent lets go of it. */
export function childReady(ready: unknown, stop: () => Promise<unknown> | unknown = () => undefined): void {
  process.once('disconnect', async () => {
    await stop();
    process.exit(0);
  });
  process.send?.(ready);
}
