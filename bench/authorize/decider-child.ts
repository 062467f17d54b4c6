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

const batch = 1_024;
const { name, tenants, requests, compared } = childArgument<DeciderTask>();
const workload = createWorkload(tenants, requests);
const decide = await (await deciders[name]())(workload.tenants);
const pages = Buffer.from(workload.requests.map(({ page }) => page).join(''), 'latin1');
let next = 0;

process.on('message', ({ ms }: { readonly ms: number }) => process.send?.(microseconds(decide, ms)));
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

/** Processor time of one decision, over some milliseconds of it. */
function microseconds(decider: Decide, ms: number): number {
  let spent = 0;
  let count = 0;
  let allowed = 0;
  while (spent < 1_000 * ms) {
    const some = arriving();
    const before = process.cpuUsage();
    for (const request of some) if (decider(request)) allowed++;
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    count += some.length;
  }
  if (allowed === 0) throw new Error('nothing was allowed');
  return spent / count;
}

/** The requests that follow the last ones. Their pages are new texts, as in calls that were just read from a socket. */
function arriving(): readonly Request[] {
  if (next + batch > requests) next = 0;
  const from = next;
  next += batch;
  return workload.requests.slice(from, next).map((request, n) => {
    const at = 36 * (from + n);
    return { ...request, page: pages.toString('latin1', at, at + 36) };
  });
}
