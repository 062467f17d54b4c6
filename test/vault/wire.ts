import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Wire = Awaited<ReturnType<typeof openWire>>;

/**
 * A wire to the emulator that listens in: nodes connected by it are counted at the authorization server, past their own
 * books. On demand it holds an exchange, or answers another `expires_in` than the server did.
 */
export async function openWire(upstream: string) {
  const spent: string[] = [];
  const secrets = new Set<string>();
  const wanted: { expiresIn?: unknown } = {};
  const held: { when: 'before' | 'after'; arrived: PromiseWithResolvers<void> }[] = [];
  const server = createServer((request, response) => void carry(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const token = refreshTokenIn(body, request.headers['content-type']);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) secrets.add(bearer);
    const hold = token === null ? undefined : held.shift();
    if (hold?.when === 'before') return hold.arrived.resolve();
    const answer = await forward(request, body, token);
    if (hold !== undefined) return hold.arrived.resolve();
    response.writeHead(answer.status, answer.headers).end(answer.text);
  }

  async function forward(request: IncomingMessage, body: string, token: string | null) {
    const { method = 'GET', url: path = '/' } = request;
    const headers = Object.fromEntries(kept.flatMap(name => pair(name, request.headers[name])));
    if (token !== null) spent.push(token);
    const answer = await fetch(upstream + path, { method, headers, redirect: 'manual', ...(body && { body }) });
    // A body that breaks off has taken effect all the same: the fault comes after.
    const text = await answer.text().catch(() => null);
    const granted = token === null ? null : tokensIn(text);
    for (const secret of [token, granted?.access_token, granted?.refresh_token]) if (secret) secrets.add(secret);
    if (text === null) throw new Error('the answer broke off');
    const told = granted && 'expiresIn' in wanted ? expiring(text, wanted.expiresIn) : text;
    const back = { 'content-type': 'application/json', ...retryAfter(answer.headers.get('retry-after')) };
    return { status: answer.status, headers: back, text: told.replaceAll(upstream, url) };
  }

  return {
    url,
    /** The refresh token of every exchange that was sent on to the server, oldest first. */
    spent,
    /** Every token that went along. */
    secrets,
    /** `expiresIn`: what the server is made to say about the end of each token that it issues. */
    wanted,
    /** Holds the next exchange, before or after the server has carried it out; resolves once it is held, for good. */
    hold(when: 'before' | 'after'): Promise<void> {
      const arrived = Promise.withResolvers<void>();
      held.push({ when, arrived });
      return arrived.promise;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const kept = ['authorization', 'content-type', 'accept', 'notion-version'];

function pair(name: string, value: string | string[] | undefined): [string, string][] {
  return typeof value === 'string' ? [[name, value]] : [];
}

function retryAfter(value: string | null): Record<string, string> {
  return value === null ? {} : { 'retry-after': value };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Notion's own endpoint takes JSON, that of its MCP server a form. */
function refreshTokenIn(body: string, type = ''): string | null {
  if (!body.includes('refresh_token')) return null;
  if (type.startsWith('application/json')) return (JSON.parse(body) as Granted).refresh_token ?? null;
  return new URLSearchParams(body).get('refresh_token');
}

interface Granted {
  access_token?: string;
  refresh_token?: string;
}

function tokensIn(text: string | null): Required<Granted> | null {
  const [, access_token] = /"access_token":"([^"]+)"/.exec(text ?? '') ?? [];
  const [, refresh_token] = /"refresh_token":"([^"]+)"/.exec(text ?? '') ?? [];
  return access_token && refresh_token ? { access_token, refresh_token } : null;
}

function expiring(text: string, expiresIn: unknown): string {
  const answer = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...answer, expires_in: expiresIn });
}
