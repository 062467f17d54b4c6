import type { Grant } from '../domain/grant.ts';
import type { PastCall } from '../domain/past-call.ts';
import type { LesserRight } from '../domain/policy-advice.ts';
import { writeGrant, writeScope } from './document.ts';
import type { Lint } from './lint.ts';
import type { SubjectNames } from './names.ts';
import { sayGrant } from './tell-changes.ts';

const ofGrant: Readonly<Record<Extract<Lint, { of: 'grant' }>['because'], string>> = {
  no_actions: 'It names no action, or a role that allows none.',
  expired: 'It has expired.',
  never_holds: 'It begins when it has ended, so it never holds.',
  nobody: 'Its subject includes no member.',
  nowhere: 'Nothing that is known stands in its places.',
  changes_nothing: 'Without it, every call would be decided the same.',
  everyone: 'It allows everyone what otherwise only admins may do.',
};
const ofGroup = { empty: 'It has no members.', unused: 'No grant and no group names it.' };
const ofRole = { no_actions: 'It allows nothing.', unused: 'No member has it, and no grant names it.' };
const ofCheck = { nobody: 'It is about no member.', nowhere: 'Its page is not known, so it is checked at the top.' };

/** What a lint is about, and why it is one: two sentences for the author of the policy. */
export function sayLint(lint: Lint, names: SubjectNames): string {
  switch (lint.of) {
    case 'grant':
      return `${grantLine(lint.grant, names)}. ${ofGrant[lint.because]}`;
    case 'group':
      return `The group ${lint.name}. ${ofGroup[lint.because]}`;
    case 'role':
      return `The role ${lint.name}. ${ofRole[lint.because]}`;
    default:
      return `The ${lint.of} ${lint.place + 1}. ${ofCheck[lint.because]}`;
  }
}

/** What to change, in one sentence. */
export function sayLesser(
  { about, keeps, scopes }: LesserRight<PastCall>,
  grant: Grant | undefined,
  names: SubjectNames,
): string {
  if ('principal' in about) return `Give ${names.nameOf(about.principal)} the role ${about.role}.`;
  if (grant === undefined) return `Remove ${about.grant}.`;
  const line = grantLine(grant, names);
  if (keeps.length === 0) return `Remove: ${line}.`;
  return `Of ${line}, keep ${keeps.join(', ')} on ${scopes.map(writeScope).join(', ')}.`;
}

/** `allow group:contractors read on page:… (board papers)` */
function grantLine(grant: Grant, names: SubjectNames): string {
  return sayGrant(writeGrant(grant, names));
}
