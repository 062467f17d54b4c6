import type { RateLimitScope } from '../../domain/metrics.ts';
import type { Answer } from '../../domain/operation.ts';
import { hourMs, secondMs } from '../../domain/units.ts';

/** What Notion says when it refuses a call because there were too many (https://developers.notion.com/reference/request-limits). */
export interface RateLimitAnswer {
  readonly scope: RateLimitScope;
  readonly retryAfterMs: number;
}

/** Notion's `rate_limit_reason`, and whose limit it means. */
export const rateLimitReasons = {
  connection: 'public_api_request_rate_limit',
  workspace: 'public_api_space_request_rate_limit',
  endpoint: 'public_api_endpoint_rate_limit',
  blocked: 'public_api_request_blocked',
} as const satisfies Record<RateLimitScope, string>;

const scopes = new Map<unknown, RateLimitScope>(
  Object.entries(rateLimitReasons).map(([scope, reason]) => [reason, scope as RateLimitScope]),
);

/** Notion's waits are a minute, sometimes more. Nobody may make us wait for ever. */
const retryAfterMsMax = hourMs;

/** Reads a 429; null for every other answer. Older ones give no reason: they mean the connection. */
export function readRateLimit({ status, headers, body }: Answer): RateLimitAnswer | null {
  if (status !== 429) return null;
  const seconds = Number(headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * secondMs : secondMs;
  const scope = scopes.get(Buffer.isBuffer(body) ? reasonIn(body) : null) ?? 'connection';
  return { scope, retryAfterMs: Math.min(retryAfterMs, retryAfterMsMax) };
}

function reasonIn(body: Buffer): unknown {
  try {
    const error: unknown = JSON.parse(body.toString());
    return (error as { additional_data?: { rate_limit_reason?: unknown } } | null)?.additional_data?.rate_limit_reason;
  } catch {
    return null;
  }
}
