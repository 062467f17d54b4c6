/** What kept an answer from coming. */
export type SafeFetchProblem =
  /** The URL, or the target of its redirect, is one that we send no requests to. */
  | 'forbidden'
  /** The answer leads elsewhere. */
  | 'redirected'
  /** The answer is larger, or of another type, than any honest one. */
  | 'unacceptable'
  /** No connection was made, so nothing was sent. */
  | 'unsent'
  /** No complete answer in time. The server may or may not have acted. */
  | 'unreachable';

/** The request was refused or not answered. The error has no part of the request or of the answer. */
export class SafeFetchError extends Error {
  readonly problem: SafeFetchProblem;
  /** In our own words, for logs. */
  readonly reason: string;

  constructor(problem: SafeFetchProblem, reason: string, options?: ErrorOptions) {
    super(`The request was not carried out: ${reason}.`, options);
    this.name = 'SafeFetchError';
    this.problem = problem;
    this.reason = reason;
  }
}

/** The `SafeFetchError` that an error is or was caused by: connection errors arrive wrapped. */
export function safeFetchErrorIn(error: unknown): SafeFetchError | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof SafeFetchError) return at;
  }
  return null;
}
