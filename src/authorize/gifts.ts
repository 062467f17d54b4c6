import { type Action, actions } from '../domain/action.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { Facts } from '../domain/facts.ts';
import type { Demand } from '../domain/operation.ts';
import type { Caller } from '../domain/principal.ts';
import type { Gift, Subject } from '../domain/subjects.ts';
import { beyondGrantor } from './amplification.ts';
import { evaluator } from './evaluator.ts';

const nothing: ReadonlySet<Action> = new Set();

/** What a demand gives away and its author does not hold (rule 8), in the order of the list of actions. */
export function beyondAuthor({ gives, object }: Demand, caller: Caller, facts: Facts): Action[] {
  if (gives === undefined) return [];
  if (gives.kind === 'policy') return beyondChange(caller, facts);
  const inDeployment = object.kind === 'deployment';
  const held = inDeployment ? caller.deploymentRights : evaluator.held({ role: facts.role, ceiling: caller.ceiling });
  const given = inDeployment ? rightsGiven(gives, facts) : actionsGiven(gives, facts);
  return actions.filter(action => given.has(action) && !held.has(action));
}

/**
 * A link that its author could use makes the author that person, and opens what the person reaches beyond the workspace.
 * Only somebody who manages people in the deployment makes it.
 */
export function reachesBeyond({ gives, object }: Demand, { subjects }: Facts): boolean {
  if (gives?.kind !== 'identity' || gives.byMail || object.kind === 'deployment') return false;
  const person = subjects.get(gives.of);
  return person !== undefined && (person.beyond || person.rights.size > 0);
}

/** What is impossible gives nothing: why it is impossible is said by the command. */
function beyondChange(caller: Caller, facts: Facts): Action[] {
  const { policy, proposed } = facts;
  if (caller.principal.kind === 'system' || proposed === null) return [];
  const asker = askerOf(caller, { door: 'api', clientAddress: '' }, facts);
  return policy === null || asker === null ? [...actions] : beyondGrantor(policy, proposed, asker);
}

function actionsGiven(gift: Gift, { subjects }: Facts): ReadonlySet<Action> {
  switch (gift.kind) {
    case 'actions':
      return new Set(gift.actions);
    case 'role':
      return evaluator.ofRole(gift.role).difference(gift.to === undefined ? nothing : ofSubject(subjects.get(gift.to)));
    case 'invitation':
      return ofSubject(subjects.get(gift.id));
    case 'identity':
      return ofSubject(subjects.get(gift.of));
    default:
      return new Set(actions);
  }
}

/** Who is not there is given nothing; that they are not there is said by the command. */
function ofSubject(subject: Subject | undefined): ReadonlySet<Action> {
  return subject === undefined || subject.role === null ? nothing : evaluator.ofRole(subject.role);
}

function rightsGiven(gift: Gift, { subjects }: Facts): ReadonlySet<Action> {
  switch (gift.kind) {
    case 'rights':
      return new Set(gift.rights);
    case 'identity':
      return subjects.get(gift.of)?.rights ?? nothing;
    case 'account': {
      const person = subjects.get(gift.of);
      if (person === undefined) return nothing;
      const named = gift.rights === undefined ? null : new Set(gift.rights);
      const staysDisabled = gift.disabled ?? person.disabled;
      const after = named ?? (staysDisabled ? nothing : person.rights);
      return after.difference(person.disabled ? nothing : person.rights);
    }
    default:
      return new Set(actions);
  }
}
