import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ToolFaults } from '../../control/tool-faults.ts';
import { ApiError } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { Mismatch } from '../../http/shape.ts';
import { readArguments } from './arguments.ts';
import type { Tool } from './tool.ts';
import { faultError, rateLimited, type ToolError } from './tool-error.ts';

/** What a tool call needs besides the caller. */
export interface ToolSurroundings {
  readonly faults: ToolFaults;
  /** Counts a request of this caller; throws the REST API's 429. */
  readonly limit: (caller: Call['caller']) => void;
  readonly requestId: string;
}

/** Runs a tool. Every failure is a result with `isError`, as clients of the original are used to. */
export async function callTool(
  tool: Tool,
  call: Call,
  args: unknown,
  surroundings: ToolSurroundings,
): Promise<CallToolResult> {
  const fault = surroundings.faults.take(tool.name);
  if (fault !== null && fault.when !== 'after') return failed(faultError(tool.name, fault));
  try {
    surroundings.limit(call.caller);
    const read = readArguments(tool, args);
    if ('refusal' in read) return failed({ text: read.refusal });
    const result = await tool.run(call, read.value);
    if (fault !== null) return failed(faultError(tool.name, fault));
    return { content: [{ type: 'text', text: JSON.stringify(result) }], isError: false };
  } catch (error) {
    return failed(toolError(error, surroundings.requestId));
  }
}

function failed({ text, structured }: ToolError): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    isError: true,
    ...(structured === undefined ? {} : { structuredContent: structured }),
  };
}

/** A refusal of the REST API in the form in which the hosted server passes it on. */
function toolError(error: unknown, requestId: string): ToolError {
  const refusal = error instanceof ApiError ? error : refusalFor(error);
  if (refusal.status === 429) {
    const { retry_after: wait, rate_limit_reason: reason } = refusal.additionalData ?? {};
    return rateLimited(Number(wait ?? 1), String(reason ?? 'public_api_request_rate_limit'));
  }
  const { code, status, message } = refusal;
  const body = JSON.stringify(refusal.envelope(requestId));
  return { text: JSON.stringify({ name: 'APIResponseError', code, status, message, headers: {}, body }) };
}

function refusalFor(error: unknown): ApiError {
  if (error instanceof Mismatch) return new ApiError(400, 'validation_error', error.sentence());
  process.stderr.write(`emulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  return new ApiError(500, 'internal_server_error', 'Unexpected error occurred.');
}
