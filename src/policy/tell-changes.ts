import type { Policy } from '../domain/policy.ts';
import { writeDocument } from './document.ts';
import type { PolicyChecks, StoredPolicy } from './policy-store.ts';

/** One line of a plan: the part that is added, removed or changed, in the words of a document. */
export interface ToldChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly of: 'role' | 'group' | 'member' | 'grant' | 'invariant' | 'test';
  readonly was: string | null;
  readonly becomes: string | null;
}

/** What a change does to the document, one line for each thing. */
export function tellChanges(stored: StoredPolicy, after: Policy, checks: PolicyChecks): ToldChange[] {
  const [was, becomes] = [writeDocument(stored), writeDocument({ ...stored, policy: after, checks })];
  return [
    ...byName('role', was.roles, becomes.roles),
    ...byName('group', was.groups, becomes.groups),
    ...byName('member', was.members, becomes.members),
    ...listed('grant', was.grants.map(sayGrant), becomes.grants.map(sayGrant)),
    ...listed('invariant', was.invariants.map(sayInvariant), becomes.invariants.map(sayInvariant)),
    ...listed('test', was.tests.map(sayTest), becomes.tests.map(sayTest)),
  ];
}

type Said = ReturnType<typeof writeDocument>;

/** `deny group:contractors read on page:… (board papers)` */
export function sayGrant({ effect, to, on, when, properties, reason, ...what }: Said['grants'][number]): string {
  const actions = 'role' in what ? `what ${what.role} may` : what.actions.join(', ');
  const details = [
    ...(properties === undefined ? [] : [`properties ${properties.join(', ')}`]),
    ...(when === undefined ? [] : [`when ${JSON.stringify(when)}`]),
  ];
  const where = Array.isArray(on) ? on.join(', ') : on;
  return `${effect} ${to} ${actions} on ${where}${details.map(detail => `, ${detail}`).join('')} (${reason})`;
}

function sayInvariant({ never: { who, may, on } }: Said['invariants'][number]): string {
  return `never ${who} ${may} on ${on}`;
}

function sayTest({ who, may, on, expect }: Said['tests'][number]): string {
  return `${who} ${may} on ${on}: ${expect}`;
}

function byName<V>(of: ToldChange['of'], was: Readonly<Record<string, V>>, becomes: Readonly<Record<string, V>>) {
  const say = (name: string, value: V | undefined) =>
    value === undefined ? null : `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`;
  return [...new Set([...Object.keys(was), ...Object.keys(becomes)])].flatMap((name): ToldChange[] => {
    const [former, later] = [say(name, own(was, name)), say(name, own(becomes, name))];
    if (former === later) return [];
    const change = former === null ? 'added' : later === null ? 'removed' : 'changed';
    return [{ change, of, was: former, becomes: later }];
  });
}

function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function listed(of: ToldChange['of'], was: readonly string[], becomes: readonly string[]): ToldChange[] {
  const [former, later] = [new Set(was), new Set(becomes)];
  return [
    ...was.filter(line => !later.has(line)).map(line => ({ change: 'removed' as const, of, was: line, becomes: null })),
    ...becomes
      .filter(line => !former.has(line))
      .map(line => ({ change: 'added' as const, of, was: null, becomes: line })),
  ];
}
