import { beyondGrantor } from '../authorize/amplification.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import { actions } from '../domain/action.ts';
import { askerNow } from '../domain/rights.ts';
import type { Locate } from '../policy/locate.ts';
import { createPolicies } from '../policy/policies.ts';
import { createCheckPolicy } from '../policy/run-checks.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';

/** Policies as people change them. */
export function openPolicies({ now }: Foundation, { logged }: Audit) {
  const locate: Locate = async () => new Map();
  return createPolicies({
    store: logged.policies,
    beyond(before, after, author, at) {
      if (author.principal.kind === 'system') return [];
      const asker = askerNow(author, at);
      return asker === null ? actions : beyondGrantor(compilePolicy(before), after, asker);
    },
    check: createCheckPolicy(compilePolicy, locate),
    compile: compilePolicy,
    locate,
    now,
  });
}
