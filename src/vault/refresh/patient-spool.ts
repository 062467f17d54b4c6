import { setTimeout as delay } from 'node:timers/promises';
import type { Spool } from './spool.ts';

/**
 * Makes storage that hangs, such as a network drive, fail after `patienceMs`; the database can then be used instead. A
 * hanging call occupies one of the few file threads of this process. So nothing new is begun until it has ended.
 */
export function withPatience(spool: Spool, patienceMs: number): Spool {
  let hanging = 0;
  async function inTime<T>(work: () => Promise<T>): Promise<T> {
    if (hanging > 0) throw new Error('the spool hangs');
    const worked = work();
    const timer = new AbortController();
    const late = delay(patienceMs, 'late' as const, { signal: timer.signal });
    const first = await Promise.race([worked.then(result => ({ result })), late]).finally(() => timer.abort());
    if (first !== 'late') return first.result;
    hanging++;
    const ended = () => void hanging--;
    worked.then(ended, ended);
    throw new Error(`the spool has not answered for ${patienceMs} ms`);
  }
  return {
    volatile: spool.volatile,
    write: spooled => inTime(() => spool.write(spooled)),
    names: of => inTime(() => spool.names(of)),
    read: name => inTime(() => spool.read(name)),
    remove: name => inTime(() => spool.remove(name)),
  };
}
