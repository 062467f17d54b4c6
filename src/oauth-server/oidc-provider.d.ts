/** The parts that we use of a package without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  class Grant {
    constructor(of: { accountId: string; clientId: string });
    addResourceScope(resource: string, scope: string): void;
    rejectResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface OidcClient {
    readonly clientId: string;
    readonly clientName?: string;
    readonly redirectUris?: readonly string[];
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Grant: typeof Grant;
    readonly AccessToken: { find(token: string): Promise<{ readonly aud: string } | undefined> };
    readonly Client: { find(id: string): Promise<OidcClient | undefined> };
    proxy: boolean;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      readonly uid: string;
      readonly params: Readonly<Record<string, string | undefined>> & { client_id: string };
    }>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    interactionResult(request: IncomingMessage, response: ServerResponse, result: object): Promise<string>;
    on(event: string, listener: (...given: unknown[]) => void): void;
  }

  export const errors: {
    readonly InvalidGrant: new (detail: string) => Error;
    readonly InvalidTarget: new (detail?: string) => Error;
    readonly SessionNotFound: new (detail: string) => Error;
  };
}
