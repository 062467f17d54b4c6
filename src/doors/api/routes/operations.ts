import { z } from 'zod';
import { operationTakes } from '../../../notion/operation-takes.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { list } from '../shapes/values.ts';

const operationsAnswer = z.object({
  operations: list(
    z
      .object({
        name: z.string().describe('As the log says it.'),
        method: z.string(),
        path: z.string(),
        on: z.string().describe('What the actions are taken on: a kind of object, or the workspace.'),
        actions: list(z.string()).describe('What every call takes. Empty: every member may.'),
        sometimes: list(z.string()).describe('What it takes too, by what else stands in the request.'),
      })
      .meta({ id: 'OperationTakes' }),
  ),
});

/** What is known about Notion's endpoints, for people who ask which rights a call needs. */
export const operationRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: 'GET',
    path: '/api/operations',
    name: 'operations.list',
    answer: operationsAnswer,
    summary: "Every endpoint of Notion's API that passes, and the actions that a call takes",
    demand: { on: 'self' },
    run: () =>
      Promise.resolve({
        operations: operationTakes().map(({ actions, sometimes, ...row }) => ({
          ...row,
          actions: [...actions],
          sometimes: [...sometimes],
        })),
      }),
  }),
];
