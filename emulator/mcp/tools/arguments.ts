import type { z } from 'zod';
import { isPlain } from '../../http/shape.ts';
import type { Tool } from './tool.ts';

/** Layers of JSON-in-a-string that are taken off: models and clients encode arguments once too often, or twice. */
const LAYERS = 3;

/** The arguments of a call as the tool's schema reads them, or the sentence that the original's validation would say. */
export function readArguments(tool: Tool, args: unknown): { value: unknown } | { refusal: string } {
  const plain = tool.input.safeParse(args ?? {});
  if (plain.success) return { value: plain.data };
  const unwrapped = unwrap(args ?? {});
  const second = tool.input.safeParse(unwrapped);
  if (second.success) return { value: second.data };
  const found = second.error.issues.flatMap(issue => complaints(issue, unwrapped));
  // Variants of a union often complain of the same thing.
  const distinct = new Map(found.map(one => [JSON.stringify(one), one]));
  return { refusal: invalidArguments(tool.name, [...distinct.values()]) };
}

/** Every object or array that stands somewhere as JSON text, as what it is; other text is left alone. */
function unwrap(value: unknown): unknown {
  if (typeof value === 'string') return unwrapText(value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unwrap(entry)]));
}

function unwrapText(text: string): unknown {
  let layer: unknown = text;
  for (let depth = 0; depth < LAYERS && typeof layer === 'string' && /^\s*["{[]/.test(layer); depth += 1) {
    try {
      layer = JSON.parse(layer);
    } catch {
      return text;
    }
  }
  return typeof layer === 'object' && layer !== null ? unwrap(layer) : text;
}

interface Complaint {
  readonly code: string;
  readonly expected?: string;
  readonly received?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The error text of a tool whose arguments do not fit. */
export function invalidArguments(name: string, found: readonly Complaint[]): string {
  return `MCP error -32602: Invalid arguments for tool ${name}: ${JSON.stringify(found, null, 2)}`;
}

/** One complaint in the words of the validator that Notion's server uses, which is older than ours. */
export function typeComplaint(expected: string, received: string, path: readonly PropertyKey[]): Complaint {
  const message = received === 'undefined' ? 'Required' : `Expected ${expected}, received ${received}`;
  return { code: 'invalid_type', expected, received, path, message };
}

function complaints(issue: z.core.$ZodIssue, args: unknown): Complaint[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const inner = issue.errors.map(variant => variant.map(one => ({ ...one, path: [...issue.path, ...one.path] })));
    return inner.flat().flatMap(one => complaints(one, args));
  }
  if (issue.code !== 'invalid_type') return [{ code: issue.code, path: issue.path, message: issue.message }];
  const expected = issue.expected === 'record' ? 'object' : issue.expected;
  return [typeComplaint(expected, typeNameAt(args, issue.path), issue.path)];
}

function typeNameAt(args: unknown, path: readonly PropertyKey[]): string {
  let value = args;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
