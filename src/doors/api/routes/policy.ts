import { z } from 'zod';
import { builtInRoles } from '../../../domain/action.ts';
import { PortcullisError } from '../../../domain/errors.ts';
import type { Grant, GrantSubject } from '../../../domain/grant.ts';
import { type GrantId, newId } from '../../../domain/ids.ts';
import type { Group } from '../../../domain/policy.ts';
import type { PolicyProposal, ProposedGrant } from '../../../domain/policy-proposal.ts';
import { action, customRoleName, policyName, subjectName, toConditions } from '../../../policy/fields.ts';
import { createNames, type SubjectNames } from '../../../policy/names.ts';
import type { Policies } from '../../../policy/policies.ts';
import type { StoredPolicy } from '../../../policy/policy-store.ts';
import { idOf } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { newGrant, toSubjectName } from '../policy-fields.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from '../route.ts';
import { grantAnswer, grantsAnswer, groupAnswer, groupsAnswer, roleAnswer, rolesAnswer } from '../shapes/policy.ts';

const mayGrant = { on: 'workspace', action: 'grants' } as const;

/** Rule 8: a caller cannot change a policy so that it gives more than the caller may give. */
function giving(proposal: PolicyProposal): RouteDemand[] {
  return [{ ...mayGrant, gives: { kind: 'policy', proposal } }];
}

const says = 'Callers cannot give, in any form, what they do not have.';
const path = '/api/workspaces/:workspace';

/** Grants, groups and custom roles of a workspace, one at a time. */
export function policyRoutes({ policies }: { policies: Policies }): ApiRoute[] {
  return [...grantRoutes(policies), ...groupRoutes(policies), ...roleRoutes(policies)];
}

function grantRoutes(policies: Policies): ApiRoute[] {
  // The id is made at the decision, so that the decision and the command are about the same grant.
  const ids = new WeakMap<object, GrantId>();
  const proposed = (body: z.infer<typeof newGrant>): PolicyProposal => {
    const id = ids.get(body) ?? newId('grt');
    ids.set(body, id);
    return { kind: 'add_grant', id, grant: toProposed(body) };
  };
  return [
    apiRoute({
      method: 'GET',
      path: `${path}/grants`,
      name: 'grants.list',
      answer: grantsAnswer,
      summary: 'The grants of a workspace',
      demand: mayGrant,
      run: async (_, context) => {
        const stored = await policies.read(workspaceOf(context));
        const names = namesOf(stored);
        const { grants, revision } = stored.policy;
        return { grants: grants.map(grant => grantView(grant, names)), revision };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/grants`,
      name: 'grants.create',
      answer: grantAnswer,
      summary: 'Allow, deny or limit the actions of a subject in some places',
      demand: mayGrant,
      also: { says, of: ({ body }) => giving(proposed(body)) },
      body: newGrant,
      status: 201,
      run: async ({ body }, context) => {
        const proposal = proposed(body);
        const stored = await policies.change(context, workspaceOf(context), proposal);
        const made = stored.policy.grants.find(({ id }) => id === (proposal as { id: GrantId }).id);
        if (made === undefined) throw new Error('a grant that was just made is not there');
        return { grant: grantView(made, namesOf(stored)), revision: stored.policy.revision };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: `${path}/grants/:grant`,
      name: 'grants.remove',
      answer: null,
      summary: 'Remove a grant',
      demand: mayGrant,
      also: { says, of: ({ params }) => giving({ kind: 'remove_grant', id: params.grant }) },
      params: z.strictObject({ grant: idOf('grt') }),
      run: async ({ params }, context) => {
        await policies.change(context, workspaceOf(context), { kind: 'remove_grant', id: params.grant });
      },
    }),
  ];
}

const newGroup = z.strictObject({ members: z.array(subjectName).max(10_000) });
const byName = z.strictObject({ name: policyName });

function groupRoutes(policies: Policies): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: `${path}/groups`,
      name: 'groups.list',
      answer: groupsAnswer,
      summary: 'The groups of a workspace',
      demand: mayGrant,
      run: async (_, context) => {
        const stored = await policies.read(workspaceOf(context));
        const groups = [...stored.policy.groups.values()].map(group => groupView(group, stored));
        return { groups, revision: stored.policy.revision };
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/groups/:name`,
      name: 'groups.get',
      answer: groupAnswer,
      summary: 'A group and its members',
      demand: mayGrant,
      params: byName,
      run: async ({ params }, context) => groupNamed(params.name, await policies.read(workspaceOf(context))),
    }),
    apiRoute({
      method: 'PUT',
      path: `${path}/groups/:name`,
      name: 'groups.set',
      answer: groupAnswer,
      summary: 'Make a group, or say anew who is in it',
      demand: mayGrant,
      also: { says, of: ({ params, body }) => giving({ kind: 'set_group', name: params.name, members: body.members }) },
      params: byName,
      body: newGroup,
      run: async ({ params, body }, context) => {
        const proposal = { kind: 'set_group', name: params.name, members: body.members } as const;
        return groupNamed(params.name, await policies.change(context, workspaceOf(context), proposal));
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: `${path}/groups/:name`,
      name: 'groups.remove',
      answer: null,
      summary: 'Remove a group that no grant is for',
      demand: mayGrant,
      also: { says, of: ({ params }) => giving({ kind: 'remove_group', name: params.name }) },
      params: byName,
      run: async ({ params }, context) => {
        await policies.change(context, workspaceOf(context), { kind: 'remove_group', name: params.name });
      },
    }),
  ];
}

const newRole = z.strictObject({ actions: z.array(action).min(1) });

function roleRoutes(policies: Policies): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: `${path}/roles`,
      name: 'roles.list',
      answer: rolesAnswer,
      summary: 'The roles of a workspace: the built-in ones and its own',
      demand: { on: 'membership', key: 'people.read' },
      run: async (_, context) => {
        const { policy } = await policies.read(workspaceOf(context));
        const own = [...policy.roles.keys()].sort().map(name => roleNamed(name, policies, policy));
        return {
          roles: [...builtInRoles.map(name => roleNamed(name, policies, policy)), ...own],
          revision: policy.revision,
        };
      },
    }),
    apiRoute({
      method: 'PUT',
      path: `${path}/roles/:name`,
      name: 'roles.set',
      answer: roleAnswer,
      summary: 'Make a role, or say anew which actions it allows',
      demand: mayGrant,
      also: { says, of: ({ params, body }) => giving({ kind: 'set_role', name: params.name, actions: body.actions }) },
      params: z.strictObject({ name: customRoleName }),
      body: newRole,
      run: async ({ params, body }, context) => {
        const proposal = { kind: 'set_role', name: params.name, actions: body.actions } as const;
        const { policy } = await policies.change(context, workspaceOf(context), proposal);
        return { role: roleNamed(params.name, policies, policy), revision: policy.revision };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: `${path}/roles/:name`,
      name: 'roles.remove',
      answer: null,
      summary: 'Remove a role that no member has and no grant names',
      demand: mayGrant,
      also: { says, of: ({ params }) => giving({ kind: 'remove_role', name: params.name }) },
      params: z.strictObject({ name: customRoleName }),
      run: async ({ params }, context) => {
        await policies.change(context, workspaceOf(context), { kind: 'remove_role', name: params.name });
      },
    }),
  ];
}

