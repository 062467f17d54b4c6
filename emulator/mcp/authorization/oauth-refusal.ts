/** A refusal of the MCP authorization server: RFC 6749 section 5.2, with nothing of Notion's REST envelope. */
export class OAuthRefusal extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.status = status;
    this.error = error;
  }

  body(): { error: string; error_description: string } {
    return { error: this.error, error_description: this.message };
  }
}

export const invalidRequest = (description: string) => new OAuthRefusal(400, 'invalid_request', description);
export const invalidGrant = (description: string) => new OAuthRefusal(400, 'invalid_grant', description);
export const invalidClient = (description: string) => new OAuthRefusal(401, 'invalid_client', description);
export const invalidTarget = (description: string) => new OAuthRefusal(400, 'invalid_target', description);
