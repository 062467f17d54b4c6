import { type Action, builtInRoles } from '../domain/action.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { Deny } from '../domain/decision.ts';
import type { Demand } from '../domain/operation.ts';
import { beyondAuthor } from './gifts.ts';
import { actionsOfBuiltInRole } from './roles.ts';

/** The missing right, for a caller who may know the object and may not do this: its name, and who can give it. */
export interface MissingRight {
  readonly message: string;
  readonly hint: string;
  /** The actions that are missing, where the call gives away more than one. */
  readonly missing?: readonly Action[];
}

export function missingRight(decision: Deny, decided: DecidedCall): MissingRight {
  const { because, demand } = decision;
  if (demand === null) return notAllowed;
  switch (because) {
    case 'role_lacks_action':
      return ofRole(demand.action, decided);
    case 'key_lacks_action':
      if (demand.object.kind === 'self') return ownAffairs;
      return demand.keyNames === true ? keyForKeys(demand.action) : ofKey(demand.action, decided);
    case 'denied_by_grant':
      return byGrant('A grant denies', demand.action);
    case 'outside_limit':
      return byGrant('A limit to other pages denies', demand.action);
    case 'outside_key_pages':
      return {
        message: `This key is limited to other pages. It does not allow the action "${demand.action}" here.`,
        hint: 'Make a key that is limited to pages which include this one, or a key without such a limit.',
      };
    case 'move_widens':
      return {
        message: 'After this move a member could do more with the page than before. That takes the action "grants".',
        hint: 'Ask a person who may change permissions in this workspace to move it.',
      };
    case 'property_masked':
      return {
        message: 'A grant keeps a property that this call writes from being written.',
        hint: 'Leave that property out, or ask an admin of the workspace to change the grant.',
      };
    case 'property_tested':
      return {
        message: 'Permissions depend on a property that this call writes. Writing it takes the action "grants".',
        hint: 'Leave that property out, or ask a person who may change permissions in this workspace.',
      };
    case 'lacks_deployment_right':
      return ofDeployment(demand.action, decided);
    case 'gives_too_much':
      return givesTooMuch(demand, decided);
    case 'takes_a_person':
    case 'takes_a_session':
      return aPerson;
    default:
      return notAllowed;
  }
}

const notAllowed: MissingRight = {
  message: 'This call is not allowed.',
  hint: 'Look for it in the log, where the reason stands.',
};

/** A key cannot be limited to its owner's account affairs: they are no action. */
const ownAffairs: MissingRight = {
  message: 'A key that is limited to some actions does not reach the account of its owner.',
  hint: 'Use a key without a limit, or sign in to the dashboard.',
};

const aPerson: MissingRight = {
  message: 'This takes a person who has signed in to the dashboard.',
  hint: 'Sign in to the dashboard: keys and agents cannot do this.',
};

function byGrant(what: string, action: Action): MissingRight {
  return {
    message: `${what} the action "${action}" here.`,
    hint: 'Ask an admin of the workspace: `portcullis explain` with the decision id names the grant.',
  };
}

function keyForKeys(action: Action): MissingRight {
  return {
    message: `A key makes keys only if it is limited to actions that include "${action}".`,
    hint: 'Make the key in the dashboard, or with a key that was made for it.',
  };
}

/** A caller cannot give what they do not hold (rule 8). */
function givesTooMuch(demand: Demand, { call, caller, facts }: DecidedCall): MissingRight {
  const missing = beyondAuthor(demand, call, caller, facts);
  if (missing.length === 0 && demand.gives?.kind === 'key') return otherPages;
  if (missing.length === 0) {
    return {
      message: 'Only an administrator of this deployment can reset the password of this person.',
      hint: 'Ask a person who manages people in the deployment: this person can use more than this workspace.',
    };
  }
  return {
    message: `This takes permissions that you do not hold: ${missing.join(', ')}.`,
    hint: 'Give less, or ask a person who holds them.',
    missing,
  };
}

const otherPages: MissingRight = {
  message: 'This key is limited to some pages, and makes no key for others.',
  hint: 'Limit the new key to those pages, or to pages below them.',
};

function ofRole(action: Action, { caller, facts }: DecidedCall): MissingRight {
  const { ceiling } = caller;
  const alsoKey = ceiling !== null && !ceiling.has(action);
  const roles = builtInRoles.filter(role => actionsOfBuiltInRole(role)?.has(action));
  const andKey = alsoKey ? ' The limit of this key does not either, so a new key is needed too.' : '';
  return {
    message: `Your role in this workspace (${facts.role}) does not allow the action "${action}".`,
    hint: `Ask an admin of the workspace for a role that does: ${roles.join(' or ')}.${andKey}`,
  };
}

function ofKey(action: Action, { caller, facts }: DecidedCall): MissingRight {
  const limit = [...(caller.ceiling ?? [])];
  const only = limit.length === 0 ? 'nothing' : limit.map(name => `"${name}"`).join(', ');
  return {
    message: `This key is limited to ${only}. It does not allow the action "${action}", which the role in this workspace (${facts.role}) does.`,
    hint: `Make a key without a limit, or with a limit that includes "${action}".`,
  };
}

function ofDeployment(action: Action, { caller }: DecidedCall): MissingRight {
  const message = `You do not have the right "${action}" in this deployment.`;
  return caller.boundTo === null
    ? { message, hint: 'Ask an administrator of the deployment for it.' }
    : { message, hint: 'Keys have no rights in the deployment: sign in to the dashboard.' };
}
