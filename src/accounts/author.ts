import { type Action, actions, isRole } from '../domain/action.ts';
import { PortcullisError } from '../domain/errors.ts';
import { isId, type KeyId, type SessionId, type UserId } from '../domain/ids.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import { actionsAnywhere, actionsHeld, askerNow, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { DeploymentAccounts, WorkspaceAccounts } from './account-store.ts';

const everything: ReadonlySet<Action> = new Set(actions);
const nothing: ReadonlySet<Action> = new Set();

/** The rights that exist above any workspace: to connect new ones, to manage people, to read the deployment's log. */
export const deploymentRights = ['connect', 'members', 'audit'] as const satisfies readonly Action[];

/**
 * The key that something was made with; when the key ends, that ends too. Null for a person who has signed in, and for
 * Portcullis.
 */
export function keyOf({ credential }: Caller): KeyId | null {
  return isId('key', credential) ? credential : null;
}

/** The person who acts, or the owner of the agent that acts. */
export function humanBehind(author: Caller): UserId | null {
  const { principal } = author;
  if (principal.kind === 'agent') return principal.owner;
  return principal.kind === 'user' ? principal.id : null;
}

/** What a command looks again at whether it still holds. */
export interface Standing {
  /** What the author may do in the workspace as a whole. */
  readonly held: ReadonlySet<Action>;
  /** What the author may do in some place of it at least. */
  readonly anywhere: ReadonlySet<Action>;
  /** The actions of a role. Throws `validation_error` if there is no such role. */
  ofRole(role: string): ReadonlySet<Action>;
}

/**
 * What the author of a change may do in this workspace, within the limit of the key. Read in the transaction of the change,
 * because the policy may have changed since the call was decided.
 */
export async function standingOf(
  { compile, now }: { compile: CompilePolicy; now: Now },
  author: Caller,
  accounts: WorkspaceAccounts,
): Promise<Standing> {
  const id = principalIdOf(author);
  const policy = await accounts.policyOf(id === null ? [] : [id]);
  const compiled = compile(policy);
  const asker = askerNow(author, now());
  const bySystem = author.principal.kind === 'system' ? everything : nothing;
  return {
    held: asker === null ? bySystem : actionsHeld(compiled, asker),
    anywhere: asker === null ? bySystem : actionsAnywhere(compiled, asker),
    ofRole(role) {
      if (isRole(role, policy.roles)) return compiled.ofRole(role);
      throw new PortcullisError('validation_error', `There is no role "${role}" in this workspace.`);
    },
  };
}

/** The author's rights in the deployment as a whole. Keys have none, even those of people with such rights. */
export async function deploymentRightsOf(author: Caller, accounts: DeploymentAccounts): Promise<ReadonlySet<Action>> {
  if (author.principal.kind === 'system') return everything;
  if (author.principal.kind !== 'user') return nothing;
  const account = await accounts.user(author.principal.id);
  return account === null || account.disabled
    ? nothing
    : account.deploymentRights.intersection(author.deploymentRights);
}

/**
 * Checks that the rights of a decision still hold. `authorize/` decides what an author may do and give away, from
 * rights that were current when the intent was committed. A command runs later: a role, a right or an owner may have
 * changed in between, and the transaction of the change must notice (decision 32). Throws `policy_changed`: the call is
 * to be repeated, and is then decided on the current rights.
 *
 * @param held the author's rights now, read in this transaction
 * @param decided the rights that the decision used
 */
export function requireStillHeld(held: ReadonlySet<Action>, decided: Iterable<Action>): void {
  if (!new Set(decided).isSubsetOf(held)) throw new PortcullisError('policy_changed');
}

/** The person and the browser session of a call. The demand `by: 'session'` refuses all other callers before this. */
export function sessionOf({ principal, credential }: Caller): { userId: UserId; sessionId: SessionId } {
  if (principal.kind === 'user' && isId('ses', credential)) return { userId: principal.id, sessionId: credential };
  throw new Error('Only a person who has signed in gets this far.');
}
