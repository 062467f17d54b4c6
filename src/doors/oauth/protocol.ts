import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessRequest, AccessScope, Consent, ConsentChoice } from '../../domain/consent.ts';
import type { AgentId, ConsentId, PrincipalId, UserId, WorkspaceId } from '../../domain/ids.ts';
import type { Caller } from '../../domain/principal.ts';

/** The protocol's own part of the authorization server: everything but the page on which a person decides. */
export interface OAuthProtocol {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The request for consent in the browser that sends this. Null: there is none, or it is over. */
  pending(request: IncomingMessage, response: ServerResponse): Promise<AccessRequest | null>;
  /** Ends the request for consent. Both return the next URL for the browser. */
  grant(
    request: IncomingMessage,
    response: ServerResponse,
    granted: { readonly consentId: ConsentId; readonly asked: AccessRequest; readonly scopes: readonly AccessScope[] },
  ): Promise<string>;
  refuse(request: IncomingMessage, response: ServerResponse): Promise<string>;
}

/** What the consent page needs beside it. */
export interface ConsentCommands {
  give(author: Caller, asked: AccessRequest, choice: ConsentChoice): Promise<Consent>;
  agentsOf(
    workspaceId: WorkspaceId,
    userId: UserId,
  ): Promise<readonly { readonly id: AgentId; readonly name: string }[]>;
  workspacesOf(principal: PrincipalId): Promise<readonly ConsentWorkspace[]>;
}

export interface ConsentWorkspace {
  readonly id: WorkspaceId;
  readonly name: string;
  readonly role: string;
  readonly actions: readonly string[];
}

/** One line of the page: a workspace, and the principals that the client can act as there. */
export interface ConsentPlace extends ConsentWorkspace {
  /** Null: as the person. */
  readonly agent: { readonly id: AgentId; readonly name: string } | null;
}
