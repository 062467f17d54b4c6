/** How far an exchange had come when it failed: not yet on the wire, no byte of an answer, or in the midst of one. */
export type Progress = 'waiting' | 'sent' | 'answering';

/**
 * Why an exchange failed.
 * `late`: its decision had grown too old by the time a connection was ready (rule 10). `cancelled`: the client went
 * away. `connection`: refused, reset or closed. `timeout`: no byte for too long, or not finished in time.
 * `unusable`: not HTTP, cut short, too large. `defect`: the request could not even be written.
 */
export type FailureReason = 'late' | 'cancelled' | 'connection' | 'timeout' | 'unusable' | 'defect';

export class ExchangeFailure extends Error {
  readonly progress: Progress;
  readonly reason: FailureReason;

  constructor(progress: Progress, reason: FailureReason, cause?: unknown) {
    super(`exchange with Notion failed: ${reason} while ${progress}`, { cause });
    this.name = 'ExchangeFailure';
    this.progress = progress;
    this.reason = reason;
  }
}

const reasons: ReadonlyMap<string, FailureReason> = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'unusable'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'unusable'],
  ['UND_ERR_INVALID_ARG', 'defect'],
  ['UND_ERR_NOT_SUPPORTED', 'defect'],
]);

/** Reads undici's code, or the name of its parser's error. Any other error happened to the connection. */
export function reasonOf(error: unknown): FailureReason {
  if (!(error instanceof Error)) return 'connection';
  if (error.name === 'HTTPParserError') return 'unusable';
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' ? reasons.get(code) : undefined) ?? 'connection';
}
