import { readWebhooksConfig } from '../config/config.ts';
import { isId, type SubscriptionId } from '../domain/ids.ts';
import { type Invocation, type Option, UsageError } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';
import { answerOf, type Remote, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

/** What every command about webhook subscriptions takes. */
export const webhookOptions: Readonly<Record<string, Option>> = {
  ...remoteOptions,
  ...workspaceOption,
  deployment: { takes: null, doc: 'those of the deployment, which get the events of every workspace' },
  ...operatorOptions,
};

export const webhookNotes =
  'Asks a running gateway, as the holder of a key with the action `connect`. With --deployment it works beside running ' +
  'gateways, on their database and with their settings (PORTCULLIS_PUBLIC_URL, root keys), because no key has rights above ' +
  'a workspace. docs/webhooks.md says when to use which.';

/** The subscriptions of a workspace, or of the deployment. */
export interface Webhooks {
  list(): Promise<readonly Subscription[]>;
  add(): Promise<Subscription>;
  token(id: SubscriptionId): Promise<string>;
  reset(id: SubscriptionId): Promise<Subscription>;
  remove(id: SubscriptionId): Promise<void>;
  keptAside(id: SubscriptionId): Promise<readonly ListedEvent[]>;
}

/** From the gateway's answer, or from the database itself: their times have different forms. */
export type Subscription = Pick<Shapes['Subscription'], 'id' | 'state' | 'url' | 'keptAside'> &
  Readonly<Record<'handshakeUntil' | 'createdAt', Date> & Record<'confirmedAt' | 'lastEventAt', Date | null>>;
export type ListedEvent = Omit<Shapes['KeptAsideEvent'], 'receivedAt'> & { readonly receivedAt: Date };

/** Runs `work` on the subscriptions that an invocation is about. Throws UsageError, and what either way throws. */
export async function withWebhooks<T>(invocation: Invocation, work: (webhooks: Webhooks) => Promise<T>): Promise<T> {
  const { options, settings, terminal } = invocation;
  if (options.deployment !== true) {
    const { remote, path } = await workspaceAt(invocation);
    return work(remoteWebhooks(remote, path));
  }
  if (textOf(options.workspace) !== undefined) {
    throw new UsageError('--deployment and --workspace exclude each other', 'give one of them');
  }
  const config = readWebhooksConfig(terminal.env, settings);
  sayDatabase(config.database, invocation);
  // Loaded here, because most commands need none of it.
  const { openWebhookTasks } = await import('../compose/webhooks.ts');
  const tasks = await openWebhookTasks(config, message => terminal.err(`warning: ${message}`));
  try {
    return await work(tasks);
  } finally {
    await tasks.close();
  }
}

function remoteWebhooks(remote: Remote, path: { readonly workspace: string }): Webhooks {
  const params = { path };
  const at = (subscription: SubscriptionId) => ({ params: { path: { ...path, subscription } } });
  return {
    async list() {
      const { subscriptions } = await answerOf(remote.GET('/api/workspaces/{workspace}/webhooks', { params }));
      return subscriptions.map(withDates);
    },
    add: async () => withDates(await answerOf(remote.POST('/api/workspaces/{workspace}/webhooks', { params }))),
    async token(id) {
      const taken = remote.POST('/api/workspaces/{workspace}/webhooks/{subscription}/token', at(id));
      return (await answerOf(taken)).verificationToken;
    },
    async reset(id) {
      const renewed = remote.POST('/api/workspaces/{workspace}/webhooks/{subscription}/reset', at(id));
      return withDates(await answerOf(renewed));
    },
    async remove(id) {
      await remote.DELETE('/api/workspaces/{workspace}/webhooks/{subscription}', at(id));
    },
    async keptAside(id) {
      const kept = remote.GET('/api/workspaces/{workspace}/webhooks/{subscription}/kept-aside', at(id));
      return (await answerOf(kept)).events.map(event => ({ ...event, receivedAt: new Date(event.receivedAt) }));
    },
  };
}

function withDates(answered: Shapes['Subscription']): Subscription {
  const { handshakeUntil, createdAt, confirmedAt, lastEventAt } = answered;
  return {
    ...answered,
    handshakeUntil: new Date(handshakeUntil),
    createdAt: new Date(createdAt),
    confirmedAt: confirmedAt === null ? null : new Date(confirmedAt),
    lastEventAt: lastEventAt === null ? null : new Date(lastEventAt),
  };
}

/** The subscription that an invocation names. Throws UsageError. */
export function subscriptionNamed({ parameters }: Invocation): SubscriptionId {
  const text = parameters.SUBSCRIPTION ?? '';
  if (isId('whs', text)) return text;
  throw new UsageError(
    `"${text}" is not the id of a subscription`,
    'it looks like whs_0190…: portcullis webhooks list',
  );
}
