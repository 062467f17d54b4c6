import type { RateLimitScope } from '../../domain/metrics.ts';
import type { Answer } from '../../domain/operation.ts';
import { readRetryAfter } from '../../domain/retry-after.ts';
import { hourMs, secondMs } from '../../domain/units.ts';

/** What Notion says when it refuses a call because there were too many (https://developers.notion.com/reference/request-limits). */
export interface RateLimitAnswer {
  readonly scope: RateLimitScope;
  readonly retryAfterMs: number;
}

/** Notion's `rate_limit_reason`, and the limit that it means. */
export const rateLimitReasons = {
  connection: 'public_api_request_rate_limit',
  workspace: 'public_api_space_request_rate_limit',
  endpoint: 'public_api_endpoint_rate_limit',
  blocked: 'public_api_request_blocked',
} as const satisfies Record<RateLimitScope, string>;

const scopes = new Map<unknown, RateLimitScope>(
  Object.entries(rateLimitReasons).map(([scope, reason]) => [reason, scope as RateLimitScope]),
);

/**
 * Notion's waits are a minute, sometimes more. An answer must not make us wait for ever, or ask again without a pause.
 */
const bounds = { minMs: secondMs, maxMs: hourMs };

/**
 * Reads a 429; null for every other answer. Older ones give no reason: they mean the connection. The wait is in the
 * header, in whole seconds, and again in the body, which proxies do not change.
 */
export function readRateLimit({ status, headers, body }: Answer): RateLimitAnswer | null {
  if (status !== 429) return null;
  const details = Buffer.isBuffer(body) ? detailsIn(body) : {};
  const seconds = readRetryAfter(headers['retry-after'], headers.date) ?? readRetryAfter(details.retry_after) ?? 0;
  const scope = scopes.get(details.rate_limit_reason) ?? 'connection';
  return { scope, retryAfterMs: Math.min(Math.max(seconds * secondMs, bounds.minMs), bounds.maxMs) };
}

function detailsIn(body: Buffer): { rate_limit_reason?: unknown; retry_after?: unknown } {
  try {
    const error: unknown = JSON.parse(body.toString());
    return (error as { additional_data?: object } | null)?.additional_data ?? {};
  } catch {
    return {};
  }
}
