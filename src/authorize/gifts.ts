import { type Action, actions } from '../domain/action.ts';
import { containerKinds, objectKey } from '../domain/ancestry.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { Facts } from '../domain/facts.ts';
import { whereAmong } from '../domain/gift-places.ts';
import type { Call, Demand } from '../domain/operation.ts';
import type { Caller } from '../domain/principal.ts';
import { actionsAnywhere, actionsHeld } from '../domain/rights.ts';
import type { Gift, Subject } from '../domain/subjects.ts';
import { beyondGrantor } from './amplification.ts';
import { beyondByPlace } from './gifts-by-place.ts';

const nothing: ReadonlySet<Action> = new Set();

/** What a demand gives away and its author does not hold (rule 8), in the order of the list of actions. */
export function beyondAuthor({ gives, object }: Demand, call: Call, caller: Caller, facts: Facts): Action[] {
  if (gives === undefined) return [];
  if (gives.kind === 'policy') return beyondChange(call, caller, facts);
  const inDeployment = object.kind === 'deployment';
  const held = inDeployment ? caller.deploymentRights : heldToGive(gives, call, caller, facts);
  const given = inDeployment ? rightsGiven(gives, facts) : actionsGiven(gives, facts);
  const elsewhere = inDeployment ? nothing : byPlace(gives, call, caller, facts, given, held);
  return actions.filter(action => (given.has(action) && !held.has(action)) || elsewhere.has(action));
}

/** A key gives no more than it is limited to; without a limit of actions it is made with what its maker holds. */
function byPlace(
  gift: Gift,
  call: Call,
  caller: Caller,
  facts: Facts,
  given: ReadonlySet<Action>,
  held: ReadonlySet<Action>,
): ReadonlySet<Action> {
  const asker = askerOf(caller, call, facts);
  if (asker === null) return nothing;
  const beyond = new Set(beyondByPlace(gift, asker, facts));
  if (gift.kind !== 'key') return beyond;
  return beyond.intersection(gift.actions === undefined && gift.role === undefined ? held : given);
}

function heldToGive(gift: Gift, call: Call, caller: Caller, facts: Facts): ReadonlySet<Action> {
  const asker = askerOf(caller, call, facts);
  if (facts.policy === null || asker === null) return nothing;
  return gift.kind === 'key' && gift.own ? actionsAnywhere(facts.policy, asker) : actionsHeld(facts.policy, asker);
}

/** Whether a key would reach pages that the key which makes it does not (rule 11). */
export function widensKey({ gives }: Demand, { under }: Caller, { objects }: Facts): boolean {
  if (gives?.kind !== 'key' || gives.under === undefined || under === null) return false;
  const within = (id: string) => {
    const known = containerKinds.map(kind => objects.get(objectKey({ kind, id })));
    const path = known.find(ancestry => ancestry?.state === 'known');
    return under.includes(id) || (path?.state === 'known' && path.path.some(above => under.includes(above.id)));
  };
  return !gives.under.every(within);
}

/**
 * A link that its author could use makes the author that person, with everything that the person can use outside of the
 * workspace. So only a caller who manages people in the deployment may make it.
 */
export function reachesBeyond({ gives, object }: Demand, { subjects }: Facts): boolean {
  if (gives?.kind !== 'identity' || gives.byMail || object.kind === 'deployment') return false;
  const person = subjects.get(gives.of);
  return person !== undefined && (person.beyond || person.rights.size > 0);
}

/** An impossible change gives nothing; the command says why it is impossible. */
function beyondChange(call: Call, caller: Caller, facts: Facts): Action[] {
  const { policy, proposed, objects } = facts;
  if (caller.principal.kind === 'system' || proposed === null) return [];
  const asker = askerOf(caller, call, facts);
  return policy === null || asker === null
    ? [...actions]
    : beyondGrantor(policy, proposed, asker, { whereIs: whereAmong(objects) });
}

function actionsGiven(gift: Gift, { subjects, policy }: Facts): ReadonlySet<Action> {
  const ofRole = (role: string) => policy?.ofRole(role) ?? nothing;
  // A person who does not exist gets nothing; the command says that they do not exist.
  const ofSubject = (subject: Subject | undefined) => (subject?.role == null ? nothing : ofRole(subject.role));
  switch (gift.kind) {
    case 'key':
      return gift.role === undefined ? new Set(gift.actions) : ofRole(gift.role);
    case 'role':
      return ofRole(gift.role).difference(gift.to === undefined ? nothing : ofSubject(subjects.get(gift.to)));
    case 'invitation':
      return ofSubject(subjects.get(gift.id));
    case 'identity':
      return ofSubject(subjects.get(gift.of));
    default:
      return new Set(actions);
  }
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
