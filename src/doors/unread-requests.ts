import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RecordEvent } from '../domain/event.ts';
import { secondMs } from '../domain/units.ts';
import { plainAddress } from '../net/client-address.ts';
import { type ErrorEnvelope, renderEnvelope } from '../notion/error-envelope.ts';

/** Why a request is answered before any door has read it. */
export type UnreadReason = keyof typeof answers;

const answers = {
  unreadable: [400, 'Bad Request', 'This is no HTTP/1.1 request that can be read.'],
  too_large_head: [431, 'Request Header Fields Too Large', 'The request line and the headers have more than 16 KB.'],
  unfinished: [408, 'Request Timeout', 'The request did not come to its end in time.'],
  no_host: [400, 'Bad Request', 'HTTP/1.1 requires the header host.'],
  tunnel: [405, 'Method Not Allowed', 'This server is no proxy.'],
  other_host: [
    421,
    'Misdirected Request',
    'This server does not answer to that host name. A proxy in front of it must pass on the Host header that it was sent (docs/proxies.md); PORTCULLIS_ALLOWED_HOSTS lists other names that it answers to.',
  ],
} as const;

/** For the client to read the answer and close. */
const closeMs = 2 * secondMs;

/** A request that no door has read. */
export interface UnreadRequest {
  readonly reason: UnreadReason;
  /** Null when the connection is gone. */
  readonly clientAddress: string | null;
  readonly requestId: string;
}

/** Resolves when the request is in the log, or counted there. */
export type RecordUnread = (request: UnreadRequest) => Promise<void>;

/**
 * The sender is unknown, and a stranger can send any number. So such requests are counted in the deployment log like
 * the calls of strangers (rule 23).
 */
export function createRecordUnread(count: RecordEvent): RecordUnread {
  return ({ reason, clientAddress, requestId }) =>
    count({
      name: 'call.unread',
      workspaceId: null,
      principalId: null,
      result: 'denied',
      clientAddress,
      requestId,
      detail: { because: reason },
    });
}

/** Answers a request that can be read as HTTP, and closes its connection. */
export async function refuseUnread(
  response: ServerResponse,
  refused: Omit<UnreadRequest, 'requestId'>,
  record: RecordUnread,
): Promise<void> {
  const { status, headers, body } = await answerTo(refused, record);
  response.writeHead(status, { ...headers, 'content-length': body.length, connection: 'close' }).end(body);
}

/**
 * Answers bytes that Node's parser could not read, in the words of HTTP/1.1, and closes the connection. With `silent`
 * it writes nothing, because the answer to an earlier request is under way.
 */
export async function refuseBytes(
  socket: Socket,
  reason: UnreadReason,
  record: RecordUnread,
  { silent }: { silent: boolean },
): Promise<void> {
  const clientAddress = socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress);
  // Node no longer listens to this socket, and an error event without a listener ends the process.
  socket.on('error', () => {});
  if (silent) socket.destroy();
  const { status, headers, body } = await answerTo({ reason, clientAddress }, record);
  if (!socket.writable) return void socket.destroy();
  const phrase = Object.values(answers).find(([code]) => code === status)?.[1] ?? 'Service Unavailable';
  const fields = { ...headers, 'content-length': body.length, connection: 'close' };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${phrase}\r\n${head.join('')}\r\n`), body]));
  // If the connection were cut at once, the system would throw the answer away because of the bytes that the client
  // still sends.
  setTimeout(() => socket.destroy(), closeMs).unref();
}

/**
 * If the refusal could not be logged, the client does not get its reason either: nothing passes unrecorded (rule 1).
 */
async function answerTo(refused: Omit<UnreadRequest, 'requestId'>, record: RecordUnread): Promise<ErrorEnvelope> {
  const requestId = randomUUID();
  const [status, , message] = answers[refused.reason];
  try {
    await record({ ...refused, requestId });
  } catch {
    return renderEnvelope({ status: 503, code: 'service_unavailable', message: 'Repeat the call later.' }, requestId);
  }
  return renderEnvelope({ status, code: 'invalid_request', message }, requestId);
}
