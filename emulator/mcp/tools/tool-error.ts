import type { ToolFault } from '../../control/tool-faults.ts';
import { invalidArguments, typeComplaint } from './arguments.ts';

/** What a tool answers when it fails: the text, and its structured form where there is one. */
export interface ToolError {
  readonly text: string;
  readonly structured?: Record<string, unknown>;
}

/** The answer of a tool under a fault. */
export function faultError(tool: string, fault: ToolFault): ToolError {
  switch (fault.kind) {
    case 'rate_limited':
      return rateLimited(fault.retryAfterSeconds ?? 1, fault.rateLimitReason ?? 'public_api_request_rate_limit');
    case 'expected_array':
      return { text: invalidArguments(tool, [typeComplaint('array', 'string', ['pages'])]) };
    case 'expected_object':
      return { text: invalidArguments(tool, [typeComplaint('object', 'string', ['parent'])]) };
    case 'undefined_argument':
      return { text: 'body failed validation: body.parent.page_id should be defined, instead was `undefined`.' };
    case 'error':
      return { text: fault.text ?? 'Internal error' };
  }
}

/** The structured error of a rate limit; the text says the same. */
export function rateLimited(retryAfterSeconds: number, reason: string): ToolError {
  const structured = {
    error: { code: 'rate_limited', retry_after_seconds: retryAfterSeconds, rate_limit_reason: reason },
  };
  return { text: JSON.stringify(structured), structured };
}
