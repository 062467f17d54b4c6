/**
 * Enough of JSON Schema 2020-12 to check an answer against Notion's OpenAPI file: types, constants, enumerations, objects,
 * arrays, alternatives and references. Fields that a schema does not know are reported, unless they are in `newer`.
 */
export interface Schemas {
  readonly [name: string]: Schema | undefined;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Schemas;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Where a value differs from a schema, in sentences; none if it does not. */
export function differences(value: unknown, schema: Schema, schemas: Schemas, newer: ReadonlySet<string>): string[] {
  return check(value, schema, '$', { schemas, newer, partial: false });
}

interface Context {
  readonly schemas: Schemas;
  readonly newer: ReadonlySet<string>;
  /** Inside an `allOf`, whose parts must not call the fields of the other parts unknown. */
  readonly partial: boolean;
}

function check(value: unknown, schema: Schema, path: string, context: Context): string[] {
  if (schema.$ref !== undefined) {
    const target = context.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? [`${path}: unknown schema ${schema.$ref}`] : check(value, target, path, context);
  }
  const problems: string[] = [];
  if ('const' in schema && value !== schema.const) problems.push(`${path} is not ${JSON.stringify(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) problems.push(`${path} is none of its values`);
  if (schema.type !== undefined && ![schema.type].flat().some(type => hasType(value, type))) {
    return [`${path} should be ${schema.type}, is ${JSON.stringify(value)?.slice(0, 60)}`];
  }
  for (const part of schema.allOf ?? []) problems.push(...check(value, part, path, { ...context, partial: true }));
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) problems.push(...bestOf(value, alternatives, path, context));
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    problems.push(
      ...value.flatMap((entry, index) => check(entry, items, `${path}[${index}]`, { ...context, partial: false })),
    );
  }
  if (isObject(value)) problems.push(...checkObject(value, schema, path, context));
  return problems;
}

/** The complaints of the alternative that comes closest, or none if one fits. */
function bestOf(value: unknown, alternatives: readonly Schema[], path: string, context: Context): string[] {
  const results = alternatives.map(one => check(value, one, path, context));
  return results.reduce((best, one) => (one.length < best.length ? one : best));
}

function checkObject(value: Record<string, unknown>, schema: Schema, path: string, context: Context): string[] {
  const problems: string[] = [];
  const inner = { ...context, partial: false };
  for (const name of schema.required ?? []) if (!(name in value)) problems.push(`${path}.${name} is missing`);
  for (const [name, entry] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known !== undefined) problems.push(...check(entry, known, `${path}.${name}`, inner));
    else if (typeof schema.additionalProperties === 'object') {
      problems.push(...check(entry, schema.additionalProperties, `${path}.${name}`, inner));
    } else if (schema.additionalProperties === false && !context.partial && !context.newer.has(name)) {
      problems.push(`${path}.${name} is not in the schema`);
    }
  }
  return problems;
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
