import type { JsonObject } from '../../../notion/strict-json.ts';

export type NotionJson = Record<string, unknown>;

/**
 * Notion's REST API with the rights of the caller: every request takes the whole path, and returns what is released.
 */
export interface NotionCalls {
  /** Throws `ToolFailure` if Notion or the policy refuses. */
  ask(method: 'GET' | 'POST' | 'PATCH', path: `/v1/${string}`, body?: object): Promise<NotionJson>;
  /** Reports to the client the progress of a call with several requests. */
  progress(done: number, total: number): void;
}

/** One tool, served over REST. Returns the value for the JSON text of the result. Throws `ToolFailure`. */
export type RestTool = (args: JsonObject, calls: NotionCalls) => Promise<object>;

/** Why a tool failed, in the words of Notion's hosted server. */
export class ToolFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, code: string, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = 'ToolFailure';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function invalid(message: string): ToolFailure {
  return new ToolFailure(400, 'validation_error', message);
}

/** What the hosted server can do and the REST API cannot. */
export function notOverRest(what: string): ToolFailure {
  return invalid(`${what} is not available here: this workspace is connected by Notion's REST API.`);
}

export function isMissing(error: unknown): boolean {
  return error instanceof ToolFailure && error.status === 404;
}
