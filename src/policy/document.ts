import { z } from 'zod';
import type { GrantScope } from '../domain/grant.ts';
import type { PolicyDocument, PolicyTest, ProposedGrant } from '../domain/policy-proposal.ts';
import { documentSchema, scopePrefixes } from './document-schema.ts';
import { toConditions } from './fields.ts';
import { createNames, type SubjectNames } from './names.ts';
import type { StoredPolicy } from './policy-store.ts';

export type DocumentRead = { readonly document: PolicyDocument } | { readonly problems: readonly string[] };

/** The most problems that are reported at once. */
const problemsMax = 100;

/** Understands a document, or says everything that is wrong with its shape. Names are looked up later. */
export function readDocument(value: unknown): DocumentRead {
  const { data, error } = documentSchema.safeParse(value);
  if (error !== undefined) return { problems: error.issues.slice(0, problemsMax).map(sayIssue) };
  const { members = null, grants, ...others } = data;
  const proposed = grants.map(
    ({ on, to, actions, role, when, ...grant }): ProposedGrant => ({
      effect: grant.effect,
      to,
      actions: role === undefined ? (actions ?? []) : { role },
      scopes: on,
      when: toConditions(when),
      properties: grant.properties ?? null,
      reason: grant.reason,
    }),
  );
  return { document: { ...others, members, grants: proposed } };
}

/** `grants.0.actions.1: …`. Values are not repeated. */
function sayIssue({ path, message }: z.core.$ZodIssue): string {
  return `${path.length === 0 ? 'The document' : path.join('.')}: ${message}`;
}

/** A policy as a document: plain data, in an order that stays, so that versions of it compare well. */
export function writeDocument(stored: StoredPolicy) {
  const { policy, members, checks } = stored;
  const names = createNames(members, policy.groups);
  const groups = [...policy.groups.values()].sort((a, b) => compare(a.name, b.name));
  return {
    version: 1 as const,
    roles: sorted([...policy.roles].map(([name, actions]) => [name, [...actions]])),
    groups: Object.fromEntries(
      groups.map(({ name, principals, groups: inner }) => [
        name,
        [...principals.map(names.nameOf).sort(), ...inner.map(id => names.subjectName({ kind: 'group', id })).sort()],
      ]),
    ),
    members: sorted([...policy.members].map(([id, role]) => [names.nameOf(id), role])),
    // In the order in which they were made.
    grants: [...policy.grants].sort((a, b) => compare(a.id, b.id)).map(grant => writeGrant(grant, names)),
    invariants: checks.invariants.map(({ never }) => ({ never: { ...never, on: writeScope(never.on) } })),
    tests: checks.tests.map((test: PolicyTest) => ({ ...test, on: writeScope(test.on) })),
  };
}

/** A grant as a document has it. */
export function writeGrant(grant: StoredPolicy['policy']['grants'][number], names: SubjectNames) {
  const { effect, subject, actions, scopes, when, properties, reason } = grant;
  const [only, ...more] = scopes.map(writeScope);
  return {
    effect,
    to: names.subjectName(subject),
    ...('role' in actions ? { role: actions.role } : { actions: [...actions] }),
    on: only !== undefined && more.length === 0 ? only : scopes.map(writeScope),
    ...(when !== null && { when: writeConditions(when) }),
    ...(properties !== null && { properties: [...properties] }),
    reason,
  };
}

function writeConditions({ notBefore, until, ...others }: NonNullable<ProposedGrant['when']>) {
  return {
    ...(notBefore !== undefined && { notBefore: notBefore.toISOString() }),
    ...(until !== undefined && { until: until.toISOString() }),
    ...others,
  };
}

/** A scope as a document has it: `page:ID`. */
export function writeScope(scope: GrantScope): string {
  return scope.kind === 'workspace' ? 'workspace' : `${scopePrefixes[scope.kind]}:${scope.id}`;
}

function sorted<V>(entries: readonly (readonly [string, V])[]): Record<string, V> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The document's JSON Schema (2020-12): what editors complete and check by. */
export function documentJsonSchema(): object {
  return z.toJSONSchema(documentSchema, { io: 'input', unrepresentable: 'any' });
}
