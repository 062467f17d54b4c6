import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from '../../domain/operation.ts';
import type { Gateway } from '../../gateway.ts';
import { classifyRest, unrecognised } from '../../notion/classify.ts';
import { renderError } from '../../notion/error-envelope.ts';
import { carryFiles } from '../carry-files.ts';
import { createKnownBodies, type IdentifyCaller, type ReadKnownBody } from '../known-bodies.ts';
import { type DoorLog, logFailure } from '../log-failure.ts';
import { cutSlowReader, leastPace, type Pace } from '../pace.ts';
import type { RequestHandler } from '../server.ts';
import { hasBody } from '../whole-body.ts';
import { parseAddress } from './address.ts';
import { type Files, fileCall, ticketIn } from './file-operation.ts';
import { readBody } from './read-body.ts';
import { headerProblem, readCredentials, readFileRequest } from './request-headers.ts';
import { sendAnswer } from './send-answer.ts';

export interface RestDoorParts {
  readonly gateway: Gateway;
  /** Asked before a body is read. */
  readonly identify: IdentifyCaller;
  readonly files: Files;
  /** The client's address, seen through the trusted proxies. */
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly log: DoorLog;
  /** How long the rest of a refused body is thrown away before its connection is cut. */
  readonly discardMs?: number;
  /** What a client must do at least while it is waited for. */
  readonly pace?: Pace;
}

/**
 * Notion's REST API at `/v1/…` and `/w/:workspace/v1/…`. Builds one call from each request, even an invalid one, and
 * answers in Notion's dialect. On plain node:http, because every call of every client comes through here.
 */
export function createRestDoor(parts: RestDoorParts): RequestHandler {
  const { pace = leastPace } = parts;
  const readKnown = createKnownBodies(parts.identify);
  return function handle(request, response) {
    const requestId = randomUUID();
    cutSlowReader(request, response, pace);
    serve(parts, readKnown, request, response, requestId).catch(error => {
      // A client that left during its request needs no answer, and is no error of ours.
      if (request.destroyed || response.headersSent) response.destroy();
      else sendError(parts, request, response, error, requestId);
    });
  };
}

async function serve(
  parts: RestDoorParts,
  readKnown: ReadKnownBody,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const abort = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  const read = await readCall(parts, readKnown, request, response, abort.signal);
  const { operation } = read;
  try {
    const answer = await parts.gateway({
      door: read.credentials.kind === 'file_link' ? 'file_link' : 'rest',
      requestId,
      clientAddress: parts.clientAddress(request),
      ...read,
      signal: abort.signal,
    });
    sendAnswer(request, response, answer, requestId, parts.discardMs);
  } catch (error) {
    if (!response.headersSent) sendError(parts, request, response, error, requestId, operation.name);
    else response.destroy();
  }
}

const noBodyHere = unrecognised('invalid_request', 'A request for a file has no body.');

type Read = Pick<Call, 'operation' | 'workspace' | 'credentials'>;

/**
 * The call that a request asks for. A problem of the request becomes the operation's problem: it is decided and logged
 * too.
 */
async function readCall(
  { files, pace = leastPace }: RestDoorParts,
  readKnown: ReadKnownBody,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Read> {
  const credentials = readCredentials(request);
  const address = parseAddress(request.url ?? '');
  if (address === null) {
    return { operation: unrecognised('invalid_request_url', 'Invalid request URL.'), workspace: null, credentials };
  }
  const { workspace, target: url } = address;
  const problem = headerProblem(request);
  if (problem !== null) return { operation: unrecognised(problem.code, problem.message), workspace, credentials };
  const ticket = ticketIn(request, address);
  if (ticket !== null && hasBody(request)) return { operation: noBodyHere, workspace, credentials };
  if (ticket !== null) return fileCall(files, ticket, readFileRequest(request), address, credentials, signal);
  const { method = '', headers } = request;
  const read = await readKnown(request, credentials, () => readBody(request, response, pace));
  const operation =
    'problem' in read
      ? unrecognised(read.problem.code, read.problem.message)
      : classifyRest({ method, url, headers, body: read.body });
  return { operation: await carryFiles(files.links, operation), workspace, credentials };
}

function sendError(
  { log, discardMs }: RestDoorParts,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
  operation = 'unrecognised',
): void {
  logFailure(log, { requestId, operation }, error);
  sendAnswer(request, response, renderError(error, requestId), requestId, discardMs);
}
