import { compilePolicy } from '../authorize/compile-policy.ts';
import { createPageAccesses } from '../policy/page-access.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';

/** Pages with what somebody may do on them. */
export function openPageAccess({ stores, now }: Foundation, { logged }: Audit) {
  const accesses = createPageAccesses({
    children: stores.pageChildren,
    snapshotOf: async workspaceId => compilePolicy((await logged.policies.read(workspaceId)).policy),
  });
  return { accesses, now };
}
