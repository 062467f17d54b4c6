/** A process of its own with custody on a shared database. Told by its parent what to do; see `family.ts`. */
import type { ConnectionPlace } from '../../src/domain/connection.ts';
import type { FailPointName } from '../../src/vault/refresh/refresh-parts.ts';
import { endWithParent } from '../children.ts';
import { type NodeAddress, openNode } from './node.ts';

export interface ChildTask {
  readonly address: NodeAddress;
  readonly place: ConnectionPlace;
  readonly callers: number;
  /** Where this process kills itself. */
  readonly dieAt?: FailPointName;
}

export type ChildReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly tokens: readonly string[]; readonly failures: readonly string[] };

function report(message: ChildReport): void {
  process.send?.(message);
}

async function work({ address, place, callers, dieAt }: ChildTask): Promise<void> {
  const node = await openNode(address, {
    failPoint(name) {
      if (name === dieAt) process.kill(process.pid, 'SIGKILL');
    },
  });
  report({ kind: 'ready' });
  await new Promise(resolve => process.once('message', resolve));
  const { workspaceId, connectionId } = place;
  const calls = Array.from({ length: callers }, () => node.tokens.accessToken(workspaceId, connectionId));
  const results = await Promise.allSettled(calls);
  report({
    kind: 'done',
    tokens: results.flatMap(result => (result.status === 'fulfilled' ? [result.value.token] : [])),
    failures: results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : [])),
  });
  await node.close();
  process.disconnect?.();
}

endWithParent();
process.once('message', (task: ChildTask) => {
  work(task).catch(error => {
    report({ kind: 'done', tokens: [], failures: [String(error)] });
    process.exit(1);
  });
});
