import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseMediaType } from '../../domain/media-type.ts';
import type { Call, Operation } from '../../domain/operation.ts';
import type { Credentials } from '../../domain/principal.ts';
import { MiB } from '../../domain/units.ts';
import { createKnownBodies, type IdentifyCaller } from '../known-bodies.ts';
import { type DoorLog, logFailure } from '../log-failure.ts';
import { cutSlowReader, leastPace } from '../pace.ts';
import { headerProblem, readCredentials } from '../rest/request-headers.ts';
import type { RequestHandler } from '../server.ts';
import { cutUnreadRest } from '../unread-rest.ts';
import { readWhole } from '../whole-body.ts';
import { isOurOrigin, type McpAddress, parseMcpAddress } from './address.ts';
import { placeOfResource, type ResourcePlace } from './challenge.ts';
import { asMember, impossible, localOperation } from './operation.ts';
import { type McpMessage, ProtocolRefusal, type RequestId, readMessage, rpcCodes } from './read-message.ts';
import { createReply, type Reply } from './reply.ts';
import { operationOf, type ToolRoute } from './requests.ts';
import { type Told, toldOf, toldOfRefusal } from './told.ts';
import type { ToolCallParts } from './tool-call.ts';
import { resultOf } from './tool-result.ts';
import { createUnderWay } from './under-way.ts';

export interface McpDoorParts extends ToolCallParts {
  readonly identify: IdentifyCaller;
  readonly clientAddress: (request: IncomingMessage) => string;
  /** Where people and clients reach Portcullis: the resource that tokens are for is made from it. */
  readonly publicUrl: string;
  /** By what tools reach Notion for a caller. */
  readonly routeFor: (call: Pick<Call, 'credentials' | 'workspace' | 'clientAddress'>) => Promise<ToolRoute>;
  readonly log: DoorLog;
}

const bodyBytesMax = 1 * MiB;

/**
 * The Model Context Protocol at `/mcp` and `/w/:workspace/mcp`, in the revisions of both eras, without sessions. Each request
 * becomes one operation, and a tool's requests for Notion are operations too: this door has no way around the path.
 */
