import type { ErrorCode } from './errors.ts';

/** Why a call was allowed, and the sentence for the log. */
export const allowReasons = {
  role: 'by role',
  grant: 'by a grant',
  self: 'own affairs',
  owner: 'one’s own',
  member: 'as a member',
  deployment_right: 'by a right in the deployment',
  system: 'Portcullis itself',
} as const;

export type AllowReason = keyof typeof allowReasons;

interface DenyReasonRow {
  /** The sentence in the log. */
  readonly says: string;
  /**
   * The error that the caller gets. `not_found` never confirms that the object exists. `restricted` names the missing
   * right, but only to callers who may read the object; others get `not_found` too.
   */
  readonly error: ErrorCode;
  /** The reason does not depend on the object, and so reveals nothing about it. */
  readonly ofAnyObject: boolean;
}

function row(says: string, error: ErrorCode, ofAnyObject = false): DenyReasonRow {
  return { says, error, ofAnyObject };
}

/** Every reason to deny a call. Each has one meaning, and one error for the caller. */
export const denyReasons = {
  unauthenticated: row('without valid credentials', 'unauthorized', true),
  malformed: row('malformed request', 'validation_error'),
  other_workspace: row('the key is for another workspace', 'not_found'),
  not_a_member: row('not a member', 'not_found'),
  role_lacks_action: row('the role does not allow it', 'restricted'),
  key_lacks_action: row('the key is limited to other actions', 'restricted'),
  denied_by_grant: row('a grant denies it', 'restricted'),
  outside_limit: row('outside the pages that a limit names', 'restricted'),
  outside_key_pages: row('outside the pages that the key is limited to', 'restricted'),
  unknown_object: row('where the object stands could not be established', 'not_found'),
  stale_object: row('where the object stands was not looked up recently enough', 'not_found'),
  property_masked: row('a grant keeps this property from being written', 'restricted'),
  property_tested: row('a condition tests this property', 'restricted'),
  move_widens: row('the move would give a member more than before', 'restricted'),
  lacks_deployment_right: row('the right to do this is missing', 'restricted'),
  not_the_owner: row('made by another caller', 'not_found'),
  gives_too_much: row('would give more than they hold', 'restricted'),
  takes_a_person: row('takes a person, not an agent', 'restricted'),
  takes_a_session: row('takes a person in a browser, not a key', 'restricted'),
  nothing_to_decide: row('no such operation', 'restricted'),
  no_workspace: row('no workspace named', 'not_found'),
  no_connection: row('not connected to Notion', 'no_connection'),
  connection_blocked: row('the connection does not work', 'connection_needs_reauth'),
  too_many_calls: row('too many calls at once', 'rate_limited', true),
  policy_changed: row('permissions kept changing', 'policy_changed', true),
} as const satisfies Record<string, DenyReasonRow>;

export type DenyReason = keyof typeof denyReasons;
