import type { Answer, Demand, Operation, Problem } from '../../domain/operation.ts';
import { Download, downloadAnswer } from './download.ts';
import { Tagged } from './if-match.ts';
import { jsonAnswer } from './json-answer.ts';
import type { Input } from './read-input.ts';
import type { ApiRoute, RouteDemand } from './route.ts';

const plainResponse: Operation['response'] = {
  opaque: false,
  readAction: null,
  rewriteUrls: false,
  notFound: null,
  binds: null,
};

/** The operation that a row makes of a request; with a problem it is decided and logged, and never carried out. */
export function commandOperation(row: ApiRoute, input: Input | null, problem: Problem | null): Operation {
  return {
    name: row.name,
    effect: row.method === 'GET' ? 'read' : 'write',
    // A request that cannot be read is denied for that reason; its further demands are unknown.
    demands: [row.demand, ...(input === null ? [] : (row.also?.of(input) ?? []))].map(demandOf),
    problem,
    target:
      input === null
        ? null
        : { kind: 'local', run: async context => answerOf(await row.run(input, context), row.status) },
    response: plainResponse,
  };
}

function answerOf(value: unknown, status?: number): Answer {
  if (value instanceof Download) return downloadAnswer(value);
  if (!(value instanceof Tagged)) return jsonAnswer(value, status);
  const answer = jsonAnswer(value.value, status);
  return { ...answer, headers: { ...answer.headers, etag: `"${value.tag}"` } };
}

/** An operation that cannot be carried out for any caller. */
export function impossibleOperation(name: string, method: string, problem: Problem): Operation {
  const effect = method === 'GET' ? 'read' : 'write';
  return { name, effect, demands: [], problem, target: null, response: plainResponse };
}

function demandOf(demand: RouteDemand): Demand {
  switch (demand.on) {
    case 'workspace':
    case 'deployment': {
      const { on, ...rest } = demand;
      return { ...rest, object: { kind: on } };
    }
    case 'membership': {
      const { on, key, ...rest } = demand;
      return { ...rest, action: key, object: { kind: on }, withinKey: true };
    }
    case 'key':
      return { action: demand.action, object: { kind: 'key', id: demand.id } };
    case 'agent':
      return { action: demand.action, object: { kind: 'agent', id: demand.id } };
    case 'principal':
      return { action: demand.action, object: { kind: 'principal', id: demand.id } };
    case 'self': {
      const { on, ...rest } = demand;
      // Being oneself is all it takes: the action is not looked at.
      return { ...rest, action: 'read', object: { kind: on } };
    }
  }
}
