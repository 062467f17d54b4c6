import { connectProblemOf } from '../domain/connect-problem.ts';
import type { PortcullisError } from '../domain/errors.ts';

/** What the log calls a failure. Of connecting, the problem says more than the error code, which many of them share. */
export function failureCode(error: PortcullisError): string {
  return connectProblemOf(error) ?? error.code;
}
