import { actions, builtInRoles } from '../../domain/action.ts';
import type { Grant, GrantScope, GrantSubject } from '../../domain/grant.ts';
import type { Policy } from '../../domain/policy.ts';
import { actionsOfMask } from '../action-bits.ts';
import { actionsOfRole } from '../engine.ts';
import { type ReadyGrant, readyGrant } from '../ready-grant.ts';
import { cedarConditions, NotInCedar } from './cedar-conditions.ts';
import { attribute, entityIds, quoted } from './cedar-text.ts';

/** A policy in the Cedar language (cedarpolicy.com), for an independent opinion. */
export interface CedarExport {
  /** By their ids: `role:NAME`, and those of grants. */
  readonly policies: ReadonlyMap<string, string>;
  /** In Cedar's own syntax. Policies are valid under it in strict mode. */
  readonly schema: string;
  /** What Cedar does not say, and which grant says it. */
  readonly notes: readonly string[];
}

/**
 * Translates a policy: the decisions are the same, and the policies that determine them correspond to grants here. Not
 * translated: masks of properties, limits of keys, and objects whose place is not known. `cedarRequest` makes the
 * entities.
 */
export function exportCedar(policy: Policy): CedarExport {
  const policies = new Map<string, string>();
  const notes: string[] = [];
  for (const role of new Set([...builtInRoles, ...policy.roles.keys()])) {
    const allowed = actions.filter(action => actionsOfRole(policy, role).has(action));
    if (allowed.length === 0) continue;
    policies.set(`role:${role}`, statement('permit', `principal in Role::${quoted(role)}`, allowed, []));
  }
  for (const grant of policy.grants) {
    const ready = readyGrant(grant, role => actionsOfRole(policy, role));
    if (grant.properties !== null) notes.push(`${grant.id}: masks of properties have no counterpart in Cedar.`);
    else if (ready.mask !== 0 && !(grant.effect === 'limit' && ready.throughout)) translate(ready, policies, notes);
  }
  return { policies, schema: schemaOf(policy), notes };
}

function translate(ready: ReadyGrant, policies: Map<string, string>, notes: string[]): void {
  const { grant, throughout, mask } = ready;
  const { effect, when, scopes } = grant;
  try {
    const where = scopes.map(scopeText).join(' || ');
    const place = effect === 'limit' ? [`!(${where})`] : throughout ? [] : [where];
    const conditions = when === null ? [] : cedarConditions(when, effect === 'allow');
    const kind = effect === 'allow' ? 'permit' : 'forbid';
    policies.set(grant.id, statement(kind, subjectText(grant.subject), actionsOfMask(mask), [...place, ...conditions]));
  } catch (error) {
    if (!(error instanceof NotInCedar)) throw error;
    notes.push(`${grant.id}: ${error.message}`);
  }
}

function statement(
  effect: 'permit' | 'forbid',
  principal: string,
  allowed: readonly string[],
  conditions: readonly string[],
): string {
  const names = allowed.map(action => `Action::${quoted(action)}`).join(', ');
  const when = conditions.length === 0 ? '' : `\nwhen { ${conditions.map(each => `(${each})`).join('\n    && ')} }`;
  return `${effect} (${principal}, action in [${names}], resource)${when};`;
}

function subjectText(subject: GrantSubject): string {
  if (subject.kind === 'principal') return `principal == Principal::${quoted(subject.id)}`;
  return `principal in Group::${quoted(subject.kind === 'everyone' ? entityIds.everyone : subject.id)}`;
}

function scopeText(scope: GrantScope): string {
  if (scope.kind === 'workspace') return 'true';
  return `resource ${scope.kind === 'page_only' ? '==' : 'in'} Container::${quoted(scope.id)}`;
}

/** Every property that a condition tests, in each type that its value could have. */
function schemaOf({ grants }: Policy): string {
  const names = new Set(grants.flatMap(({ when }: Grant) => Object.keys(when?.property ?? {})));
  const attributes = [...names].flatMap(name => [
    `${attribute(name, 'text')}?: String`,
    `${attribute(name, 'number')}?: decimal`,
    `${attribute(name, 'flag')}?: Bool`,
    `${attribute(name, 'list')}?: Set<String>`,
    `${attribute(name, 'moment')}?: Long`,
  ]);
  return `entity Role;
entity Group;
entity Principal in [Role, Group];
entity Container in [Container] { ${attributes.join(', ')} };
action ${actions.map(quoted).join(', ')} appliesTo {
  principal: [Principal],
  resource: [Container],
  context: { now: Long, door: String, address?: ipaddr, strength?: Long, signedInAt?: Long }
};
`;
}

/** The policies as one file of Cedar. Each has the id of its grant or role; comments say what Cedar cannot express. */
export function cedarText({ policies, notes }: CedarExport): string {
  const said = notes.map(note => `// ${note}\n`).join('');
  const statements = [...policies].map(([id, text]) => `@id(${quoted(id)})\n${text}\n`).join('\n');
  return `${said}${said === '' ? '' : '\n'}${statements}`;
}
