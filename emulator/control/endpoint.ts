import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Emulation } from '../emulation.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { readBytes } from '../http/read-body.ts';
import { commands, isCommand } from './commands.ts';

const BODY_BYTES = 64 * 1024 * 1024;

/**
 * `POST /_emulator/<command>`: how tests steer the emulator. It answers only to a local Host, to no web page, and only
 * with the random token of this start; over anything but loopback it does not exist (`isControl`).
 */
export async function controlEndpoint(emulation: Emulation, exchange: Exchange): Promise<Answer> {
  const { request } = exchange;
  if (!isLocalHost(request.headers.host)) return jsonAnswer(403, { error: 'the Host header must name this machine' });
  if (request.headers.origin !== undefined) return jsonAnswer(403, { error: 'web pages may not use the control API' });
  if (!hasToken(request, emulation.controlToken))
    return jsonAnswer(401, { error: 'x-emulator-token is missing or wrong' });
  const name = exchange.path.slice('/_emulator/'.length);
  if (exchange.method !== 'POST' || !isCommand(name)) return jsonAnswer(404, { error: `no such command: ${name}` });
  try {
    const text = (await readBytes(request, BODY_BYTES)).toString('utf8');
    const input: unknown = text === '' ? {} : JSON.parse(text);
    // Each command reads the input that its own entry in the table names; the typed helper sends nothing else.
    const run = commands[name] as (emulation: Emulation, input: unknown) => object | null | Promise<object | null>;
    const result = await run(emulation, input);
    return jsonAnswer(200, { result });
  } catch (error) {
    return jsonAnswer(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether a request is for the control API. One that came from elsewhere finds nothing there, as on Notion. */
export function isControl({ path, request }: Exchange): boolean {
  return path.startsWith('/_emulator/') && isLoopback(request.socket.remoteAddress);
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || (address ?? '').replace(/^::ffff:/, '').startsWith('127.');
}

function isLocalHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function hasToken(request: IncomingMessage, expected: string): boolean {
  const given = request.headers['x-emulator-token'];
  if (typeof given !== 'string') return false;
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
