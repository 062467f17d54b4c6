import { z } from 'zod';
import type { Action } from '../domain/action.ts';
import type { HostedUse } from './hosted-use.ts';
import type { JsonObject } from './strict-json.ts';

/**
 * What a tool says about itself. It is shown to clients, and decides nothing: Notion describes even a move as harmless.
 */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** One tool of Notion's hosted MCP server (https://developers.notion.com/docs/mcp-supported-tools). No row, no passage. */
export interface ToolRow {
  readonly name: `notion-${string}`;
  /** Other names that the hosted server accepts, listed or not. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly effect: 'read' | 'write';
  /**
   * The actions that a caller must have somewhere. Otherwise the tool is neither shown to them nor called. Empty: every
   * member has it.
   */
  readonly actions: readonly Action[];
  /** Every argument that is accepted; any other is refused (rule 7). */
  readonly input: z.ZodObject;
  /** How it is called at the hosted server. Null: Portcullis itself serves it, and nothing is sent. */
  readonly hosted: HostedUse | null;
}

/** Declares a tool. Unknown arguments are refused at the top level and in every object of `shape`. */
export function toolRow(
  name: ToolRow['name'],
  row: Omit<ToolRow, 'name' | 'input' | 'aliases'> & {
    readonly aliases?: readonly string[];
    readonly shape: z.ZodRawShape;
  },
): ToolRow {
  const { shape, aliases = [], ...rest } = row;
  return { name, aliases, ...rest, input: z.strictObject(shape) };
}

/** The schema of a tool's arguments, as clients read it (JSON Schema 2020-12). */
export function inputSchemaOf({ input }: ToolRow): JsonObject {
  return JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: 'input' })));
}

/** Notion takes off so many layers of JSON text around an argument. */
const layersMax = 3;

/**
 * The arguments as the hosted server reads them: an object or array that is given as JSON text counts as that object or
 * array. The decision must see what will be done, so this comes first.
 */
function unwrapArguments(value: unknown): unknown {
  if (typeof value === 'string') return unwrapText(value);
  if (Array.isArray(value)) return value.map(unwrapArguments);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unwrapArguments(entry)]));
}

function unwrapText(text: string): unknown {
  let layer: unknown = text;
  for (let depth = 0; depth < layersMax && typeof layer === 'string' && /^\s*["{[]/.test(layer); depth++) {
    try {
      layer = JSON.parse(layer);
    } catch {
      return text;
    }
  }
  return typeof layer === 'object' && layer !== null ? unwrapArguments(layer) : text;
}

/**
 * Reads the arguments of a call. If a tool expects text, text stays unchanged. Returns a sentence if the arguments do
 * not fit.
 */
export function readArguments(
  row: ToolRow,
  given: unknown,
): { readonly args: JsonObject } | { readonly problem: string } {
  const plain = row.input.safeParse(given ?? {});
  if (plain.success) return { args: plain.data as JsonObject };
  const unwrapped = row.input.safeParse(unwrapArguments(given ?? {}));
  if (unwrapped.success) return { args: unwrapped.data as JsonObject };
  const [first] = unwrapped.error.issues;
  const place = first?.path.join('.') ?? '';
  return {
    problem: `Invalid arguments for tool ${row.name}: ${place === '' ? '' : `${place}: `}${first?.message ?? ''}`,
  };
}
