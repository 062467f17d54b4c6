/**
 * The errors by which an authorization server rejects its client (RFC 6749 section 5.2). For us they mean that our
 * client is set up wrongly.
 */
const appRefusals = ['invalid_client', 'unauthorized_client'] as const;

export type AppRefusal = (typeof appRefusals)[number];

/** The refusal that this word names; null for any other word. */
export function appRefusalIn(word: unknown): AppRefusal | null {
  return appRefusals.find(known => known === word) ?? null;
}
