import { randomBytes } from 'node:crypto';
import { PortcullisError } from '../domain/errors.ts';
import { newId, type PrincipalId, type SubscriptionId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import { hourMs } from '../domain/units.ts';
import type { KeptAside, SubscriptionSummary, WebhookOwner, WebhookTokenPlace } from '../domain/webhook.ts';
import type { SealedVerification, WebhookVault } from './listening.ts';

/** One integration has one subscription at Notion; a workspace, or a deployment, has few integrations. */
const subscriptionsMax = 20;
/** How long an address waits for its handshake: an admin pastes it at Notion at once, or resets it. */
const handshakeMsMax = 24 * hourMs;

/** What administering subscriptions needs of the store. Each method sees the subscriptions of the named owner alone. */
export interface SubscriptionStore {
  /** Null when the owner has as many as it may. */
  add(owner: WebhookOwner, added: NewSubscription, most: number): Promise<SubscriptionSummary | null>;
  list(owner: WebhookOwner): Promise<SubscriptionSummary[]>;
  /** A token that no admin has seen yet; `none`: there is none that could be shown now. */
  findOffered(named: NamedSubscription): Promise<OfferedToken | 'none' | null>;
  /** True once for each token, for any number of calls. */
  markShown(offered: OfferedToken): Promise<boolean>;
  /** Gives it another address and drops its token. Null: there is no such subscription. */
  reset(named: NamedSubscription, renewal: Renewal): Promise<SubscriptionSummary | null>;
  /** False: there was none. */
  remove(named: NamedSubscription): Promise<boolean>;
  /** Newest first. Null: there is no such subscription. */
  keptAside(named: NamedSubscription): Promise<KeptAside[] | null>;
}

export interface NamedSubscription {
  readonly owner: WebhookOwner;
  readonly id: SubscriptionId;
}

interface Renewal {
  readonly address: string;
  readonly handshakeMsMax: number;
}

export interface NewSubscription extends Renewal {
  readonly id: SubscriptionId;
  /** Null for an operator, who works on the database itself. */
  readonly createdBy: PrincipalId | null;
}

export interface OfferedToken extends WebhookTokenPlace {
  readonly token: SealedVerification;
}

/** The admins' commands on subscriptions. A command runs instead of `forward`, after the decision. */
export function createSubscriptionCommands(parts: { store: SubscriptionStore; vault: Pick<WebhookVault, 'open'> }) {
  const { store, vault } = parts;
  return {
    list: (owner: WebhookOwner) => store.list(owner),

    /** Throws `conflict` when the owner has as many as it may. */
    async create(owner: WebhookOwner, createdBy: PrincipalId | null): Promise<SubscriptionSummary> {
      const made = await store.add(owner, { id: newId('whs'), createdBy, ...renewal() }, subscriptionsMax);
      if (made !== null) return made;
      throw new PortcullisError('conflict', `There are at most ${subscriptionsMax} webhook subscriptions.`);
    },

    /** The verification token, for the first admin who asks. Throws `not_found` and `conflict`. */
    async takeToken(named: NamedSubscription): Promise<Secret> {
      const offered = await store.findOffered(named);
      if (offered === null) throw missing();
      if (offered === 'none') throw nothingToShow();
      // Opened first: a key that is out of reach must not cost the only look at it.
      const token = await vault.open(offered, offered.token);
      if (!(await store.markShown(offered))) throw nothingToShow();
      return token;
    },

    /** Starts over with another address, because strangers may know the old one. Throws `not_found`. */
    async reset(named: NamedSubscription): Promise<SubscriptionSummary> {
      return (await store.reset(named, renewal())) ?? fail(missing());
    },

    async remove(named: NamedSubscription): Promise<void> {
      if (!(await store.remove(named))) throw missing();
    },

    async keptAside(named: NamedSubscription): Promise<KeptAside[]> {
      return (await store.keptAside(named)) ?? fail(missing());
    },
  };
}

function nothingToShow(): PortcullisError {
  return new PortcullisError(
    'conflict',
    'There is no token to show: Notion has not sent one to this address, or it was shown already, or a stranger sent one too. The state of the subscription says which. Reset it to start over.',
  );
}

function renewal(): Renewal {
  return { address: randomBytes(32).toString('base64url'), handshakeMsMax };
}

function missing(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such webhook subscription.');
}

function fail(error: PortcullisError): never {
  throw error;
}
