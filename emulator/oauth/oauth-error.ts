/** A refusal of the OAuth endpoints: an RFC 6749 section 5.2 body, not Notion's envelope (recorded 2026-10-08). */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: 400 | 401, error: string, description?: string) {
    super(description ?? error);
    this.status = status;
    this.error = error;
  }

  body(requestId: string): Record<string, string> {
    const description = this.message === this.error ? {} : { error_description: this.message };
    return { error: this.error, ...description, request_id: requestId };
  }
}

/** Recorded without a description. */
export const invalidClient = () => new OAuthError(401, 'invalid_client');
export const invalidGrant = (description: string) => new OAuthError(400, 'invalid_grant', description);
export const invalidRequest = (description: string) => new OAuthError(400, 'invalid_request', description);
