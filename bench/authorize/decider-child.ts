// One decider in a process of its own: held to the plain walk first, then measured for a while each time it is asked.
import { childArgument, childReady } from '../child.ts';
import type { Decide } from './deciders/decider.ts';
import { type DeciderName, deciders } from './deciders/deciders.ts';
import { createWorkload, decidePlainly, type Request, type Workload } from './workload.ts';

export interface DeciderTask {
  readonly name: DeciderName;
  readonly tenants: number;
  readonly requests: number;
  /** Requests, of all, that are compared with the plain walk. */
  readonly compared: number;
}

export interface DeciderReady {
  readonly disagreements: number;
  /** The share of what was compared that is allowed. */
  readonly allowed: number;
}

const { name, tenants, requests, compared } = childArgument<DeciderTask>();
const workload = createWorkload(tenants, requests);
const decide = await (await deciders[name]())(workload.tenants);
let next = 0;

process.on('message', ({ ms }: { readonly ms: number }) => process.send?.(microseconds(decide, workload.requests, ms)));
childReady(compare(decide, workload));

function compare(decider: Decide, { tenants: all, requests: asked }: Workload): DeciderReady {
  const some = asked.slice(0, compared);
  const expected = some.map(request => {
    const tenant = all[request.tenant];
    return tenant !== undefined && decidePlainly(tenant, request);
  });
  const disagreements = some.filter((request, n) => decider(request) !== expected[n]).length;
  return { disagreements, allowed: expected.filter(Boolean).length / some.length };
}

/** Processor time of one decision, over some milliseconds of it; each call goes on in the list where the last one ended. */
function microseconds(decider: Decide, asked: readonly Request[], ms: number): number {
  const before = process.cpuUsage();
  let [spent, count, allowed] = [0, 0, 0];
  while (spent < 1_000 * ms) {
    for (let n = 0; n < 64; n++) {
      const request = asked[next++ % asked.length];
      if (request !== undefined && decider(request)) allowed++;
    }
    count += 64;
    if (count % 1_024 !== 0 && name.startsWith('Portcullis')) continue;
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
  if (allowed === 0) throw new Error('nothing was allowed');
  return spent / count;
}
