import * as oauth from 'oauth4webapi';
import type { SafeFetch, SafeRequest } from '../../net/safe-fetch/safe-fetch.ts';

/**
 * The options under which `oauth4webapi` sends through our guards alone. Its own check of the scheme is off because the
 * guarded fetch has a stricter one, which knows of the setting for development.
 */
export function sendWith(fetch: SafeFetch, { signal, types }: Pick<SafeRequest, 'signal' | 'types'> = {}) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, request: { method: string; headers: Record<string, string>; body: unknown }) =>
      fetch(url, {
        method: request.method,
        headers: request.headers,
        signal,
        ...(types !== undefined && { types }),
        body: request.body instanceof URLSearchParams || typeof request.body === 'string' ? request.body : null,
      }),
  };
}
