import { z } from 'zod';
import type { AuditReader } from '../../../audit/audit-reader.ts';
import { isAction } from '../../../domain/action.ts';
import { PortcullisError } from '../../../domain/errors.ts';
import type { KeyLimit } from '../../../domain/grant.ts';
import { type DecisionId, isId, type PrincipalId } from '../../../domain/ids.ts';
import type { CommandContext, NotionObjectKind } from '../../../domain/operation.ts';
import { action, subjectName } from '../../../policy/fields.ts';
import { UnknownName } from '../../../policy/names.ts';
import type { AskedObject, Questioned, Questions } from '../../../policy/questions.ts';
import { findDecision } from '../decision-in-log.ts';
import { changesView, type Extent, explainedGrantView, pathView } from '../explanation-view.ts';
import { idOf, notionId, notionObject } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { keyLimit } from '../policy-fields.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from '../route.ts';
import { explanation, reachAnswer, whoCanAnswer } from '../shapes/questions.ts';
import { reached, whoCan } from '../who-and-where.ts';

const path = '/api/workspaces/:workspace';
const everyMember = { on: 'membership', key: 'read' } as const;
const mayGrant = { on: 'workspace', action: 'grants' } as const;

const askedObject = z.union([
  z.strictObject({ kind: z.literal('workspace') }),
  z.strictObject({ kind: z.enum(['page', 'database', 'data_source', 'block', 'comment', 'view']), id: notionObject }),
]);

const question = z.union([
  z.strictObject({ decision: idOf('dec') }),
  z.strictObject({
    principal: subjectName.optional().describe('An id, an address or agent:NAME; yourself unless given.'),
    action,
    object: askedObject,
    limitTo: keyLimit.optional().describe('With a key that would have this limit, as `POST keys` takes it.'),
  }),
]);

/** Callers may ask about themselves and their agents without any right. Asking about others needs `grants`. */
export function demandsAbout(principal: string | undefined): RouteDemand[] {
  if (principal === undefined) return [];
  if (isId('usr', principal) || isId('agt', principal)) return [{ on: 'principal', id: principal, action: 'grants' }];
  return [mayGrant];
}

