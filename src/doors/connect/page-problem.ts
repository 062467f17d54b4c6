import { type ConnectProblem, connectProblemOf } from '../../domain/connect-problem.ts';
import { PortcullisError } from '../../domain/errors.ts';

/** What a person on these pages can meet: the problems of connecting, and those of any page. */
export type PageProblem =
  | ConnectProblem
  | 'not_signed_in'
  | 'not_allowed'
  | 'bad_address'
  | 'forged'
  | 'wrong_host'
  | 'unavailable';

/** Problems that people cause and correct themselves. An operator should know of all others. */
const ofPeople: ReadonlySet<PageProblem> = new Set([
  'invalid_state',
  'consent_denied',
  'already_known',
  'workspace_mismatch',
  'owner_mismatch',
  'being_disconnected',
  'replaced',
  'cancelled',
  'in_use',
  'not_waiting',
  'not_signed_in',
  'not_allowed',
  'bad_address',
]);

export function concernsOperator(problem: PageProblem): boolean {
  return !ofPeople.has(problem);
}

export function pageProblemOf(error: unknown): PageProblem {
  const problem = connectProblemOf(error);
  if (problem !== null) return problem;
  switch (error instanceof PortcullisError ? error.code : null) {
    case 'unauthorized':
      return 'not_signed_in';
    case 'restricted':
    case 'not_found':
      return 'not_allowed';
    case 'invalid_state':
      return 'invalid_state';
    case 'validation_error':
      return 'bad_address';
    case 'invalid_request':
      return 'forged';
    case 'wrong_host':
      return 'wrong_host';
    default:
      return 'unavailable';
  }
}

/** Fastify's own refusals of a request (a body too large, of another type) carry their status. */
export function statusOf(error: unknown): number {
  if (error instanceof PortcullisError) return error.status;
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