function toProposed({
  subject,
  actions,
  role,
  scope,
  when,
  properties,
  reason,
  effect,
}: z.infer<typeof newGrant>): ProposedGrant {
  return {
    effect,
    to: toSubjectName(subject),
    actions: role === undefined ? (actions ?? []) : { role },
    scopes: scope,
    when: toConditions(when),
    properties: properties ?? null,
    reason,
  };
}

function namesOf({ members, policy }: StoredPolicy): SubjectNames {
  return createNames(members, policy.groups);
}

/** A grant, as the API shows it. */
function grantView({ subject, actions, scopes, when, ...grant }: Grant, names: SubjectNames) {
  const [only, ...others] = scopes;
  return {
    ...grant,
    subject: subjectView(subject, names),
    actions: 'role' in actions ? null : actions,
    role: 'role' in actions ? actions.role : null,
    scope: only !== undefined && others.length === 0 ? only : scopes,
    when: when === null ? null : { ...when },
    createdAt: grant.createdAt.toISOString(),
  };
}

function subjectView(subject: GrantSubject, names: SubjectNames) {
  const name = names.subjectName(subject);
  if (subject.kind === 'everyone') return { kind: subject.kind, name };
  if (subject.kind === 'group') return { kind: subject.kind, id: subject.id, name };
  return { kind: subject.id.startsWith('agt_') ? ('agent' as const) : ('user' as const), id: subject.id, name };
}

function groupNamed(name: string, stored: StoredPolicy) {
  const group = [...stored.policy.groups.values()].find(group => group.name === name);
  if (group === undefined) throw new PortcullisError('not_found', 'There is no such group.');
  return { group: groupView(group, stored), revision: stored.policy.revision };
}

function groupView({ id, name, principals, groups }: Group, stored: StoredPolicy) {
  const names = namesOf(stored);
  const inner = groups.map(id => names.subjectName({ kind: 'group', id }));
  return { id, name, members: [...principals.map(names.nameOf), ...inner] };
}

function roleNamed(name: string, { actionsOf }: Policies, policy: StoredPolicy['policy']) {
  const builtIn = (builtInRoles as readonly string[]).includes(name);
  return { name, actions: [...actionsOf(policy, name)].sort(), builtIn };
}
