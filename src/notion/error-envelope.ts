import { errorTable, PortcullisError } from '../domain/errors.ts';

/** An error as Notion's REST API writes it (https://developers.notion.com/reference/status-codes). */
export interface ErrorEnvelope {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The fields of an error body besides `object` and `request_id`. */
export interface ErrorBody {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly additionalData?: Readonly<Record<string, string | string[]>>;
}

/**
 * Renders any error for a client of Notion's REST API. An error that is no `PortcullisError` is a defect of ours, and
 * its text is not shown.
 */
export function renderError(error: unknown, requestId: string): ErrorEnvelope {
  if (!(error instanceof PortcullisError)) return renderError(new PortcullisError('internal'), requestId);
  const { code, status, message, details } = error;
  const { additionalData, notFound, retryAfterSeconds } = details;
  if (notFound) return renderNotFound(notFound, requestId);
  return renderEnvelope(
    { status, code: errorTable[code].notion, message, ...(additionalData && { additionalData }) },
    requestId,
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  );
}

/**
 * The one answer for an object that is missing, not shared with the connection, or closed to the caller. The bytes and
 * headers are the same in all three cases, so the answer reveals nothing (rule 12). Notion's own text names the
 * integration.
 */
export function renderNotFound(
  object: { readonly kind: string; readonly id: string },
  requestId: string,
): ErrorEnvelope {
  return renderEnvelope({ status: 404, code: 'object_not_found', message: notFoundMessage(object) }, requestId);
}

/** @param object.kind as in an `ObjectRef`: `data_source` */
function notFoundMessage({ kind, id }: { readonly kind: string; readonly id: string }): string {
  const name = kind.replaceAll('_', ' ');
  return `Could not find ${name} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration.`;
}

/** @param headers beyond the content type and the request id */
export function renderEnvelope(
  { status, code, message, additionalData }: ErrorBody,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorEnvelope {
  const envelope = {
    object: 'error',
    status,
    code,
    message,
    ...(additionalData && { additional_data: additionalData }),
    request_id: requestId,
  };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers, 'x-notion-request-id': requestId },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}
