import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import { databaseOf, findDatabase, findDataSource } from '../../rest/lookup.ts';
import { textOf } from '../../world/rich-text.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { databaseText } from '../text/database-text.ts';
import { readCreateTable, readStatements, type Statement } from '../text/ddl.ts';
import { CHANGE, CREATE, pageParent, type Tool, tool } from './tool.ts';

export const databaseTools: readonly Tool[] = [
  tool('notion-create-database', {
    title: 'Create database',
    description: 'Create a database from a CREATE TABLE statement. Without a parent it is private to the person.',
    annotations: CREATE,
    input: z.object({
      parent: pageParent.optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      schema: z.string().describe('CREATE TABLE ("Name" TITLE, "Status" SELECT(\'To do\':red, \'Done\':green))'),
      database_type: z.enum(['default', 'tasks', 'projects']).optional(),
    }),
    async run(call, args) {
      const body = {
        parent:
          args.parent === undefined
            ? { type: 'workspace', workspace: true }
            : { type: 'page_id', page_id: idOf(args.parent.page_id) },
        ...titles(args),
        initial_data_source: { properties: readCreateTable(args.schema) },
      };
      const made = await rest(call, 'POST', '/v1/databases', { body });
      return { result: `Created database: ${databaseText(call, findDatabase(call, String(made.id)))}` };
    },
  }),
  tool('notion-update-data-source', {
    title: 'Update data source',
    description: 'Change the name, the description or the schema of a data source, or move it to the trash.',
    annotations: CHANGE,
    input: z.object({
      data_source_id: z.string(),
      name: z.string().optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      statements: z.string().optional().describe('ADD COLUMN "Due" DATE; DROP COLUMN "Old"; RENAME COLUMN "A" TO "B"'),
      is_inline: z.boolean().optional(),
      in_trash: z.boolean().optional(),
    }),
    async run(call, args) {
      const source = findDataSource(call, idOf(args.data_source_id));
      const database = databaseOf(call, source);
      const body = {
        ...titles({ title: args.name ?? args.title, description: args.description }),
        properties: args.statements === undefined ? undefined : schemaChange(readStatements(args.statements)),
        in_trash: args.in_trash,
      };
      await rest(call, 'PATCH', `/v1/data_sources/${source.id}`, { body });
      if (args.is_inline !== undefined) {
        await rest(call, 'PATCH', `/v1/databases/${database.id}`, { body: { is_inline: args.is_inline } });
      }
      return { result: `Updated data source: ${databaseText(call, database)}` };
    },
  }),
];

function titles({ title, description }: { title?: string | undefined; description?: string | undefined }): object {
  return {
    ...(title === undefined ? {} : { title: textOf(title) }),
    ...(description === undefined ? {} : { description: textOf(description) }),
  };
}

/** The statements as one update of the REST API, so that all of them happen or none. */
function schemaChange(statements: readonly Statement[]): Record<string, object | null> {
  const properties: Record<string, object | null> = {};
  for (const statement of statements) {
    if (Object.hasOwn(properties, statement.name)) throw invalid(`"${statement.name}" is changed twice.`);
    if (statement.kind === 'drop') properties[statement.name] = null;
    else if (statement.kind === 'rename') properties[statement.name] = { name: statement.to };
    else properties[statement.name] = statement.config;
  }
  return properties;
}
