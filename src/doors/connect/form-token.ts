import { createHmac, timingSafeEqual } from 'node:crypto';

/** Binds a form to the session that it was made for: only the holder of the session can make the token. */
export function formTokenFor(session: string, connectionId: string): string {
  return createHmac('sha256', session).update(`confirm connection\0${connectionId}`).digest('base64url');
}

export function isFormToken(token: string, session: string, connectionId: string): boolean {
  const expected = Buffer.from(formTokenFor(session, connectionId));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
