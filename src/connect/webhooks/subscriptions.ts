import { randomBytes } from 'node:crypto';
import { PortcullisError } from '../../domain/errors.ts';
import { newId, type PrincipalId, type SubscriptionId, type WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { Secret } from '../../domain/secret.ts';
import { hourMs } from '../../domain/units.ts';
import type { KeptAside, SubscriptionSummary, WebhookTokenPlace } from '../../domain/webhook.ts';
import type { SealedVerification, WebhookVault } from './listening.ts';

/** One integration has one subscription at Notion; a workspace has few integrations. */
export const subscriptionsMax = 20;
/** How long an address waits for its handshake: an admin pastes it at Notion at once, or resets it. */
export const handshakeMsMax = 24 * hourMs;

/** What administering subscriptions needs of the store. Each method sees the subscriptions of the named workspace alone. */
export interface SubscriptionStore {
  /** Null when the workspace has as many as it may. */
  add(workspaceId: WorkspaceId, added: NewSubscription, most: number): Promise<SubscriptionSummary | null>;
  list(workspaceId: WorkspaceId): Promise<SubscriptionSummary[]>;
  /** Marks the token as shown and answers with it, once; `none`: there is none that could be shown now. */
  takeToken(workspaceId: WorkspaceId, id: SubscriptionId): Promise<OfferedToken | 'none' | null>;
  /** Gives it another address and drops its token. Null: there is no such subscription. */
  reset(workspaceId: WorkspaceId, id: SubscriptionId, renewal: Renewal): Promise<SubscriptionSummary | null>;
  /** False: there was none. */
  remove(workspaceId: WorkspaceId, id: SubscriptionId): Promise<boolean>;
  /** Newest first. Null: there is no such subscription. */
  keptAside(workspaceId: WorkspaceId, id: SubscriptionId): Promise<KeptAside[] | null>;
}

interface Renewal {
  readonly address: string;
  readonly handshakeMsMax: number;
}

export interface NewSubscription extends Renewal {
  readonly id: SubscriptionId;
  readonly createdBy: PrincipalId;
}

export interface OfferedToken extends WebhookTokenPlace {
  readonly token: SealedVerification;
}

interface Named {
  readonly workspaceId: WorkspaceId;
  readonly id: SubscriptionId;
}

/** What admins do with subscriptions. Each command runs where `forward` stands: after the decision. */
export function createSubscriptionCommands(parts: { store: SubscriptionStore; vault: Pick<WebhookVault, 'open'> }) {
  const { store, vault } = parts;
  return {
    list: (workspaceId: WorkspaceId) => store.list(workspaceId),

    /** Throws `conflict` when the workspace has as many as it may. */
    async create(workspaceId: WorkspaceId, { caller }: CommandContext): Promise<SubscriptionSummary> {
      const { principal } = caller;
      if (principal.kind !== 'user' && principal.kind !== 'agent') throw new PortcullisError('restricted');
      const added = { id: newId('whs'), createdBy: principal.id, ...renewal() };
      const made = await store.add(workspaceId, added, subscriptionsMax);
      if (made !== null) return made;
      throw new PortcullisError('conflict', `A workspace has at most ${subscriptionsMax} webhook subscriptions.`);
    },

    /** The verification token, for the one admin who asks first. Throws `not_found` and `conflict`. */
    async takeToken({ workspaceId, id }: Named): Promise<Secret> {
      const offered = await store.takeToken(workspaceId, id);
      if (offered === null) throw missing();
      if (offered === 'none') throw new PortcullisError('conflict', noTokenToShow);
      return vault.open(offered, offered.token);
    },

    /** Starts over: with another address, for whoever knew the old one may not know this. Throws `not_found`. */
    async reset({ workspaceId, id }: Named): Promise<SubscriptionSummary> {
      return (await store.reset(workspaceId, id, renewal())) ?? fail(missing());
    },

    async remove({ workspaceId, id }: Named): Promise<void> {
      if (!(await store.remove(workspaceId, id))) throw missing();
    },

    async keptAside({ workspaceId, id }: Named): Promise<KeptAside[]> {
      return (await store.keptAside(workspaceId, id)) ?? fail(missing());
    },
  };
}

const noTokenToShow =
  'There is no token to show: Notion has not sent one to this address, or it was shown already, or somebody else sent one too. The state of the subscription says which. Reset it to start over.';

function renewal(): Renewal {
  return { address: randomBytes(32).toString('base64url'), handshakeMsMax };
}

function missing(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such webhook subscription.');
}

function fail(error: PortcullisError): never {
  throw error;
}
