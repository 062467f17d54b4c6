import type { Transaction } from 'kysely';
import { PortcullisError } from '../domain/errors.ts';
import { type GroupId, isId, type PrincipalId, type WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { NamedMember } from '../policy/names.ts';
import type { PolicyChecks, PolicyStore, StoredPolicy } from '../policy/policy-store.ts';
import type { Database } from './database.ts';
import { dropDraft } from './draft-store.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { policyOf } from './policy-of.ts';
import type { Schema } from './schema.ts';
import { fromGrant } from './stored-grant.ts';

type Tx = Transaction<Schema>;

/** Policies in PostgreSQL. A change locks the row of its workspace, so that changes come one after the other. */
export function createPolicyStore(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  entries: EventEntries,
): PolicyStore {
  return {
    read: workspaceId => inWorkspace(workspaceId, tx => read(tx, workspaceId)),
    change: (workspaceId, work) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          await tx.selectFrom('workspace').where('id', '=', workspaceId).select('id').forUpdate().execute();
          const stored = await read(tx, workspaceId);
          const write = await work(stored);
          if (write === null) return stored;
          if (write.promotes !== null && !(await dropDraft(tx, workspaceId, write.promotes)))
            throw new PortcullisError('conflict', 'The draft has been changed or removed.');
          await writeDifference(tx, workspaceId, stored.policy, write.after);
          await writeChecks(tx, workspaceId, write.checks);
          await append([write.event]);
          return read(tx, workspaceId);
        },
      ),
  };
}

async function read(tx: Tx, workspaceId: WorkspaceId): Promise<StoredPolicy> {
  const row = await tx
    .selectFrom('policy_checks')
    .where('workspace_id', '=', workspaceId)
    .selectAll()
    .executeTakeFirst();
  return {
    policy: await policyOf(tx, workspaceId, 'everyone'),
    members: await namedMembers(tx, workspaceId),
    checks: { invariants: row?.invariants ?? [], tests: row?.tests ?? [] },
  };
}

async function namedMembers(tx: Tx, workspaceId: WorkspaceId): Promise<readonly NamedMember[]> {
  const rows = await tx
    .selectFrom('membership as m')
    .leftJoin('user_account as u', 'u.id', 'm.principal_id')
    .leftJoin('agent as a', 'a.id', 'm.principal_id')
    .where('m.workspace_id', '=', workspaceId)
    .select(['m.principal_id as id', 'u.name as person', 'u.email', 'a.name as agent'])
    .execute();
  return rows.map(({ id, person, email, agent }) => ({
    id,
    kind: isId('agt', id) ? 'agent' : 'user',
    name: agent ?? person ?? id,
    email,
  }));
}

/** Writes only what differs: even a statement that changes nothing would move the revision. */
async function writeDifference(tx: Tx, workspaceId: WorkspaceId, before: Policy, after: Policy): Promise<void> {
  await removeGrants(tx, workspaceId, before, after);
  await writeRoles(tx, workspaceId, before, after);
  await writeGroups(tx, workspaceId, before, after);
  await writeMembers(tx, workspaceId, before, after);
  const known = new Set(before.grants.map(({ id }) => id));
  const added = after.grants.filter(({ id }) => !known.has(id));
  if (added.length === 0) return;
  await tx
    .insertInto('policy_grant')
    .values(added.map(grant => ({ workspace_id: workspaceId, ...fromGrant(grant) })))
    .execute();
}

async function removeGrants(tx: Tx, workspaceId: WorkspaceId, before: Policy, after: Policy): Promise<void> {
  const kept = new Set(after.grants.map(({ id }) => id));
  const gone = before.grants.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  if (gone.length === 0) return;
  await tx.deleteFrom('policy_grant').where('workspace_id', '=', workspaceId).where('id', 'in', gone).execute();
}

async function writeRoles(tx: Tx, workspaceId: WorkspaceId, before: Policy, after: Policy): Promise<void> {
  const gone = [...before.roles.keys()].filter(name => !after.roles.has(name));
  if (gone.length > 0)
    await tx.deleteFrom('policy_role').where('workspace_id', '=', workspaceId).where('name', 'in', gone).execute();
  const changed = [...after.roles].filter(([name, actions]) => !isSameSet(before.roles.get(name), actions));
  if (changed.length === 0) return;
  await tx
    .insertInto('policy_role')
    .values(changed.map(([name, actions]) => ({ workspace_id: workspaceId, name, actions: [...actions].sort() })))
    .onConflict(conflict =>
      conflict.columns(['workspace_id', 'name']).doUpdateSet({ actions: eb => eb.ref('excluded.actions') }),
    )
    .execute();
}

async function writeGroups(tx: Tx, workspaceId: WorkspaceId, before: Policy, after: Policy): Promise<void> {
  const gone = [...before.groups.keys()].filter(id => !after.groups.has(id));
  if (gone.length > 0)
    await tx.deleteFrom('policy_group').where('workspace_id', '=', workspaceId).where('id', 'in', gone).execute();
  const added = [...after.groups.values()].filter(({ id }) => !before.groups.has(id));
  if (added.length > 0) {
    const rows = added.map(({ id, name }) => ({ id, workspace_id: workspaceId, name }));
    await tx.insertInto('policy_group').values(rows).execute();
  }
  for (const { id, principals, groups } of after.groups.values()) {
    const former = before.groups.get(id);
    await writeGroupMembers(
      tx,
      workspaceId,
      id,
      [...(former?.principals ?? []), ...(former?.groups ?? [])],
      [...principals, ...groups],
    );
  }
}

type Inner = PrincipalId | GroupId;

async function writeGroupMembers(
  tx: Tx,
  workspaceId: WorkspaceId,
  group: GroupId,
  before: readonly Inner[],
  after: readonly Inner[],
): Promise<void> {
  const gone = before.filter(id => !after.includes(id));
  if (gone.length > 0) {
    await tx
      .deleteFrom('policy_group_member')
      .where('workspace_id', '=', workspaceId)
      .where('group_id', '=', group)
      .where(eb =>
        eb.or([eb('principal_id', 'in', gone as PrincipalId[]), eb('inner_group_id', 'in', gone as GroupId[])]),
      )
      .execute();
  }
  const added = after.filter(id => !before.includes(id));
  if (added.length === 0) return;
  const rows = added.map(id => ({
    workspace_id: workspaceId,
    group_id: group,
    principal_id: isId('grp', id) ? null : id,
    inner_group_id: isId('grp', id) ? id : null,
  }));
  await tx.insertInto('policy_group_member').values(rows).execute();
}

async function writeMembers(tx: Tx, workspaceId: WorkspaceId, before: Policy, after: Policy): Promise<void> {
  for (const [id, role] of after.members) {
    if (before.members.get(id) === role) continue;
    await tx
      .updateTable('membership')
      .set({ role })
      .where('workspace_id', '=', workspaceId)
      .where('principal_id', '=', id)
      .execute();
  }
}

async function writeChecks(tx: Tx, workspaceId: WorkspaceId, { invariants, tests }: PolicyChecks): Promise<void> {
  const values = { invariants: JSON.stringify(invariants), tests: JSON.stringify(tests) };
  await tx
    .insertInto('policy_checks')
    .values({ workspace_id: workspaceId, ...values })
    .onConflict(conflict => conflict.column('workspace_id').doUpdateSet(values))
    .execute();
}

function isSameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): boolean {
  return a !== undefined && a.size === b.size && b.isSubsetOf(a);
}
