import type { SafeFetch } from './safe-fetch.ts';

/** The same requests, which all end when this signal aborts. */
export function within(fetch: SafeFetch, end: AbortSignal): SafeFetch {
  return (url, request = {}) => {
    const signal = request.signal === undefined ? end : AbortSignal.any([end, request.signal]);
    return fetch(url, { ...request, signal });
  };
}
