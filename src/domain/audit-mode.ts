/**
 * What a call may do whose entry cannot be made durable. strict: nothing. degraded-read: read, if its entry is at least in a
 * file beside the log. continue: anything.
 */
export const auditModes = ['strict', 'degraded-read', 'continue'] as const;
export type AuditMode = (typeof auditModes)[number];
