import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { Config, NotionConfig } from '../config/config.ts';
import { secondMs } from '../domain/units.ts';
import { openAgent } from '../net/open-agent.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';
import { lookAtApp } from './look-at-app.ts';
import { judgeSkew } from './look-at-database.ts';
import { lookAtPublicUrl } from './look-at-public-url.ts';

const timeout = () => AbortSignal.timeout(5 * secondMs);

/** Checks outside of this process: Notion, and the gateway. */
export async function lookAround(config: Config, nowMs: () => number): Promise<Finding[]> {
  const dispatcher = openAgent(config.proxy);
  return [
    ...(await lookAtNotion(config.notion, dispatcher, nowMs)),
    ...(config.notion === null ? [] : await lookAtApp(config.notion, dispatcher)),
    ...(await lookAtGateway(config)),
    ...(await lookAtPublicUrl(config)),
  ];
}

/** Notion answers, and its clock agrees with ours. Sends no token. */
async function lookAtNotion(
  notion: NotionConfig | null,
  dispatcher: Dispatcher,
  nowMs: () => number,
): Promise<Finding[]> {
  if (notion === null) return [];
  try {
    const { statusCode, headers, body } = await request(`${notion.apiUrl}/v1/users/me`, {
      signal: timeout(),
      dispatcher,
    });
    await body.dump();
    const reached = ok('notion', `${notion.apiUrl} answers (${statusCode})`);
    const date = Date.parse(String(headers.date));
    // The header is cut to whole seconds (RFC 9110 section 5.6.7).
    const skewMs = Math.max(0, Math.abs(date + secondMs / 2 - nowMs()) - secondMs / 2);
    return Number.isNaN(date) ? [reached] : [reached, judgeSkew('clock', 'Notion', skewMs)];
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    const todo = 'Check the way out: DNS, firewall, HTTPS_PROXY, PORTCULLIS_NOTION_API_URL.';
    return [warn('notion', `${notion.apiUrl} does not answer${why}`, todo)];
  }
}

/** Addresses that are listened on and cannot be called, and what can be called instead. */
const everyAddress = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

const readiness = z.object({ status: z.string(), failing: z.array(z.string()).optional() });

/** The gateway of these settings: whether it runs, and whether it is ready. */
function lookAtGateway({ host, port, publicUrl }: Pick<Config, 'host' | 'port' | 'publicUrl'>): Promise<Finding[]> {
  const about = 'gateway';
  const reachable = everyAddress.get(host) ?? host;
  const url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  // It answers to its own names alone (rule 26).
  const headers = publicUrl === null ? {} : { host: new URL(publicUrl).host };
  return look(about, 'See what the gateway wrote to its log (PORTCULLIS_LOG_LEVEL).', async () => {
    const answer = await request(`${url}/readyz`, { headers, signal: timeout() }).catch(() => null);
    if (answer === null) return ok(about, `none is running at ${url}`);
    const { success, data } = readiness.safeParse(await answer.body.json().catch(() => null));
    if (!success) return warn(about, `something else answers at ${url}`, 'Choose another port with PORTCULLIS_PORT.');
    const advice =
      'See what else portcullis doctor finds, and what the gateway wrote to its log (PORTCULLIS_LOG_LEVEL).';
    const failing = data.failing?.join(', ') ?? data.status;
    if (answer.statusCode !== 200) return fail(about, `is not ready at ${url}: ${failing}`, advice);
    if (data.status === 'degraded') return warn(about, `will not be ready for long at ${url}: ${failing}`, advice);
    return ok(about, `is ready at ${url}`);
  });
}
