/** What is wrong with a call about content, as far as Portcullis can tell, and what the reader can do about it. */
export type Diagnosis =
  | Finding<'not_found_or_not_shared', 404, 'share_page'>
  | Finding<'permission_denied', 403, 'ask_admin'>
  | Finding<'capability_missing', 403, 'edit_capabilities'>
  | Finding<'block_limit_reached', 403, 'upgrade_plan'>
  | Finding<'reauth_required', 409, 'reconnect'>
  | Finding<'conflict', 409, 'refetch'>
  | Finding<'rate_limited', 429, 'wait'>
  | Finding<'blocked_by_notion', 429, 'contact_notion'>
  | Finding<'possibly_saved', 504, 'refetch'>
  | Finding<'upstream_unavailable', 502, 'wait'>
  | Finding<'invalid_request', 400, 'correct_request'>;

export type DiagnosisCode = Diagnosis['code'];

interface Finding<Code extends string, Status extends number, Action extends string> {
  readonly code: Code;
  readonly status: Status;
  readonly message: string;
  /** What to do, in a sentence. */
  readonly advice: string;
  /** For programs: which remedy to offer. */
  readonly action: Action;
  /** The least time to wait, if Notion gave one. */
  readonly retryAfterSeconds: number | null;
}
