import type { Request, Tenant } from '../workload.ts';

/** Answers whether a request is allowed. */
export type Decide = (request: Request) => boolean;

/** Makes tenants ready to be decided for: what can be done once is done here, and is not measured. */
export type Decider = (tenants: readonly Tenant[]) => Decide | Promise<Decide>;
