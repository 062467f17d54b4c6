import { isAction } from '../domain/action.ts';
import { whereAmong } from '../domain/gift-places.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { Policy } from '../domain/policy.ts';
import type { LesserRight } from '../domain/policy-advice.ts';
import type { PolicyDocument } from '../domain/policy-proposal.ts';
import { principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { PolicyAnalysis } from './analysis.ts';
import { applyProposal } from './apply-proposal.ts';
import { type Lint, lintPolicy } from './lint.ts';
import type { PagePlaces } from './page-places.ts';
import type { PlacedCall, RecordedCall } from './past-calls.ts';
import { invalid } from './policies.ts';
import type { PolicyStore, StoredPolicy } from './policy-store.ts';
import type { ReadPast } from './read-past.ts';

/** Calls of the log that one proposal rests on at most. */
const lookedAtMax = 50_000;

/** Finds what could be left out of a policy. Changes nothing. */
export interface Advice {
  /** @param document instead of the policy as it is. Throws `policy_invalid` */
  lint(context: CommandContext, workspaceId: WorkspaceId, document: PolicyDocument | null): Promise<LintReport>;
  /** Proposes smaller grants and roles, from what was used in some time. */
  leastPrivilege(workspaceId: WorkspaceId, time: { readonly since: Date; readonly until: Date }): Promise<LeastReport>;
}

export interface LintReport {
  readonly stored: StoredPolicy;
  readonly lints: readonly Lint[];
}

export interface LeastReport {
  readonly stored: StoredPolicy;
  readonly proposals: readonly LesserRight<PlacedCall>[];
  /** Calls that show use. */
  readonly calls: number;
  readonly skipped: number;
  readonly complete: boolean;
}

export function createAdvice(parts: {
  readonly store: Pick<PolicyStore, 'read'>;
  readonly compile: CompilePolicy;
  readonly analysis: Pick<PolicyAnalysis, 'idle' | 'lessen'>;
  readonly places: Pick<PagePlaces, 'find'>;
  readonly readPast: ReadPast;
  readonly now: Now;
}): Advice {
  const { store, compile, analysis, places, readPast, now } = parts;

  async function proposed(context: CommandContext, workspaceId: WorkspaceId, document: PolicyDocument | null) {
    const stored = await store.read(workspaceId);
    if (document === null) return stored;
    const about = { members: stored.members, author: principalIdOf(context.caller), at: now() };
    const applied = applyProposal(stored.policy, { kind: 'replace', document }, about);
    if ('problems' in applied) throw invalid(applied.problems);
    const { invariants, tests } = document;
    return { ...stored, policy: applied.policy, checks: { invariants, tests } };
  }

  return {
    async lint(context, workspaceId, document) {
      const stored = await proposed(context, workspaceId, document);
      const known = await places.find(context, workspaceId, namedIn(stored));
      const lints = lintPolicy(stored, {
        idle: await analysis.idle(workspaceId, stored.policy, now()),
        actionsOf: compile(stored.policy).ofRole,
        isKnown: id => whereAmong(known)(id) !== null,
      });
      return { stored, lints };
    },

    async leastPrivilege(workspaceId, { since, until }) {
      const stored = await store.read(workspaceId);
      const time = { since, until, of: 'everything' } as const;
      const past = await readPast(workspaceId, time, lookedAtMax, stored.policy.members, null);
      const allowed = past.unplaced.filter(({ effect }) => effect === 'allow');
      const found = await analysis.lessen(stored.policy, past.placed, allowed.map(unplacedCall));
      return {
        stored,
        proposals: found.filter(({ about }) => !('principal' in about && isLastAdmin(stored.policy, about.principal))),
        calls: past.placed.length + allowed.length,
        skipped: past.skipped - allowed.length,
        complete: past.complete,
      };
    },
  };
}

/**
 * Every page that the policy names. Pages that were never looked up are looked up now, so that they do not count as
 * missing.
 */
function namedIn({ policy, checks: { invariants, tests } }: StoredPolicy): NotionRef[] {
  const scopes = [
    ...policy.grants.flatMap(grant => grant.scopes),
    ...invariants.map(({ never }) => never.on),
    ...tests.map(({ on }) => on),
  ];
  const refs = scopes.flatMap((scope): NotionRef[] => {
    return scope.kind === 'workspace' ? [] : [{ kind: scope.kind === 'database' ? 'database' : 'page', id: scope.id }];
  });
  return [...new Map(refs.map(ref => [ref.id, ref])).values()];
}

function unplacedCall({ principal, grants, objects }: RecordedCall) {
  return { principal, grants, actions: objects.map(({ action }) => action).filter(isAction) };
}

/** A workspace keeps its last admin, even an inactive one. */
function isLastAdmin({ members }: Policy, id: string): boolean {
  const admins = [...members].filter(([member, role]) => role === 'admin' && member.startsWith('usr_'));
  return admins.length === 1 && admins[0]?.[0] === id;
}
