import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FailPointName } from '../../src/vault/refresh/refresh-parts.ts';
import type { SoakLife, SoakReport, SoakStep } from './soak-child.ts';

const childFile = fileURLToPath(new URL('./soak-child.ts', import.meta.url));

/** A process that dies now and then and comes back: its spool is the same, everything else is gone. */
export class SoakProcess {
  /** All that any of its lives wrote to standard output and standard error. */
  written = '';
  readonly #lifeAt: (life: number) => SoakLife;
  #lives = 0;
  #child: ChildProcess | null = null;

  constructor(lifeAt: (life: number) => SoakLife) {
    this.#lifeAt = lifeAt;
  }

  /** How often it died at a fail point. */
  deathsAt(point: FailPointName): number {
    return this.written.split(`died at ${point}\n`).length - 1;
  }

  get alive(): boolean {
    return this.#child !== null;
  }

  /** Starts it, again if it dies of what its last life had left. */
  async start(): Promise<void> {
    while (this.#child === null) {
      this.#lives += 1;
      const child = fork(childFile, [], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', chunk => {
          this.written += String(chunk);
        });
      }
      child.send(this.#lifeAt(this.#lives));
      this.#child = child;
      await this.#answer(child);
    }
  }

  /** The results of the calls; null if the process died during them. */
  async step(step: SoakStep): Promise<SoakReport | null> {
    const child = this.#child;
    if (child === null) return null;
    child.send(step);
    return (await this.#answer(child)) as SoakReport | null;
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const closed = once(child, 'close');
    child.send('end');
    await closed;
    this.#child = null;
  }

  /** Its next message; null when it was killed. Anything else than a kill at a fail point ends the test. */
  async #answer(child: ChildProcess): Promise<unknown> {
    const done = new AbortController();
    const { signal } = done;
    const message = once(child, 'message', { signal }).then(([answer]) => answer as unknown);
    const closed = once(child, 'close', { signal }).then(([, killed]) => ({ killed }));
    const first = await Promise.race([message, closed]);
    done.abort();
    await Promise.allSettled([message, closed]);
    if (first === null || typeof first !== 'object' || !('killed' in first)) return first;
    if (first.killed !== 'SIGKILL') throw new Error(`a process ended by itself: ${this.written.slice(-2_000)}`);
    this.#child = null;
    return null;
  }
}
