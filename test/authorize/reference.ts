/**
 * The specification once more, as plainly as it can be written: no index, no memo, nothing shared with the engine but the
 * words. Slow on purpose. Where it and the engine disagree, one of them is wrong.
 */
import { isIP } from 'node:net';
import { type Action, contentActions } from '../../src/domain/action.ts';
import type { Grant, GrantScope, PropertyTest } from '../../src/domain/grant.ts';
import { signInStrengths } from '../../src/domain/grant.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Asker, CallContext, JudgedObject, Judgement } from '../../src/domain/policy-snapshot.ts';

const builtIn: Record<string, readonly string[]> = {
  viewer: ['read', 'file.read', 'comment.read', 'people.read'],
  editor: [
    ...['read', 'file.read', 'comment.read', 'people.read'],
    ...['create', 'update', 'move', 'comment.write', 'file.write'],
  ],
  guest: [],
};

export function referenceJudge(policy: Policy, asker: Asker, action: Action, object: JudgedObject): Judgement {
  const answer = ofPrincipal(policy, asker, action, object);
  const { limit } = asker;
  if (answer.effect === 'deny' || limit === null) return answer;
  if (limit.actions !== null && !limit.actions.has(action)) return no('key_lacks_action');
  if (limit.under === null) return answer;
  if (!(contentActions as readonly string[]).includes(action))
    return limit.actions === null ? no(trouble(object) ?? 'outside_key_pages') : answer;
  if (object.state === 'workspace') return object.filtered ? answer : no('outside_key_pages');
  if (object.state !== 'known') return no(trouble(object) ?? 'outside_key_pages');
  for (const { id } of object.path) if (limit.under.includes(id)) return answer;
  return no('outside_key_pages');
}

function ofPrincipal(policy: Policy, asker: Asker, action: Action, object: JudgedObject): Judgement {
  const role = policy.members.get(asker.principal);
  if (role === undefined) return no('not_a_member');
  const mine = policy.grants
    .filter(grant => grant.properties === null && isMine(policy, grant, asker) && names(policy, grant, action))
    .sort((a, b) => a.id.localeCompare(b.id));
  const byRole = roleAllows(policy, role, action);
  const conditions = (grant: Grant) => conditionsOf(grant, asker.context, object);

  if (object.state === 'unknown' || object.state === 'stale') {
    const sure = (grant: Grant) => isEverywhere(grant) && grant.when?.property === undefined;
    const mayMatch = mine.filter(grant => conditions(grant) !== 'no');
    const denying = mayMatch.filter(grant => grant.effect === 'deny' && sure(grant));
    if (denying.length > 0) return { effect: 'deny', because: 'denied_by_grant', grants: denying.map(({ id }) => id) };
    const couldDeny = mayMatch.some(
      grant => (grant.effect === 'deny' && !sure(grant)) || (grant.effect === 'limit' && !isEverywhere(grant)),
    );
    if (couldDeny) return no(trouble(object) ?? 'unknown_object');
    const allowing = mayMatch.filter(grant => grant.effect === 'allow' && sure(grant) && conditions(grant) === 'yes');
    if (byRole) return { effect: 'allow', because: 'role', grants: allowing.map(({ id }) => id) };
    if (allowing.length > 0) return { effect: 'allow', because: 'grant', grants: allowing.map(({ id }) => id) };
    const couldAllow = mayMatch.some(grant => grant.effect === 'allow' && !sure(grant));
    return no(couldAllow ? (trouble(object) ?? 'unknown_object') : 'role_lacks_action');
  }

  const list = object.state === 'workspace' && object.filtered;
  const denying = mine.filter(grant => {
    if (grant.effect === 'allow' || conditions(grant) === 'no') return false;
    if (list) return grant.effect === 'deny' && isEverywhere(grant) && grant.when?.property === undefined;
    return grant.effect === 'deny' ? isOn(grant, object) : !isOn(grant, object);
  });
  if (denying.length > 0) {
    const because = denying.some(({ effect }) => effect === 'deny') ? 'denied_by_grant' : 'outside_limit';
    return { effect: 'deny', because, grants: denying.map(({ id }) => id) };
  }
  const allowing = mine.filter(grant => {
    if (grant.effect !== 'allow') return false;
    return list ? conditions(grant) !== 'no' : isOn(grant, object) && conditions(grant) === 'yes';
  });
  if (!byRole && allowing.length === 0) return no('role_lacks_action');
  return { effect: 'allow', because: byRole ? 'role' : 'grant', grants: allowing.map(({ id }) => id) };
}

function no(because: Judgement['because']): Judgement {
  return { effect: 'deny', because, grants: [] };
}

function trouble(object: JudgedObject): 'unknown_object' | 'stale_object' | null {
  if (object.state === 'unknown') return 'unknown_object';
  return object.state === 'stale' ? 'stale_object' : null;
}

