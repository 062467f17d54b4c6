import { type Action, actions } from '../domain/action.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Evaluator } from '../domain/evaluator.ts';
import { isId, type KeyId, type PrincipalId, type UserId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import type { DeploymentAccounts, WorkspaceAccounts } from './account-store.ts';

const everything: ReadonlySet<Action> = new Set(actions);
const nothing: ReadonlySet<Action> = new Set();

/** The rights that exist above any workspace: to connect new ones, to manage people, to read the deployment's log. */
export const deploymentRights = ['connect', 'members', 'audit'] as const satisfies readonly Action[];

/** Who is recorded as having made something. Null for Portcullis itself. */
export function principalIdOf(author: Caller): PrincipalId | null {
  const { principal } = author;
  return principal.kind === 'user' || principal.kind === 'agent' ? principal.id : null;
}

/** The key that something was made with, and with which it ends. Null for a person who has signed in, and for Portcullis. */
export function keyOf({ credential }: Caller): KeyId | null {
  return isId('key', credential) ? credential : null;
}

/** The person who acts, or on whose behalf an agent acts. */
export function humanBehind(author: Caller): UserId | null {
  const { principal } = author;
  if (principal.kind === 'agent') return principal.owner;
  return principal.kind === 'user' ? principal.id : null;
}

/**
 * What the author of a change may do in this workspace: the role's actions, within the key's ceiling. Read in the
 * transaction of the change, because the role may have changed since the call was decided.
 */
export async function actionsHeldBy(
  evaluator: Evaluator,
  author: Caller,
  accounts: WorkspaceAccounts,
): Promise<ReadonlySet<Action>> {
  if (author.principal.kind === 'system') return everything;
  const id = principalIdOf(author);
  const member = id === null ? null : await accounts.member(id);
  return evaluator.held({ role: member?.role ?? null, ceiling: author.ceiling });
}

/** The author's rights in the deployment as a whole. Keys have none, whoever they belong to. */
export async function deploymentRightsOf(author: Caller, accounts: DeploymentAccounts): Promise<ReadonlySet<Action>> {
  if (author.principal.kind === 'system') return everything;
  if (author.principal.kind !== 'user') return nothing;
  const account = await accounts.user(author.principal.id);
  return account === null || account.disabled
    ? nothing
    : account.deploymentRights.intersection(author.deploymentRights);
}

/** Nobody grants, or does, what they do not hold (rule 8). Throws `restricted`, which names what is missing. */
export function requireHeld(held: ReadonlySet<Action>, wanted: Iterable<Action>): void {
  const missing = new Set(wanted).difference(held);
  if (missing.size === 0) return;
  const names = [...missing].sort();
  throw new PortcullisError('restricted', `This takes permissions that you do not hold: ${names.join(', ')}.`, {
    additionalData: { missing_actions: names },
  });
}

/** Whether the author came with an API key, which is less trusted than a person who has signed in. */
export function cameWithKey(author: Caller): boolean {
  return keyOf(author) !== null;
}
