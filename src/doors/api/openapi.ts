import { type ZodType, z } from 'zod';
import type { ContentRoute } from './content-route.ts';
import { joiningRoutes } from './joining.ts';
import type { ApiRoute } from './route.ts';
import { signInRoutes } from './sign-in.ts';

type JsonSchema = Record<string, unknown>;
type Row = Pick<ApiRoute | ContentRoute, 'path' | 'name' | 'summary' | 'params' | 'query' | 'body' | 'status'> &
  Partial<Pick<ApiRoute, 'demand' | 'also'>>;

/** The admin API in OpenAPI 3.1, derived from the same rows as the routes, so that it cannot say anything else. */
export function describeApi(publicUrl: string, routes: readonly ApiRoute[], contentRoutes: readonly ContentRoute[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of [...routes, ...contentRoutes]) {
    const path = row.path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: describeRow(row) };
  }
  for (const row of [...signInRoutes, ...joiningRoutes])
    paths[row.path] = { post: { ...describeRow(row), security: [] } };
  return {
    openapi: '3.1.0',
    info: { title: 'Portcullis admin API', version: '1' },
    servers: [{ url: publicUrl }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A Portcullis key: pcl_…, or the same as ntn_pcl_…' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-portcullis' },
      },
      schemas: { Error: errorSchema },
    },
  };
}

function describeRow(row: Row): JsonSchema {
  return {
    operationId: row.name,
    summary: row.summary,
    ...(row.demand === undefined
      ? {}
      : { description: [demandText(row.demand), ...(row.also === undefined ? [] : [row.also.says])].join(' ') }),
    parameters: [...pathParameters(row), ...queryParameters(row)],
    ...(row.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(row.body) } } } }),
    responses: {
      [row.status ?? 200]: { description: 'Done.' },
      default: {
        description: 'Refused or failed.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function demandText(demand: ApiRoute['demand']): string {
  switch (demand.on) {
    case 'workspace':
      return `Takes the action \`${demand.action}\` in the workspace.`;
    case 'deployment':
      return `Takes the deployment right \`${demand.action}\`.`;
    case 'membership':
      return `Open to every member of the workspace; a limited key needs the action \`${demand.key}\`.`;
    case 'key':
    case 'agent':
      return `Open to those who own it; others need the action \`${demand.action}\`.`;
    case 'self':
      if (demand.by === 'session') return 'Open to people who have signed in, about themselves.';
      return 'Open to every identified caller, about themselves.';
  }
}

function pathParameters({ path, params }: Row): JsonSchema[] {
  const described = params === undefined ? {} : propertiesOf(schemaOf(params));
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: described[name] ?? { type: 'string' },
  }));
}

function queryParameters({ query }: Row): JsonSchema[] {
  if (query === undefined) return [];
  const schema = schemaOf(query);
  const required = (schema.required as string[] | undefined) ?? [];
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

function propertiesOf(schema: JsonSchema): Record<string, unknown> {
  return (schema.properties as Record<string, unknown> | undefined) ?? {};
}

/** What callers send: before transformations. Rules that JSON Schema cannot express are left out, not refused. */
function schemaOf(schema: ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'requestId'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        requestId: { type: 'string' },
        hint: { type: 'string' },
        action: { type: 'string' },
        additionalData: { type: 'object' },
        retryAfterSeconds: { type: 'number' },
      },
    },
  },
};
