import { beyondGrantor } from '../authorize/amplification.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import { askerNow } from '../domain/rights.ts';
import { createPolicies } from '../policy/policies.ts';
import { createCheckPolicy } from '../policy/run-checks.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';

/** Policies as people change them. */
export function openPolicies({ now }: Foundation, { logged }: Audit) {
  return createPolicies({
    store: logged.policies,
    exceeds(before, after, author, at) {
      if (author.principal.kind === 'system') return false;
      const asker = askerNow(author, at);
      return asker === null || beyondGrantor(compilePolicy(before), after, asker).length > 0;
    },
    check: createCheckPolicy(compilePolicy, async () => new Map()),
    actionsOf: (policy, role) => compilePolicy(policy).ofRole(role),
    now,
  });
}
