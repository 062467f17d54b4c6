import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Action } from '../../../domain/action.ts';
import { action, subjectName } from '../../../policy/fields.ts';
import type { Questioned, Questions } from '../../../policy/questions.ts';
import { type CsvValue, csvRow } from '../csv-row.ts';
import { Download } from '../download.ts';
import { notionObject } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { reached, whoCan } from '../who-and-where.ts';
import { demandsAbout, extentOf, principalNamed } from './questions.ts';

const path = '/api/workspaces/:workspace';

/** Pages that are in memory at once. */
const chunkSize = 500;

/** Tables for reviewers: who may do what. */
export function reviewRoutes({ questions }: { questions: Questions }): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: `${path}/reach/export`,
      name: 'policy.reach_export',
      answer: 'file',
      summary: 'The pages and databases with which a principal may do something, and why, as a table (CSV)',
      demand: { on: 'membership', key: 'read' },
      also: {
        says: 'About yourself and your agents; about others it takes `grants`.',
        of: ({ query }) => demandsAbout(query.principal),
      },
      query: z.strictObject({ principal: subjectName.optional(), action, under: notionObject.optional() }),
      run: async ({ query: { principal: named, action: wanted, under } }, context) => {
        const questioned = await questions.ask(context, workspaceOf(context));
        const principal = principalNamed(named, context, questioned);
        const who = questioned.names.nameOf(principal);
        const asked = { principal, action: wanted, limit: chunkSize, ...(under !== undefined && { under }) };
        // The first part is asked for here: a question that has no answer is refused, and is no empty file.
        const first = await reached(questioned, asked, extentOf(context));
        async function* lines() {
          yield csvRow(['who', 'action', 'page', 'in', 'kind', 'id', 'calls', 'because', 'grants', 'may']);
          for (let part = first; ; ) {
            const reasons = reasonsOf(part.grants);
            yield part.pages.map(page => csvRow([who, wanted, ...pageFields(page, reasons)])).join('');
            if (part.nextCursor === null) return;
            part = await reached(questioned, { ...asked, cursor: part.nextCursor }, extentOf(context));
          }
        }
        return table('portcullis-reach.csv', lines());
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/who-can/export`,
      name: 'policy.who_can_export',
      answer: 'file',
      summary: 'Every principal who may do something with a page, and why, as a table (CSV)',
      demand: { on: 'workspace', action: 'grants' },
      query: z.strictObject({ action, page: notionObject.optional().describe('Left out: the workspace.') }),
      run: async ({ query }, context) => {
        const questioned = await questions.ask(context, workspaceOf(context));
        return table('portcullis-who-can.csv', [await whoCanTable(questioned, query.action, query.page)]);
      },
    }),
  ];
}

async function whoCanTable(questioned: Questioned, wanted: Action, page: string | undefined): Promise<string> {
  const object = page === undefined ? ({ kind: 'workspace' } as const) : ({ kind: 'page', id: page } as const);
  const found = await whoCan(questioned, { action: wanted, object });
  const reasons = reasonsOf(found.grants);
  const place = page === undefined ? 'workspace' : titlesOf(found.path);
  return [
    csvRow(['who', 'kind', 'role', 'action', 'where', 'calls', 'because', 'grants']),
    ...found.principals.map(({ name, kind, role, calls, because, grants }) =>
      csvRow([name, kind, role, wanted, place, sayCalls(calls === 'always'), because, reasons(grants)]),
    ),
  ].join('');
}

type Reached = Awaited<ReturnType<typeof reached>>;

function pageFields(
  { title, path: above, kind, id, effect, because, grants, actions }: Reached['pages'][number],
  reasons: Reasons,
): CsvValue[] {
  const calls = sayCalls(effect === 'allow');
  return [title, titlesOf(above), kind, id, calls, because, reasons(grants), actions.join(' ')];
}

function sayCalls(every: boolean): string {
  return every ? 'all' : 'some, by conditions';
}

function titlesOf(path: readonly { readonly title: string | null; readonly kind: string }[]): string {
  return path.map(({ title, kind }) => title ?? kind).join(' < ');
}

type Reasons = (ids: readonly string[]) => string;

/** The grants of a row, in one field. */
function reasonsOf(grants: Reached['grants']): Reasons {
  const byId = new Map(grants.map(grant => [grant.id, `${grant.id}: ${grant.reason}`]));
  return ids => ids.map(id => byId.get(id as Reached['grants'][number]['id']) ?? id).join('; ');
}

function table(name: string, lines: AsyncIterable<string> | Iterable<string>): Download {
  return new Download(name, 'text/csv; charset=utf-8; header=present', Readable.from(lines, { objectMode: false }));
}
