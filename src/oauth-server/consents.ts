import { type Action, contentActions } from '../domain/action.ts';
import {
  type AccessRequest,
  type AccessScope,
  actionsOfScopes,
  type Consent,
  type ConsentChoice,
} from '../domain/consent.ts';
import { PortcullisError } from '../domain/errors.ts';
import { type ConsentId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { dayMs, type Now } from '../domain/units.ts';
import type { ConsentStore } from './consent-store.ts';

/** How long a consent lasts, even if it is used. */
const consentMs = 180 * dayMs;
const pagesMax = 50;

export interface Consents {
  /** Writes down what the person allowed. Throws what `ConsentStore.add` throws, and `validation_error`. */
  give(author: Caller, asked: AccessRequest, choice: ConsentChoice): Promise<Consent>;
  /** Those of one person that are not over. */
  list(workspaceId: WorkspaceId, of: Caller): Promise<Consent[]>;
  /** Ends a consent of the caller. Throws `not_found`. */
  revoke(workspaceId: WorkspaceId, id: ConsentId, of: Caller): Promise<Consent>;
  agentsOf: ConsentStore['agentsOf'];
}

export function createConsents(parts: {
  readonly store: ConsentStore;
  /** Keeps a client that is in use. */
  readonly keepClient: (clientId: string, until: Date) => Promise<void>;
  readonly now: Now;
}): Consents {
  const { store, keepClient, now } = parts;

  async function give(author: Caller, asked: AccessRequest, choice: ConsentChoice): Promise<Consent> {
    const { principal } = author;
    if (principal.kind !== 'user') throw new PortcullisError('restricted', 'Only a person can allow this.');
    const { workspaceId, under, as } = choice;
    const agents = as === null ? [] : await store.agentsOf(workspaceId, principal.id);
    if (as !== null && !agents.some(({ id }) => id === as)) {
      throw new PortcullisError('not_found', 'There is no such agent of yours.');
    }
    const scopes = choice.scopes.filter(scope => asked.scopes.includes(scope));
    if (scopes.length === 0) throw new PortcullisError('validation_error', 'Allow at least reading.');
    if (under !== null && (under.length === 0 || under.length > pagesMax)) {
      throw new PortcullisError('validation_error', `Name between 1 and ${pagesMax} pages.`);
    }
    const createdAt = now();
    const consent: Consent = {
      id: newId('cns'),
      workspaceId,
      principalId: as ?? principal.id,
      userId: principal.id,
      clientId: asked.clientId,
      clientName: asked.clientName,
      resource: asked.resource,
      ceiling: ceilingOf(scopes),
      under,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + consentMs),
      lastUsedAt: null,
      revokedAt: null,
    };
    await store.add(consent);
    await keepClient(asked.clientId, consent.expiresAt);
    return consent;
  }

  return {
    give,
    list: (workspaceId, of) => store.list(workspaceId, personOf(of), now()),
    async revoke(workspaceId, id, of) {
      const consent = await store.find(workspaceId, id);
      if (consent === null || consent.userId !== personOf(of)) {
        throw new PortcullisError('not_found', 'There is no such consent.');
      }
      await store.revoke(workspaceId, id, now());
      return { ...consent, revokedAt: consent.revokedAt ?? now() };
    },
    agentsOf: store.agentsOf,
  };
}

function ceilingOf(scopes: readonly AccessScope[]): readonly Action[] {
  const allowed = actionsOfScopes(scopes);
  return contentActions.filter(action => allowed.includes(action));
}

function personOf({ principal }: Caller) {
  if (principal.kind !== 'user') throw new PortcullisError('restricted', 'Only a person allows such things.');
  return principal.id;
}
