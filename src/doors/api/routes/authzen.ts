/**
 * The Authorization API 1.0 of the OpenID Foundation's AuthZEN group, over the same evaluator. It says whether a
 * subject may do an action with a resource. Subjects are members, resources are objects of Notion or the workspace, and
 * actions are ours.
 */
import { z } from 'zod';
import { type Action, actions, isAction } from '../../../domain/action.ts';
import { PortcullisError } from '../../../domain/errors.ts';
import type { PrincipalId } from '../../../domain/ids.ts';
import type { CommandContext } from '../../../domain/operation.ts';
import { canonicalId } from '../../../notion/ids.ts';
import type { AskedObject, Questioned, Questions } from '../../../policy/questions.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { answeredPage, type SearchPlace, searchPage, searchPlace } from '../search-page.ts';
import { list } from '../shapes/values.ts';
import { demandsAbout, principalNamed } from './questions.ts';

const text = z.string().min(1).max(320);
const properties = z.record(z.string(), z.unknown()).optional();
const subject = z.object({ type: text, id: text, properties });
const action = z.object({ name: text, properties });
const resource = z.object({ type: text, id: text, properties });
const context = z.record(z.string(), z.unknown()).optional();

const evaluation = z.object({ subject, action, resource, context });
const partial = z.object({
  subject: subject.optional(),
  action: action.optional(),
  resource: resource.optional(),
  context,
});
const evaluations = partial.extend({
  evaluations: z.array(partial).max(1_000).optional(),
  options: z
    .object({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .default('execute_all'),
    })
    .loose()
    .optional(),
});

const decision = z
  .object({ decision: z.boolean(), context: z.object({ reason: z.string() }).optional() })
  .meta({ id: 'AuthZenDecision' });

const entities = z.object({
  results: list(z.object({ type: z.string(), id: z.string() })),
  page: answeredPage,
});

const everyMember = { on: 'membership', key: 'read' } as const;
const says = 'About yourself and your agents; about others it takes `grants`.';
const kinds = ['page', 'database', 'data_source', 'block', 'comment', 'view'] as const;

type Evaluation = z.infer<typeof partial>;

export function authZenRoutes({ questions }: { questions: Questions }): ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/access/v1/evaluation',
      name: 'authzen.evaluation',
      answer: decision,
      summary: 'AuthZEN: whether a subject may do an action with a resource',
      demand: everyMember,
      also: { says, of: ({ body }) => demandsAbout(body.subject.id) },
      body: evaluation,
      run: async ({ body }, given) => {
        const questioned = await questions.ask(given, workspaceOf(given));
        return (await decide([body], given, questioned))[0] ?? denied('unknown');
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/access/v1/evaluations',
      name: 'authzen.evaluations',
      answer: z.union([z.object({ evaluations: list(decision) }), decision]),
      summary: 'AuthZEN: several at once; what one of them leaves out is that of the whole',
      demand: everyMember,
      also: { says, of: ({ body }) => subjectsIn(body).flatMap(demandsAbout) },
      body: evaluations,
      run: async ({ body }, given) => {
        const questioned = await questions.ask(given, workspaceOf(given));
        const { evaluations: asked = [], options, ...whole } = body;
        if (asked.length === 0) return (await decide([whole], given, questioned))[0] ?? denied('unknown');
        const all = await decide(
          asked.map(one => ({ ...whole, ...one })),
          given,
          questioned,
        );
        return { evaluations: until(all, options?.evaluations_semantic ?? 'execute_all') };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/access/v1/search/subject',
      name: 'authzen.search_subject',
      answer: entities,
      summary: 'AuthZEN: which subjects may do an action with a resource',
      demand: { on: 'workspace', action: 'grants' },
      body: z.object({
        subject: z.object({ type: text, id: text.optional(), properties }).optional(),
        ...{ action, resource, context, page: searchPage },
      }),
      run: async ({ body: { page, ...search } }, given) => {
        const questioned = await questions.ask(given, workspaceOf(given));
        const place = searchPlace(page, search);
        const asked = askedObject(search.resource);
        const object = await questioned.locate(asked ?? { kind: 'workspace' });
        const wanted = search.action.name;
        if (!isAction(wanted) || asked === null || object.state === 'unknown') return nothing(place);
        const found = questioned.stored.members
          .filter(({ kind }) => search.subject === undefined || search.subject.type === kind)
          .filter(({ id }) => place.after === null || id > place.after)
          .sort((one, other) => (one.id < other.id ? -1 : 1))
          .filter(({ id }) => questioned.judge(id, wanted, object).effect === 'allow');
        const shown = found.slice(0, place.limit);
        return {
          results: shown.map(({ id, kind }) => ({ type: kind, id })),
          page: place.answered(shown.length, found.length > shown.length ? (shown.at(-1)?.id ?? null) : null),
        };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/access/v1/search/resource',
      name: 'authzen.search_resource',
      answer: entities,
      summary: 'AuthZEN: with which pages, databases or data sources a subject may do an action',
      demand: everyMember,
      also: { says, of: ({ body }) => demandsAbout(body.subject.id) },
      body: z.object({
        ...{ subject, action, context, page: searchPage },
        resource: z.object({ type: text, id: text.optional(), properties }),
      }),
      run: async ({ body: { page, ...search } }, given) => {
        const questioned = await questions.ask(given, workspaceOf(given));
        const principal = principalNamed(search.subject.id, given, questioned);
        const place = searchPlace(page, search);
        const wanted = search.action.name;
        if (!isAction(wanted)) return nothing(place);
        if (search.resource.type === 'workspace') {
          const { effect } = questioned.judgeFor(principal, wanted, { state: 'workspace', filtered: false });
          const results = effect === 'allow' ? [{ type: 'workspace', id: workspaceOf(given) }] : [];
          return { results, page: place.answered(results.length, null) };
        }
        return reachable(questioned, principal, wanted, search.resource.type, place);
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/access/v1/search/action',
      name: 'authzen.search_action',
      answer: z.object({ results: list(z.object({ name: z.string() })), page: answeredPage }),
      summary: 'AuthZEN: which actions a subject may do with a resource',
      demand: everyMember,
      also: { says, of: ({ body }) => demandsAbout(body.subject.id) },
      body: z.object({ subject, action: action.partial().optional(), resource, context, page: searchPage }),
      run: async ({ body: { page, ...search } }, given) => {
        const questioned = await questions.ask(given, workspaceOf(given));
        const place = searchPlace(page, search);
        const asked = askedObject(search.resource);
        if (asked === null) return nothing(place);
        const object = await questioned.locate(asked);
        const principal = principalNamed(search.subject.id, given, questioned);
        const left = actions.slice(place.after === null ? 0 : actions.indexOf(place.after as Action) + 1);
        const found = left.filter(name => questioned.judgeFor(principal, name, object).effect === 'allow');
        const shown = found.slice(0, place.limit);
        const last = found.length > shown.length ? (shown.at(-1) ?? null) : null;
        return { results: shown.map(name => ({ name })), page: place.answered(shown.length, last) };
      },
    }),
  ];
}

