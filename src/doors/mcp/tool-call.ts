import { randomUUID } from 'node:crypto';
import type { FileLinks } from '../../domain/file-links.ts';
import type { Call, Operation } from '../../domain/operation.ts';
import type { Gateway } from '../../gateway.ts';
import { classifyRest } from '../../notion/classify.ts';
import type { JsonObject } from '../../notion/strict-json.ts';
import type { ToolRow } from '../../notion/tool-row.ts';
import { carryFiles } from '../carry-files.ts';
import { localOperation, somewhere } from './operation.ts';
import { isJson } from './rest-tools/cells.ts';
import { type NotionCalls, type RestTool, ToolFailure } from './rest-tools/notion-calls.ts';
import { failedResult, failureOf, refusalIn, toolResult } from './tool-result.ts';

/** The version that the tools speak with Notion: the newest, which has Markdown and data sources. */
const notionVersion = '2026-03-11';

export interface ToolCallParts {
  readonly gateway: Gateway;
  readonly links: Pick<FileLinks, 'open'>;
}

/** All parts of a call except its operation. */
export type CallFrame = Omit<Call, 'operation' | 'requestId'>;

/**
 * A tool that is served over REST, as an operation. It is decided by what its caller may do anywhere. Then each of its
 * requests to Notion is an operation of its own, decided by its pages. The text of a refusal becomes the tool's result.
 */
export function restToolOperation(
  row: ToolRow,
  tool: RestTool,
  args: JsonObject,
  frame: CallFrame,
  parts: ToolCallParts,
  progress: NotionCalls['progress'],
): Operation {
  return localOperation(`tools.${row.name}`, row.effect, somewhere(row.actions), async ({ requestId }) => {
    try {
      return toolResult(await tool(args, { ask: asking(frame, parts), progress }));
    } catch (error) {
      if (!isTold(error)) throw error;
      return failedResult(failureOf(error, requestId));
    }
  });
}

/** Refusals by Notion or by the policy become results of the tool; trouble of Portcullis fails the whole call. */
function isTold(error: unknown): boolean {
  return error instanceof ToolFailure;
}

function asking(frame: CallFrame, { gateway, links }: ToolCallParts): NotionCalls['ask'] {
  return async (method, path, body) => {
    const requestId = randomUUID();
    const headers = { 'notion-version': notionVersion, ...(body && { 'content-type': 'application/json' }) };
    const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body));
    const classified = classifyRest({ method, url: path, headers, body: bytes });
    const call = { ...frame, requestId, operation: await carryFiles(links, classified) };
    const answer = await gateway(call).catch(error => {
      throw failureOf(error, requestId);
    });
    const text = Buffer.isBuffer(answer.body) ? answer.body.toString('utf8') : '{}';
    const json: unknown = JSON.parse(text);
    if (!isJson(json)) throw new ToolFailure(502, 'service_unavailable', 'The answer could not be read.');
    if (answer.status < 400) return json;
    throw refusalIn(answer.status, answer.headers, json);
  };
}