export function createMcpDoor(parts: McpDoorParts): RequestHandler {
  const readKnown = createKnownBodies(parts.identify);
  const underWay = createUnderWay();
  return function handle(request, response) {
    const requestId = randomUUID();
    cutSlowReader(request, response, leastPace);
    cutUnreadRest(request, response);
    serve(request, response, requestId).catch(error => {
      logFailure(parts.log, { requestId, operation: 'mcp' }, error);
      if (!response.headersSent) response.writeHead(500, { 'content-length': 0 });
      response.end();
    });
  };

  async function serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const address = parseMcpAddress(request.url ?? '');
    const reply = createReply(response, { mayStream: false });
    if (!isOurOrigin(request.headers.origin, parts.publicUrl)) {
      reply.error(403, null, { code: rpcCodes.invalidRequest, message: 'Pages of that origin may not call.' });
    } else if (request.method !== 'POST') reply.empty(405, { allow: 'POST' });
    else if (address === null) reply.empty(404);
    else {
      const place = placeOfResource(parts.publicUrl, address.path);
      const visit = { request, response, requestId, address, place, credentials: credentialsFor(request, place) };
      const message = await readMessageOf(visit);
      if (message instanceof ProtocolRefusal) await refuse(visit, message);
      else if ('demands' in message) await passUnread(visit, message);
      else if (message.kind === 'request' && message.id !== null) await answer(visit, message, message.id);
      else await take(visit, message);
    }
  }

  /** The message, or why it cannot be accepted; or an operation, if the body was not read. */
  async function readMessageOf({ request, credentials }: Visit): Promise<McpMessage | ProtocolRefusal | Operation> {
    const problem = headerProblem(request) ?? typeProblem(request);
    if (problem !== null) return impossible('mcp.unreadable', problem);
    const read = await readKnown(request, credentials, () => readWhole(request, { bytesMax: bodyBytesMax }));
    if ('problem' in read) return impossible('mcp.unreadable', read.problem);
    // The body of a stranger stays unread: the answer is to sign in, for every body.
    if (read.body === null) return localOperation('mcp.request', 'read', asMember, async () => ({}));
    return readMessage(request.headers, read.body);
  }

  /** A message that breaks the protocol is refused in its words, once it is in the log. */
  async function refuse(visit: Visit, refusal: ProtocolRefusal): Promise<void> {
    const operation = impossible('mcp.unreadable', { code: 'validation_error', message: refusal.message });
    const reply = createReply(visit.response, { mayStream: false });
    await pass(visit, operation, abortOnClose(visit.response)).catch(error => {
      tell(visit, reply, refusal.id, operation, error, toldOfRefusal(refusal, error, visit));
    });
  }

  async function passUnread(visit: Visit, operation: Operation): Promise<void> {
    const reply = createReply(visit.response, { mayStream: false });
    try {
      await pass(visit, operation, abortOnClose(visit.response));
      reply.error(400, null, { code: rpcCodes.invalidRequest, message: 'Send one JSON-RPC message.' });
    } catch (error) {
      tell(visit, reply, null, operation, error, toldOf(error, { ...visit, message: null }));
    }
  }

  async function answer(visit: Visit, message: McpMessage, id: RequestId): Promise<void> {
    const { request, response, credentials } = visit;
    const mayStream = /text\/event-stream|\*\/\*/.test(request.headers.accept ?? '');
    const reply = createReply(response, { ...progressOf(message), mayStream });
    const controller = abortOnClose(response);
    const frame = { ...frameOf(visit), signal: controller.signal };
    const route = await parts.routeFor(frame);
    const operation = operationOf(message, { ...parts, frame, route, progress: reply.progress });
    if (operation === null) {
      const status = message.modern ? 404 : 200;
      await refuse(visit, new ProtocolRefusal(status, rpcCodes.methodNotFound, 'Method not found', id));
      return;
    }
    const leave = underWay.enter(credentials, id, controller);
    try {
      const answered = await pass(visit, operation, controller);
      reply.result(id, resultOf(answered, message.modern));
    } catch (error) {
      tell(visit, reply, id, operation, error, toldOf(error, { ...visit, message, operation: operation.name }));
    } finally {
      leave();
    }
  }

  /** Takes notifications, and answers to questions that we did not ask. */
  async function take(visit: Visit, { method, params }: McpMessage): Promise<void> {
    if (method === 'notifications/cancelled') underWay.cancel(visit.credentials, params.requestId);
    createReply(visit.response, { mayStream: false }).empty(202);
  }

  function pass(visit: Visit, operation: Operation, { signal }: AbortController) {
    return parts.gateway({ ...frameOf(visit), requestId: visit.requestId, operation, signal });
  }

  function frameOf({ request, credentials, address }: Visit) {
    const { workspace } = address;
    return { door: 'mcp', credentials, clientAddress: parts.clientAddress(request), workspace } as const;
  }

  function tell(
    visit: Visit,
    reply: Reply,
    id: RequestId | null,
    { name }: Operation,
    error: unknown,
    told: Told,
  ): void {
    logFailure(parts.log, { requestId: visit.requestId, operation: name }, error);
    if (!('result' in told)) reply.error(told.status, id, told.error, told.headers);
    else if (id !== null) reply.result(id, JSON.stringify(told.result));
  }
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly address: McpAddress;
  readonly place: ResourcePlace;
  readonly credentials: Credentials;
}

function credentialsFor(request: IncomingMessage, { resource }: ResourcePlace): Credentials {
  const credentials = readCredentials(request);
  return credentials.kind === 'bearer' ? { ...credentials, resource } : credentials;
}

function typeProblem({ headers }: IncomingMessage) {
  const isJson = parseMediaType(headers['content-type'])?.essence === 'application/json';
  return isJson ? null : ({ code: 'invalid_request', message: 'The content type must be application/json.' } as const);
}

function progressOf({ meta }: McpMessage): { progressToken?: RequestId } {
  const { progressToken: token } = meta;
  return typeof token === 'string' || Number.isSafeInteger(token) ? { progressToken: token as RequestId } : {};
}

function abortOnClose(response: ServerResponse): AbortController {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller;
}
