import { connect, type Socket } from 'node:net';
import type { EmulatorControl } from '../../../emulator/control.ts';
import type { Tenant } from '../tenants.ts';

/** What attackers have: a company of their own with keys, and Notion's faults at their command. */
export interface Means {
  readonly tenant: Tenant;
  readonly notion: EmulatorControl;
  /** Aborts when it is over. */
  readonly signal: AbortSignal;
}

/** One kind of attack. */
export interface Attack {
  /** So many at once, each beginning anew when it has ended. */
  readonly atOnce: number;
  readonly pauseMs: number;
  /** One try. Returns its result: a status, or what happened to the connection. */
  readonly once: (means: Means, round: number) => Promise<string>;
}

/** An address of this machine from which no tenant comes. */
const attackersAddress = '127.0.0.2';

/** A connection to the gate on which anything can be said. */
export function dial({ tenant: { url } }: Pick<Means, 'tenant'>, allowHalfOpen = false): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: attackersAddress, allowHalfOpen });
  return socket.on('error', () => {});
}

/** The head of a request. Its body, if it has one, is for the attack. */
export function head(method: string, path: string, headers: readonly string[], key?: string): string {
  const authorization = key === undefined ? [] : [`authorization: Bearer ${key}`];
  return [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', ...authorization, ...headers, '', ''].join('\r\n');
}

/** What the gate answers first, or that it closed; `silence` when neither comes in time, or it is over. Hangs up then. */
export function hear(socket: Socket, means: Pick<Means, 'signal'>, ms: number): Promise<string> {
  return ending(socket, means, ms, 'silence', end => {
    socket.once('data', bytes => end(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1'))?.[1] ?? 'nonsense'));
  });
}

/**
 * The gateway closed a connection whose answer is not read; `held` if it does not do so in time. Then this side hangs
 * up.
 */
export function closes(socket: Socket, means: Pick<Means, 'signal'>, ms: number): Promise<string> {
  return ending(socket, means, ms, 'held');
}

function ending(
  socket: Socket,
  { signal }: Pick<Means, 'signal'>,
  ms: number,
  otherwise: string,
  listen: (end: (what: string) => void) => void = () => {},
): Promise<string> {
  return new Promise(resolve => {
    const end = (what: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      socket.destroy();
      resolve(what);
    };
    const over = () => end(otherwise);
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over, { once: true });
    listen(end);
    socket.once('close', () => end('closed'));
  });
}

/** Calls with a key of the attackers' company. Answers with status and text. */
export async function call(
  { tenant: { url, keys } }: Pick<Means, 'tenant'>,
  method: string,
  path: string,
  body?: object | string,
  role: 'editor' | 'viewer' = 'editor',
): Promise<{ status: number; text: string }> {
  const headers = {
    ...{ authorization: `Bearer ${keys[role]}`, 'notion-version': '2025-09-03' },
    'content-type': 'application/json',
  };
  const content = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(url + path, { method, headers, ...(content !== undefined && { body: content }) });
  return { status: response.status, text: await response.text() };
}
