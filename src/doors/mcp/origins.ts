import { isLoopback } from '../../domain/loopback.ts';

/**
 * Whether a web page of that origin may call. A request without an Origin comes from no page. Where Portcullis itself is on a
 * loopback address, so may be the pages of a developer.
 */
export function isOurOrigin(origin: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true;
  const ours = new URL(publicUrl);
  if (origin === ours.origin) return true;
  return URL.canParse(origin) && isLoopback(ours.hostname) && isLoopback(new URL(origin).hostname);
}
