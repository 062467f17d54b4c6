import type { DiagnosisCode } from './diagnosis.ts';
import type { ErrorCode } from './errors.ts';

/** The error for each diagnosis. Log statuses and exit codes of the command line need an error. */
export const errorOfDiagnosis: Readonly<Record<DiagnosisCode, ErrorCode>> = {
  not_found_or_not_shared: 'not_found',
  permission_denied: 'restricted',
  capability_missing: 'restricted',
  block_limit_reached: 'restricted',
  reauth_required: 'connection_needs_reauth',
  conflict: 'conflict',
  rate_limited: 'rate_limited',
  blocked_by_notion: 'rate_limited',
  possibly_saved: 'upstream_unknown',
  upstream_unavailable: 'upstream_unavailable',
  invalid_request: 'validation_error',
};
