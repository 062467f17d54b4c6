/** Extra facts in an error envelope; the OpenAPI file allows strings and string arrays only. */
export type AdditionalData = Record<string, string | string[]>;

/** A refusal in Notion's envelope. `status` and `code` go together as in Notion's status-code page. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly additionalData: AdditionalData | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { additionalData?: AdditionalData; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.additionalData = extra.additionalData;
    this.headers = extra.headers ?? {};
  }

  /** The body as Notion writes it. */
  envelope(requestId: string): Record<string, unknown> {
    return {
      object: 'error',
      status: this.status,
      code: this.code,
      message: this.message,
      ...(this.additionalData === undefined ? {} : { additional_data: this.additionalData }),
      request_id: requestId,
    };
  }
}

/** Unknown path and wrong method alike: Notion has no 404 or 405 for routes. */
export const invalidRequestUrl = () => new ApiError(400, 'invalid_request_url', 'Invalid request URL.');
export const invalidJson = () => new ApiError(400, 'invalid_json', 'Error parsing JSON body.');
export const invalid = (message: string) => new ApiError(400, 'validation_error', message);
export const missingBearer = () =>
  new ApiError(401, 'unauthorized', 'Authorization header must use the format "Bearer <token>".');
export const invalidToken = () => new ApiError(401, 'unauthorized', 'API token is invalid.');
/** A missing capability, as recorded on GET /v1/comments. */
export const missingCapability = () =>
  new ApiError(403, 'restricted_resource', 'Insufficient permissions for this endpoint.');

export type ObjectKind =
  | 'page'
  | 'block'
  | 'database'
  | 'data source'
  | 'user'
  | 'comment'
  | 'view'
  | 'discussion'
  | 'file upload'
  | 'async task'
  | 'view query'
  | 'custom emoji';

/** The same answer for "does not exist" and "is not shared with this connection": existence is never confirmed. */
export function objectNotFound(kind: ObjectKind, id: string, connection: { name: string; botId: string }): ApiError {
  return new ApiError(
    404,
    'object_not_found',
    `Could not find ${kind} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "${connection.name}".`,
    { additionalData: { integration_id: connection.botId } },
  );
}
