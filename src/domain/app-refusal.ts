/** RFC 6749 section 5.2: what an authorization server says of a client that it does not accept. Ours is set up wrongly then. */
const appRefusals = ['invalid_client', 'unauthorized_client'] as const;

export type AppRefusal = (typeof appRefusals)[number];

/** The refusal that a word is; null for any other. */
export function appRefusalIn(word: unknown): AppRefusal | null {
  return appRefusals.find(known => known === word) ?? null;
}
