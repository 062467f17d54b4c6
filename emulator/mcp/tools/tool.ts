import { z } from 'zod';
import type { Call } from '../../http/route.ts';

/** What a tool says about itself. Some of it is wrong, as in the original: a move is not harmless. */
export interface Annotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** A row of the tool table. */
export interface Tool {
  readonly name: string;
  /** Other names that work although no list shows them. */
  readonly aliases: readonly string[];
  /** Whether `tools/list` shows it. */
  readonly listed: boolean;
  readonly title: string;
  readonly description: string;
  readonly annotations: Annotations;
  readonly input: z.ZodObject;
  /** `args` are what `input` made of the request; the result becomes the JSON text of the answer. */
  run(call: Call, args: unknown): object | Promise<object>;
}

interface Spec<Input extends z.ZodObject> {
  readonly title: string;
  readonly description: string;
  readonly annotations: Annotations;
  readonly aliases?: readonly string[];
  readonly listed?: boolean;
  readonly input: Input;
  run(call: Call, args: z.infer<Input>): object | Promise<object>;
}

/** Declares a tool. */
export function tool<Input extends z.ZodObject>(name: string, spec: Spec<Input>): Tool {
  return {
    name,
    aliases: spec.aliases ?? [],
    listed: spec.listed ?? true,
    title: spec.title,
    description: spec.description,
    annotations: spec.annotations,
    input: spec.input,
    // The only caller reads the arguments with `input` first.
    run: (call, args) => spec.run(call, args as z.infer<Input>),
  };
}

export const READ: Annotations = { readOnlyHint: true };
export const CREATE: Annotations = { readOnlyHint: false, destructiveHint: false };
export const CHANGE: Annotations = { readOnlyHint: false, destructiveHint: true };

export const pageParent = z.object({ page_id: z.string(), type: z.literal('page_id').optional() });
export const databaseParent = z.object({ database_id: z.string(), type: z.literal('database_id').optional() });
export const dataSourceParent = z.object({
  data_source_id: z.string(),
  type: z.literal('data_source_id').optional(),
});
