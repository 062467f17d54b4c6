import { request } from 'undici';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { secondMs } from '../domain/units.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const about = 'public URL';
const pages = 'docs/proxies.md shows what a proxy must send.';
const hidden = `Let the proxy pass on the Host header of the browser: for nginx, proxy_set_header Host $http_host. ${pages}`;

const report = z.object({
  host: z.enum(['passed', 'changed']),
  client: z.enum(['direct', 'forwarded', 'unbelieved', 'unreadable']),
});

/** Calls the gateway by its public address, through all proxies in front of it, and asks what arrived. */
export async function lookAtPublicUrl(
  config: Pick<Config, 'publicUrl' | 'host' | 'port' | 'trustedProxies'>,
): Promise<Finding[]> {
  const { publicUrl } = config;
  // Without a proxy in between, it was looked at just now.
  if (publicUrl === null || isListener(config, new URL(publicUrl))) return [];
  try {
    const answer = await request(`${publicUrl}/proxyz`, { signal: AbortSignal.timeout(5 * secondMs) });
    const text = await answer.body.text();
    if (answer.statusCode === 421) return [fail(about, `${publicUrl} is asked for under another name`, hidden)];
    const parsed = report.safeParse(parsedOrNull(text));
    if (answer.statusCode !== 200 || !parsed.success) {
      const found = `something else answers at ${publicUrl} (${answer.statusCode})`;
      return [warn(about, found, `Is the gateway up? Does the proxy lead to it, at every path? ${pages}`)];
    }
    return judge(publicUrl, parsed.data, config.trustedProxies);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    const todo =
      'Nothing, if no gateway runs or this machine may not call it. Else look at PORTCULLIS_PUBLIC_URL, and at DNS, certificate and proxy.';
    return [warn(about, `${publicUrl} does not answer here${why}`, todo)];
  }
}

function judge(publicUrl: string, { host, client }: z.infer<typeof report>, proxies: readonly string[]): Finding[] {
  if (host === 'changed') return [fail(about, `the proxy at ${publicUrl} hides the Host header`, hidden)];
  if (client === 'unbelieved') {
    const found = 'the proxy says where callers come from, and is not believed: all of them have its address';
    return [warn(about, found, `Name the proxy in PORTCULLIS_TRUSTED_PROXIES. ${pages}`)];
  }
  if (client === 'unreadable') {
    const found = 'the proxy writes no plain address into X-Forwarded-For: all callers have its own';
    return [warn(about, found, `Let it write the address alone, without a port. ${pages}`)];
  }
  if (client === 'direct' && proxies.length > 0) {
    const found = 'no proxy says where callers come from, though PORTCULLIS_TRUSTED_PROXIES names some';
    return [warn(about, found, `Let the proxy send X-Forwarded-For. ${pages}`)];
  }
  return [ok(about, `${publicUrl} leads here, under its own name`)];
}

function isListener({ host, port }: Pick<Config, 'host' | 'port'>, url: URL): boolean {
  const { hostname, port: named, protocol } = url;
  return protocol === 'http:' && hostname.replace(/^\[(.*)\]$/, '$1') === host && Number(named || 80) === port;
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
