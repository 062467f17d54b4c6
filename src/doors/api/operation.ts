import type { Answer, Demand, Operation, Problem } from '../../domain/operation.ts';
import { Download, downloadAnswer } from './download.ts';
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
    demands: [row.demand, ...(row.also === undefined ? [] : [row.also])].map(demandOf),
    problem,
    target:
      input === null
        ? null
        : { kind: 'local', run: async context => answerOf(await row.run(input, context), row.status) },
    response: plainResponse,
  };
}

function answerOf(value: unknown, status?: number): Answer {
  return value instanceof Download ? downloadAnswer(value) : jsonAnswer(value, status);
}

/** An operation that cannot be carried out whoever asks. */
export function impossibleOperation(name: string, method: string, problem: Problem): Operation {
  const effect = method === 'GET' ? 'read' : 'write';
  return { name, effect, demands: [], problem, target: null, response: plainResponse };
}

function demandOf(demand: RouteDemand): Demand {
  switch (demand.on) {
    case 'workspace':
    case 'deployment':
      return { action: demand.action, object: { kind: demand.on } };
    case 'membership':
      return { action: demand.key, object: { kind: 'membership' }, withinKey: true };
    case 'self':
      // Being oneself is all it takes: the action is not looked at.
      return { action: 'read', object: { kind: 'self' } };
  }
}
