/** What a page became, with the keys and the sentence of the second source system. Always strings. */
export interface PageSuccess {
  readonly status: 'success';
  readonly page_id: string;
  readonly url: string;
  readonly title: string;
  readonly message: string;
  readonly appended_block_ids?: readonly string[];
}

export type FailureStatus =
  /** The server could not read the arguments, and so did nothing. */
  | 'upstream_argument_error'
  | 'rate_limited'
  | 'not_found'
  | 'forbidden'
  /** The answer does not belong to the question. */
  | 'unexpected_response'
  /** It is unknown whether it was done. It must not be repeated before a person has checked. */
  | 'unknown'
  | 'error';

export interface Failure {
  readonly status: FailureStatus;
  readonly message: string;
  readonly retry_after_seconds?: number;
}

export type PageOutcome = PageSuccess | Failure;
export type DataOutcome = { readonly status: 'success'; readonly data: Readonly<Record<string, unknown>> } | Failure;

export function failure(status: FailureStatus, message: string, retryAfterSeconds?: number): Failure {
  return { status, message, ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }) };
}

export function isFailure(outcome: { readonly status: string }): outcome is Failure {
  return outcome.status !== 'success';
}
