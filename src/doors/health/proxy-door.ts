import type { FastifyPluginAsync } from 'fastify';
import { createProxyWord, type ProxyWord } from '../../net/client-address.ts';
import { isHostOf } from '../request-target.ts';

/** What a request shows about the proxies that it came through. It names no proxy, so every client may see it. */
export interface ProxyReport {
  /** Whether the Host header is the one of the public URL. */
  readonly host: 'passed' | 'changed';
  readonly client: ProxyWord;
}

/** `/proxyz`: what a request looks like once it is here, for `portcullis doctor`, which asks for it at the public URL. */
export function proxyDoor(publicUrl: string, trustedProxies: readonly string[]): FastifyPluginAsync {
  const url = new URL(publicUrl);
  const wordOf = createProxyWord(trustedProxies);
  return async app => {
    app.get('/proxyz', async ({ raw }, reply): Promise<ProxyReport> => {
      reply.header('cache-control', 'no-store');
      return { host: isHostOf(url, raw.headers.host) ? 'passed' : 'changed', client: wordOf(raw) };
    });
  };
}
