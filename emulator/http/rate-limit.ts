import type { Settings } from '../emulation.ts';
import type { Installation } from '../world/connections.ts';
import type { World } from '../world/world.ts';
import { ApiError } from './errors.ts';

const WINDOW_MS = 60_000;
/** Requests a minute of one connection, by plan (Notion, "Request limits", 2026-09). */
const PER_MINUTE = { free: 180, plus: 180, business: 600, enterprise: 600 };

interface Window {
  readonly startedAt: number;
  count: number;
}

/**
 * Counts requests in fixed windows of a minute: one for each connection, and one for each workspace, which all its
 * connections share. Both are off unless the settings turn them on.
 */
export function createRateLimit(world: World, settings: Settings): (caller: Installation) => void {
  const windows = new Map<string, Window>();
  const spend = (key: string, allowed: number, reason: string) => {
    const now = world.clock.now();
    let window = windows.get(key);
    if (window === undefined || now - window.startedAt >= WINDOW_MS) {
      window = { startedAt: now, count: 0 };
      windows.set(key, window);
    }
    window.count += 1;
    if (window.count > allowed) throw rateLimited(reason, window.startedAt + WINDOW_MS - now);
  };
  return caller => {
    const { perConnection, perWorkspace } = settings.rateLimits;
    if (perConnection !== 'off') {
      const plan = world.workspaces.get(caller.workspaceId)?.plan ?? 'free';
      const allowed = perConnection === 'by plan' ? PER_MINUTE[plan] : perConnection;
      spend(caller.botId, allowed, 'public_api_request_rate_limit');
    }
    if (perWorkspace !== 'off') spend(caller.workspaceId, perWorkspace, 'public_api_space_request_rate_limit');
  };
}

function rateLimited(reason: string, waitMs: number): ApiError {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return new ApiError(429, 'rate_limited', 'You have been rate limited. Please try again in a few minutes.', {
    additionalData: { rate_limit_reason: reason, retry_after: seconds },
    headers: { 'retry-after': seconds },
  });
}