/** Questions about a policy: why something is decided so, and who may do something. */
export function questionRoutes(parts: { questions: Questions; log: Pick<AuditReader, 'read'> }): ApiRoute[] {
  const { questions, log } = parts;

  async function explainDecision(context: CommandContext, id: DecisionId) {
    const workspaceId = workspaceOf(context);
    const { entry, outcome } = await findDecision(log, context, workspaceId, id);
    const questioned = await questions.ask(context, workspaceId);
    const asked = entry.decision?.demand ?? entry.objects?.[0] ?? { kind: 'workspace', id: null, action: 'read' };
    const principal = entry.principal?.id as PrincipalId;
    const located = await questioned.locate(objectOf(asked));
    const wanted = isAction(asked.action) ? asked.action : 'read';
    const today = questioned.explain(principal, wanted, located);
    const now = today.judgement.effect;
    const extent = extentOf(context);
    const ids = new Set(entry.decision?.grants ?? []);
    // A caller who may not read the object gets the answer for an object that does not exist.
    const hidden = located.state === 'unknown' && extent === 'own';
    const grants = hidden ? [] : questioned.stored.policy.grants.filter(grant => ids.has(grant.id));
    const effect = entry.kind === 'denial' ? ('deny' as const) : ('allow' as const);
    const byNotion = effect === 'allow' && (outcome?.status ?? 0) >= 400;
    const shown = await pathView(questioned, located);
    return {
      decision: id,
      principal: { id: principal, name: questioned.names.nameOf(principal) },
      action: asked.action,
      object: { kind: asked.kind, id: asked.id },
      effect,
      because: hidden && effect === 'deny' ? 'unknown_object' : (entry.decision?.because ?? 'unknown'),
      refusedBy: effect === 'deny' ? ('portcullis' as const) : byNotion ? ('notion' as const) : null,
      revision: entry.decision?.policyRevision ?? null,
      path: shown,
      grants: grants.map(grant => {
        const via = today.grants.find(one => one.grant.id === grant.id)?.via ?? null;
        return explainedGrantView({ grant, via }, questioned, extent, idsIn(shown));
      }),
      changes: now === effect ? changesView(today.changes, principal, questioned, extent, ids) : [],
      now,
    };
  }

  async function explainCall(context: CommandContext, asked: Exclude<z.infer<typeof question>, { decision: unknown }>) {
    const questioned = await questions.ask(context, workspaceOf(context));
    const principal = principalNamed(asked.principal, context, questioned);
    const located = await questioned.locate(asked.object);
    const limit = asked.limitTo === undefined ? undefined : limitNamed(asked.limitTo, questioned);
    const found = questioned.explain(principal, asked.action, located, limit);
    const { effect, because, grants: ids } = found.judgement;
    const extent = extentOf(context);
    const shown = await pathView(questioned, located);
    return {
      decision: null,
      principal: { id: principal, name: questioned.names.nameOf(principal) },
      action: asked.action,
      object: { kind: asked.object.kind, id: 'id' in asked.object ? asked.object.id : null },
      effect,
      because,
      refusedBy: effect === 'deny' ? ('portcullis' as const) : null,
      revision: questioned.policy.revision,
      path: shown,
      grants: found.grants.map(grant => explainedGrantView(grant, questioned, extent, idsIn(shown))),
      changes: changesView(found.changes, principal, questioned, extent, new Set(ids)),
      now: effect,
    };
  }

  return [
    apiRoute({
      method: 'POST',
      path: `${path}/explain`,
      name: 'policy.explain',
      answer: explanation,
      summary: 'Why a call was or would be decided so, and what would turn that round',
      demand: everyMember,
      also: {
        says: 'About yourself and your agents; about others it takes `grants`.',
        of: ({ body }) => ('decision' in body ? [] : demandsAbout(body.principal)),
      },
      body: question,
      run: ({ body }, context) =>
        'decision' in body ? explainDecision(context, body.decision) : explainCall(context, body),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/decisions/:decision',
      name: 'decisions.get',
      answer: explanation,
      summary: 'Why a call was decided so: your own, those of your agents, or any if you read the log',
      demand: everyMember,
      params: z.strictObject({ decision: idOf('dec') }),
      run: ({ params }, context) => explainDecision(context, params.decision),
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/who-can`,
      name: 'policy.who_can',
      answer: whoCanAnswer,
      summary: 'Every principal who may do something with an object',
      demand: mayGrant,
      body: z.strictObject({ action, object: askedObject }),
      run: async ({ body }, context) => whoCan(await questions.ask(context, workspaceOf(context)), body),
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/reach`,
      name: 'policy.reach',
      answer: reachAnswer,
      summary: 'The pages and databases with which a principal may do something',
      demand: everyMember,
      also: {
        says: 'About yourself and your agents; about others it takes `grants`.',
        of: ({ body }) => demandsAbout(body.principal),
      },
      body: z.strictObject({
        principal: subjectName.optional().describe('An id, an address or agent:NAME; yourself unless given.'),
        action,
        under: notionObject.optional().describe('Only in this page or database, and below.'),
        cursor: notionId.optional(),
        limit: z.int().min(1).max(500).default(100),
      }),
      run: async ({ body: { principal: named, action: wanted, under, cursor, limit } }, context) => {
        const questioned = await questions.ask(context, workspaceOf(context));
        const principal = principalNamed(named, context, questioned);
        const within = { ...(under !== undefined && { under }), ...(cursor !== undefined && { cursor }) };
        return reached(questioned, { principal, action: wanted, limit, ...within }, extentOf(context));
      },
    }),
  ];
}

export function extentOf({ may }: CommandContext): Extent {
  return may('grants') || may('audit') ? 'all' : 'own';
}

/** A principal by id or name; the caller if none is named. Throws `not_found`. */
export function principalNamed(
  name: string | undefined,
  { caller }: CommandContext,
  { names }: Questioned,
): PrincipalId {
  if (name === undefined && 'id' in caller.principal) return caller.principal.id;
  try {
    return names.principal(name ?? '');
  } catch (error) {
    if (error instanceof UnknownName) throw new PortcullisError('not_found', error.message);
    throw error;
  }
}

/** The limit of a key that is not made yet. The actions of a role are those that it has today. */
function limitNamed({ actions, role, under }: z.infer<typeof keyLimit>, { policy }: Questioned): KeyLimit {
  const held = role === undefined ? actions && new Set(actions) : policy.ofRole(role);
  return { actions: held ?? null, under: under ?? null };
}

const located: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'comment', 'view']);

/** An object without a place is judged like the workspace. */
function objectOf({ kind, id }: { kind: string; id: string | null }): AskedObject {
  return id === null || !located.has(kind) ? { kind: 'workspace' } : { kind: kind as NotionObjectKind, id };
}

function idsIn(shown: readonly { id: string | null }[]): ReadonlySet<string> {
  return new Set(shown.flatMap(({ id }) => (id === null ? [] : [id])));
}
