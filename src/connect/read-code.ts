import { type ConnectProblem, connectError } from '../domain/connect-problem.ts';
import type { PortcullisError } from '../domain/errors.ts';
import type { Said, TokenAnswer } from '../domain/token-outcomes.ts';

/** RFC 6749 section 4.1.2.1, and the code of OpenID Connect for a person who is not present. */
const knownErrors = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'invalid_target',
  'login_required',
  'consent_required',
  'interaction_required',
] as const;

const codeLengthMax = 2_048;

/**
 * The code of a callback whose sender is known. Words of the callback are only compared, and neither shown nor logged
 * (defect A15). Throws the `connectError` `consent_denied`, `refused_by_notion` or `missing_code`.
 */
export function readCode({ error, code }: { readonly error: unknown; readonly code: unknown }): string {
  if (error === 'access_denied') throw connectError('consent_denied', 'the person said no');
  if (error !== undefined) {
    throw connectError(
      'refused_by_notion',
      `callback: ${knownErrors.find(known => known === error) ?? 'another error'}`,
    );
  }
  if (code === undefined || code === '') throw connectError('missing_code', 'callback: no code');
  if (typeof code !== 'string') throw connectError('missing_code', 'callback: several codes');
  if (code.length > codeLengthMax) throw connectError('missing_code', 'callback: the code is too long');
  return code;
}

type NoTokens = Exclude<TokenAnswer<unknown>, { said: 'granted' }>;

const problemAfter = {
  grant_refused: 'code_refused',
  client_refused: 'client_forgotten',
  app_refused: 'app_refused',
  misconfigured: 'app_refused',
  turned_away: 'notion_unreachable',
  unclear: 'notion_unreachable',
} as const satisfies Record<NoTokens['said'] & Said, ConnectProblem>;

/** The `connectError` of an attempt whose code brought no tokens. */
export function codeRefused(answer: NoTokens): PortcullisError {
  const { said, problem } = answer;
  const why = ('why' in answer && answer.why) || problem;
  const isUnusable = problem === 'answer_unusable' || problem === 'other';
  return connectError(isUnusable ? 'answer_unusable' : problemAfter[said], `token endpoint: ${why}`);
}
