import type { RegistrationId } from '../../domain/ids.ts';
import type { Challenge } from './challenge.ts';
import type { Discovery } from './discover.ts';
import type { Registrations } from './registrations.ts';

/**
 * The scopes to ask for (MCP authorization, "Scope Selection Strategy"): those of the challenge, otherwise those that
 * the resource offers, otherwise none. The scopes of the last request are added, so that a step up never loses a scope,
 * and `offline_access` if the server lists it.
 */
export function scopeFor({ challenge, scopesOffered, server }: Discovery, before: string | null): string | null {
  const wanted = union(listOf(before), challenge?.scope == null ? (scopesOffered ?? []) : listOf(challenge.scope));
  if (wanted.length === 0) return null;
  const offline = server.scopes_supported?.includes('offline_access') ? ['offline_access'] : [];
  return union(wanted, offline).join(' ');
}

/**
 * Remembers the scopes that a server wanted in addition (`insufficient_scope`): the next consent asks for both
 * ("Step-Up Authorization Flow"). Nothing asks again by itself, so there is no endless retry.
 */
export async function stepUp(
  registrations: Pick<Registrations, 'find' | 'noteScope'>,
  id: RegistrationId,
  { scope }: Pick<Challenge, 'scope'>,
): Promise<void> {
  const before = (await registrations.find(id))?.scope ?? null;
  const wanted = union(listOf(before), listOf(scope));
  await registrations.noteScope(id, wanted.length === 0 ? null : wanted.join(' '));
}

/** RFC 6749 section 3.3. A text that is no scope is not asked for, and neither is one longer than any honest scope. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
/**
 * Scopes are part of a URL, and are remembered: a server must not make them grow until the URL is too long for a
 * browser.
 */
const scopesMax = 50;

function listOf(scope: string | null): string[] {
  return scope?.split(' ') ?? [];
}

function union(some: readonly string[], more: readonly string[]): string[] {
  const scopes = [...new Set([...some, ...more])].filter(scope => scopeToken.test(scope));
  // Those that were named last are needed now.
  return scopes.slice(-scopesMax);
}