function roleAllows(policy: Policy, role: string, action: Action): boolean {
  if (role === 'admin') return true;
  if (Object.hasOwn(builtIn, role)) return builtIn[role]?.includes(action) ?? false;
  return policy.roles.get(role)?.has(action) ?? false;
}

function names(policy: Policy, { actions }: Grant, action: Action): boolean {
  return 'role' in actions ? roleAllows(policy, actions.role, action) : actions.includes(action);
}

function isMine(policy: Policy, { subject }: Grant, { principal }: Asker): boolean {
  if (subject.kind === 'everyone') return true;
  if (subject.kind === 'principal') return subject.id === principal;
  for (const group of policy.groups.values()) {
    if (group.id !== subject.id) continue;
    if (group.principals.includes(principal)) return true;
    for (const inner of policy.groups.values()) {
      if (group.groups.includes(inner.id) && inner.principals.includes(principal)) return true;
    }
  }
  return false;
}

function isEverywhere({ scopes }: Grant): boolean {
  return scopes.some(({ kind }) => kind === 'workspace');
}

function isOn(grant: Grant, object: JudgedObject): boolean {
  return grant.scopes.some(scope => isIn(scope, object));
}

function isIn(scope: GrantScope, object: JudgedObject): boolean {
  if (scope.kind === 'workspace') return true;
  if (object.state !== 'known') return false;
  const ids = object.path.map(({ id }) => id);
  return scope.kind === 'page_only' ? ids.indexOf(scope.id) === 0 : ids.includes(scope.id);
}

type Result = 'yes' | 'no' | 'missing';

function conditionsOf({ when }: Grant, context: CallContext, object: JudgedObject): Result {
  if (when === null) return 'yes';
  const results: Result[] = [];
  const say = (holds: boolean) => results.push(holds ? 'yes' : 'no');
  if (when.notBefore) say(context.at >= when.notBefore);
  if (when.until) say(context.at < when.until);
  if (when.doors) say(when.doors.includes(context.door));
  if (when.addresses) results.push(address(context.address, when.addresses));
  if (when.signIn) {
    const { strength, maxAgeSeconds } = when.signIn;
    const { signIn } = context;
    if (signIn === null) results.push('missing');
    else {
      if (strength) say(signInStrengths.indexOf(signIn.strength) >= signInStrengths.indexOf(strength));
      if (maxAgeSeconds !== undefined) {
        if (signIn.at === null) results.push('missing');
        else say(Number(context.at) - Number(signIn.at) <= maxAgeSeconds * 1000);
      }
    }
  }
  for (const [name, test] of Object.entries(when.property ?? {})) results.push(property(name, test, object));
  if (results.includes('no')) return 'no';
  return results.includes('missing') ? 'missing' : 'yes';
}

/** Addresses as numbers; an IPv4 address in IPv6 clothes is an IPv4 address. */
function address(given: string, networks: readonly string[]): Result {
  const client = numberOf(given);
  if (client === null) return 'missing';
  let unreadable = false;
  for (const network of networks) {
    const [base = '', bits = String(isIP(base) === 4 ? 32 : 128)] = network.split('/');
    const wanted = numberOf(base);
    const width = Number(bits);
    if (wanted === null || width > (wanted.v6 ? 128 : 32)) {
      unreadable = true;
      continue;
    }
    const shift = BigInt((wanted.v6 ? 128 : 32) - width);
    if (wanted.v6 === client.v6 && wanted.value >> shift === client.value >> shift) return 'yes';
  }
  return unreadable ? 'missing' : 'no';
}

function numberOf(text: string): { v6: boolean; value: bigint } | null {
  if (text.includes('%') || isIP(text) === 0) return null;
  if (isIP(text) === 4)
    return { v6: false, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted?.[1] === '::ffff:') return numberOf(dotted[2] ?? '');
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const value = [...left, ...middle, ...right].reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
  return { v6: true, value };
}

function property(name: string, test: PropertyTest, object: JudgedObject): Result {
  if (object.state !== 'known') return 'missing';
  const pages = object.path.filter(({ kind }) => kind === 'page');
  const read = pages.map(({ id }) => object.properties?.get(id));
  const index = read.findIndex(known => known === undefined || name in known);
  const value = read[index]?.[name];
  if (value === undefined) return 'missing';
  const isText = typeof value === 'string';
  if ('contains' in test) {
    if (isText) return value.includes(test.contains) ? 'yes' : 'no';
    if (typeof value !== 'object') return 'missing';
    if (value.some(item => typeof item !== 'string')) return 'missing';
    return value.includes(test.contains) ? 'yes' : 'no';
  }
  if (typeof value === 'object') return 'missing';
  const wanted = 'in' in test ? test.in : 'is' in test ? [test.is] : 'isNot' in test ? [test.isNot] : [test.atLeast];
  if (!wanted.some(item => typeof item === typeof value)) return 'missing';
  if ('atLeast' in test) return value >= test.atLeast ? 'yes' : 'no';
  return wanted.includes(value) !== 'isNot' in test ? 'yes' : 'no';
}
