import type { Discovery } from './discover.ts';

/**
 * Which scopes to ask for (MCP authorization, "Scope Selection Strategy"): those of the challenge, else those that the
 * resource offers, else none. To them comes what was asked for before, so that stepping up never steps down, and
 * `offline_access` where the server lists it.
 */
export function scopeFor({ challenge, scopesOffered, server }: Discovery, before: string | null): string | null {
  const needed = challenge?.scope?.split(' ') ?? scopesOffered ?? [];
  const wanted = union(before?.split(' ') ?? [], needed);
  if (wanted.length === 0) return null;
  const offline = server.scopes_supported?.includes('offline_access') ? ['offline_access'] : [];
  return union(wanted, offline).join(' ');
}

function union(some: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...some, ...more])].filter(scope => scope !== '');
}
