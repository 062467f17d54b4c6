/** Revisions of the Model Context Protocol that are spoken here, newest first (https://modelcontextprotocol.io/specification). */
const modernRevisions = ['2026-07-28'] as const;
/** Those with a handshake. */
export const handshakeRevisions = ['2025-11-25', '2025-06-18'] as const;

export const revisions: readonly string[] = [...modernRevisions, ...handshakeRevisions];

export function isModernRevision(value: unknown): boolean {
  return (modernRevisions as readonly unknown[]).includes(value);
}

export function isHandshakeRevision(value: unknown): boolean {
  return (handshakeRevisions as readonly unknown[]).includes(value);
}
