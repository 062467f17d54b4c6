import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../../domain/operation.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { readSessionCookie } from '../session-cookie.ts';
import type { ConnectDoorCommands, ConnectTarget } from './connect-commands.ts';
import type { PageOptions } from './page.ts';
import { sendPage } from './send-page.ts';

export interface OAuthDoorParts {
  readonly gateway: Gateway;
  readonly commands: ConnectDoorCommands;
  readonly clientAddress: ClientAddress;
  /** Where people reach Portcullis. Every absolute URL is made from it (rule 26). */
  readonly publicUrl: string;
  readonly demo: boolean;
}

/** One request of a browser, with what every step needs of it. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Empty if the browser is not signed in: then the gateway refuses the call and logs it. */
  readonly session: string;
  readonly publicUrl: URL;
  readonly commands: ConnectDoorCommands;
  /** Sends a page. */
  show(status: number, draw: (options: PageOptions) => string): FastifyReply;
  /**
   * Lets an operation be decided for the target, and carried out. Returns the result of its command; throws
   * `PortcullisError`.
   */
  pass<T>(operation: Operation, target: ConnectTarget | null): Promise<T>;
}

export function openVisit(parts: OAuthDoorParts, request: FastifyRequest, reply: FastifyReply): Visit {
  const { gateway, commands, clientAddress, publicUrl, demo } = parts;
  // Only the cookie counts here: these pages are for a person in a browser.
  const cookie = readSessionCookie(request.headers.cookie);
  const session = cookie.kind === 'present' ? cookie.token : '';
  return {
    request,
    reply,
    session,
    publicUrl: new URL(publicUrl),
    commands,
    show: (status, draw) => sendPage(reply, status, demo, draw),
    async pass(operation, target) {
      const { body } = await gateway({
        door: 'oauth',
        requestId: randomUUID(),
        credentials: session === '' ? { kind: 'none' } : { kind: 'session', token: session },
        clientAddress: clientAddress(request.raw),
        workspace: target?.workspaceId ?? null,
        operation,
        // A step that has begun is finished, even if the browser no longer waits: a code can be spent only once.
        signal: new AbortController().signal,
      });
      return JSON.parse(String(body));
    },
  };
}

/** Query parameters as they came: a repeated one is an array, and so never what a step expects. */
export function queryOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return request.query as Record<string, unknown>;
}
