/**
 * Where to go after signing in: a path of this site, or the first page. The address is read as a browser reads it, which
 * throws tabs and line ends away: `/%09/evil.example` would be another host.
 */
export function ownPath(next: string | null, origin: string): string {
  if (next === null || !URL.canParse(next, origin)) return '/';
  const url = new URL(next, origin);
  return url.origin === origin && next.startsWith('/') ? url.pathname + url.search + url.hash : '/';
}
