import { sessionMsMax } from '../domain/session-lifetime.ts';
import { secondMs } from '../domain/units.ts';

/**
 * The browser session. The `__Host-` prefix makes browsers insist on Secure, on Path=/ and on no Domain, so that neither
 * a neighbouring subdomain nor plain http can plant one (RFC 6265bis section 4.1.3.2).
 */
export const sessionCookieName = '__Host-portcullis';

export type SessionCookie =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly token: string }
  /** It was sent twice. One of them was planted, and we cannot tell which. */
  | { readonly kind: 'repeated' };

/** Finds the session in a Cookie header. */
export function readSessionCookie(header: string | undefined): SessionCookie {
  const values = (header ?? '')
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${sessionCookieName}=`))
    .map(pair => pair.slice(sessionCookieName.length + 1));
  const [token] = values;
  if (token === undefined) return { kind: 'absent' };
  return values.length === 1 ? { kind: 'present', token } : { kind: 'repeated' };
}

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** A Set-Cookie value that starts a session. */
export function sessionCookie(token: string): string {
  return `${sessionCookieName}=${token}; Max-Age=${sessionMsMax / secondMs}; ${attributes}`;
}

/** A Set-Cookie value that makes the browser forget its session. */
export const endedSessionCookie = `${sessionCookieName}=; Max-Age=0; ${attributes}`;

/**
 * Says that this browser has signed in to an account before. It gives no access: it only distinguishes the account's
 * owner from strangers.
 */
const deviceCookieName = '__Host-portcullis-device';
const deviceDays = 180;

/** A Set-Cookie value for a device; none if there is no device to remember. */
export function deviceCookie(device: string | null): string[] {
  return device === null ? [] : [`${deviceCookieName}=${device}; Max-Age=${deviceDays * 86_400}; ${attributes}`];
}

export function readDeviceCookie(header: string | undefined): string | null {
  const pairs = (header ?? '').split(';').map(pair => pair.trim());
  return pairs.find(pair => pair.startsWith(`${deviceCookieName}=`))?.slice(deviceCookieName.length + 1) ?? null;
}