function nothing(place: SearchPlace) {
  return { results: [], page: place.answered(0, null) };
}

/** Lists of reached pages that one search looks through at most; what is left is behind its token. */
const listsMax = 20;
const listedAtOnce = 500;

/** What is reached in calls like this one. What only other calls reach, by conditions, is left out: `evaluation` says the same. */
async function reachable(
  questioned: Questioned,
  principal: PrincipalId,
  wanted: Action,
  type: string,
  place: SearchPlace,
) {
  const results: { type: string; id: string }[] = [];
  let cursor = place.after;
  for (let list = 0; list < listsMax; list++) {
    const question = { principal, action: wanted, limit: listedAtOnce, ...(cursor !== null && { cursor }) };
    const found = await questioned.reach(question);
    if (found === null) throw new PortcullisError('validation_error', 'page.token is out of date: search again.');
    for (const { kind, id, standing } of found.pages) {
      if (kind !== type || questioned.judgeFor(principal, wanted, standing).effect !== 'allow') continue;
      if (results.length === place.limit)
        return { results, page: place.answered(results.length, results.at(-1)?.id ?? null) };
      results.push({ type, id });
    }
    cursor = found.cursor;
    if (cursor === null) return { results, page: place.answered(results.length, null) };
  }
  return { results, page: place.answered(results.length, cursor) };
}

function subjectsIn({ subject: whole, evaluations: asked = [] }: z.infer<typeof evaluations>): string[] {
  return [...new Set([whole, ...asked.map(one => one.subject)].flatMap(one => (one === undefined ? [] : [one.id])))];
}

type Decided = z.infer<typeof decision>;

function denied(reason: string): Decided {
  return { decision: false, context: { reason } };
}

async function decide(asked: readonly Evaluation[], given: CommandContext, questioned: Questioned): Promise<Decided[]> {
  const objects = asked.map(({ resource: of }) => (of === undefined ? null : askedObject(of)));
  const located = await questioned.locateAll(objects.map(object => object ?? { kind: 'workspace' as const }));
  return asked.map(({ subject: who, action: what }, place): Decided => {
    const object = located[place];
    if (who === undefined || what === undefined || objects[place] === null || object === undefined)
      return denied('incomplete');
    if (!isAction(what.name)) return denied('unknown_action');
    const principal = principalNamed(who.id, given, questioned);
    const { effect, because } = questioned.judgeFor(principal, what.name, object);
    return { decision: effect === 'allow', context: { reason: because } };
  });
}

/** Null if it is no object that we know: no one may do anything with it. */
function askedObject({ type, id }: { type: string; id: string }): AskedObject | null {
  if (type === 'workspace') return { kind: 'workspace' };
  const kind = kinds.find(one => one === type);
  const canonical = canonicalId(id);
  return kind === undefined || canonical === null ? null : { kind, id: canonical };
}

/** Evaluations up to the one that the semantics stop at, which is the last. */
function until(all: readonly Decided[], semantic: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit') {
  if (semantic === 'execute_all') return [...all];
  const stop = all.findIndex(({ decision: allowed }) => allowed === (semantic === 'permit_on_first_permit'));
  return stop === -1 ? [...all] : all.slice(0, stop + 1);
}
