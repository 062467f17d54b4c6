/** Whether a `resource` parameter may stand in a request: an absolute URI without a fragment (RFC 8707 section 2). */
export function isResource(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('#');
}

/** Whether a token for `audience` may be used at `resource`: the same address, or one above it on the same origin. */
export function covers(audience: string, resource: string): boolean {
  const [given, asked] = [new URL(audience), new URL(resource)];
  if (given.origin !== asked.origin) return false;
  const path = given.pathname.replace(/\/$/, '');
  return asked.pathname === path || asked.pathname.startsWith(`${path}/`);
}
