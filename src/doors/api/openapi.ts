import { type ZodType, z } from 'zod';
import type { ContentRoute } from './content-route.ts';
import { joiningRoutes } from './joining.ts';
import type { ApiRoute } from './route.ts';
import { problem } from './shapes/values.ts';
import { signInRoutes } from './sign-in.ts';

type JsonSchema = Record<string, unknown>;
type Row = Pick<
  ApiRoute | ContentRoute,
  'path' | 'name' | 'summary' | 'params' | 'query' | 'body' | 'status' | 'answer'
> &
  Partial<Pick<ApiRoute, 'demand' | 'also' | 'headers' | 'yaml' | 'fileTypes'>>;

/** Shapes with a name, by name: each stands once in the description. */
type Named = Map<string, JsonSchema>;

/** The admin API in OpenAPI 3.1. It is derived from the rows of the routes, so the two cannot differ. */
export function describeApi(publicUrl: string, routes: readonly ApiRoute[], contentRoutes: readonly ContentRoute[]) {
  const named: Named = new Map();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of [...routes, ...contentRoutes]) {
    const path = row.path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: describeRow(row, named) };
  }
  for (const row of [...signInRoutes, ...joiningRoutes])
    paths[row.path] = { post: { ...describeRow(row, named), security: [] } };
  const problemSchema = schemaOf(problem, 'output', named);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portcullis admin API',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A Portcullis key: pcl_…, or the same as ntn_pcl_…' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-portcullis' },
      },
      schemas: Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: {
        Problem: {
          description: 'Refused or failed.',
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      },
    },
  };
}

function describeRow(row: Row, named: Named): JsonSchema {
  return {
    operationId: row.name,
    summary: row.summary,
    ...(row.demand === undefined
      ? {}
      : { description: [demandText(row.demand), ...(row.also === undefined ? [] : [row.also.says])].join(' ') }),
    parameters: [...pathParameters(row, named), ...queryParameters(row, named), ...headerParameters(row, named)],
    ...(row.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              ['application/json', ...(row.yaml === true ? ['application/yaml'] : [])].map(type => [
                type,
                { schema: schemaOf(row.body as ZodType, 'input', named) },
              ]),
            ),
          },
        }),
    responses: {
      ...answersOf(row, named),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function answersOf(
  { answer, status, fileTypes = ['application/x-ndjson', 'text/csv'] }: Row,
  named: Named,
): JsonSchema {
  if (answer === null) return { 204: { description: 'Done.' } };
  const content =
    answer === 'file'
      ? Object.fromEntries(fileTypes.map(type => [type, { schema: fileSchema(type) }]))
      : { 'application/json': { schema: schemaOf(answer, 'output', named) } };
  return { [status ?? 200]: { description: 'Done.', content } };
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
    case 'principal':
      return `Open to those who own it; others need the action \`${demand.action}\`.`;
    case 'self':
      if (demand.by === 'session') return 'Open to people who have signed in, about themselves.';
      return 'Open to every identified caller, about themselves.';
  }
}

function pathParameters({ path, params }: Row, named: Named): JsonSchema[] {
  const described = params === undefined ? {} : propertiesOf(schemaOf(params, 'input', named));
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: described[name] ?? { type: 'string' },
  }));
}

function queryParameters({ query }: Row, named: Named): JsonSchema[] {
  return query === undefined ? [] : parametersOf(query, 'query', named);
}

function headerParameters({ headers }: Row, named: Named): JsonSchema[] {
  return headers === undefined ? [] : parametersOf(headers, 'header', named);
}

function parametersOf(shape: ZodType, place: 'query' | 'header', named: Named): JsonSchema[] {
  const schema = schemaOf(shape, 'input', named);
  const required = (schema.required as string[] | undefined) ?? [];
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

function propertiesOf(schema: JsonSchema): Record<string, unknown> {
  return (schema.properties as Record<string, unknown> | undefined) ?? {};
}

/**
 * A shape in JSON Schema: as callers send it, before transformations, or as they get it. What has a name is put among the
 * named ones and referred to. A test by a function, as of ids, cannot be expressed, and is one of text.
 */
function schemaOf(schema: ZodType, io: 'input' | 'output', named: Named): JsonSchema {
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { type } = zodSchema._zod.def;
      if (type === 'custom') jsonSchema.type ??= 'string';
      // This field is about our own code, and means something else in OpenAPI.
      if (type === 'readonly') delete jsonSchema.readOnly;
    },
  });
  for (const [name, defined] of Object.entries($defs)) {
    const { id: _id, ...plain } = defined;
    named.set(name, pointed(plain) as JsonSchema);
  }
  const { id, ...own } = pointed(rest) as JsonSchema;
  if (typeof id !== 'string') return own;
  named.set(id, own);
  return { $ref: `#/components/schemas/${id}` };
}

/** The same, with references to the places where OpenAPI keeps named shapes. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', '#/components/schemas/') : pointed(inner),
    ]),
  );
}

/** A file is text. One that is JSON describes itself: it is for programs that read such files. */
function fileSchema(type: string): object {
  return type === 'application/json' ? { type: 'object', additionalProperties: true } : { type: 'string' };
}
