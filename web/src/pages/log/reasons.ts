import type { AllowReason, DenyReason } from '../../../../src/domain/decision.ts';
import type { AuditEntry } from '../../api.ts';

/** The reasons of decisions, in words. The type keeps the list complete. */
const words: Record<AllowReason | DenyReason, string> = {
  role: 'by role',
  self: 'own affairs',
  owner: 'one’s own',
  member: 'as a member',
  deployment_right: 'by a right in the deployment',
  system: 'Portcullis itself',
  unauthenticated: 'without valid credentials',
  malformed: 'malformed request',
  other_workspace: 'the key is for another workspace',
  not_a_member: 'not a member',
  role_lacks_action: 'the role does not allow it',
  key_lacks_action: 'the key is limited to other actions',
  lacks_deployment_right: 'the right to do this is missing',
  not_the_owner: 'made by somebody else',
  gives_too_much: 'would give more than they hold',
  takes_a_person: 'takes a person, not an agent',
  takes_a_session: 'takes a person in a browser, not a key',
  nothing_to_decide: 'no such operation',
  no_workspace: 'no workspace named',
  no_connection: 'not connected to Notion',
  connection_blocked: 'the connection does not work',
  too_many_calls: 'too many calls at once',
  policy_changed: 'permissions kept changing',
};

export function inWords(because: string): string {
  return Object.hasOwn(words, because) ? words[because as keyof typeof words] : because;
}

/** How a call ended: `done (200)`. A denied call was never sent. */
export function outcomeOf({ kind, outcome, result }: AuditEntry): string {
  if (kind === 'denial') return 'not sent';
  if (kind !== 'intent') return result ?? '';
  if (outcome === null) return 'under way';
  const word = outcome.result.replaceAll('_', ' ');
  return outcome.status === null ? word : `${word} (${outcome.status})`;
}
