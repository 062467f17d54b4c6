import { z } from 'zod';
import { readWebhooksConfig } from '../config/config.ts';
import { isId, type SubscriptionId } from '../domain/ids.ts';
import { type Invocation, type Option, UsageError } from './command.ts';
import { operatorOptions, sayDatabase } from './operator-options.ts';
import type { Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { textOf, workspaceOf, workspaceOption } from './workspace-option.ts';

/** What every command about webhook subscriptions takes. */
export const webhookOptions: Readonly<Record<string, Option>> = {
  ...remoteOptions,
  ...workspaceOption,
  deployment: { takes: null, doc: 'those of the deployment, which hear of every workspace' },
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

const subscription = z.object({
  id: z.string(),
  state: z.string(),
  url: z.string(),
  handshakeUntil: z.coerce.date(),
  createdAt: z.coerce.date(),
  confirmedAt: z.coerce.date().nullable(),
  lastEventAt: z.coerce.date().nullable(),
  keptAside: z.number(),
});
export type Subscription = z.infer<typeof subscription>;

const keptAside = z.object({
  eventId: z.string(),
  type: z.string(),
  entity: z.object({ kind: z.string(), id: z.string() }).nullable(),
  receivedAt: z.coerce.date(),
});
export type ListedEvent = z.infer<typeof keptAside>;

const listAnswer = z.object({ subscriptions: z.array(subscription) });
const tokenAnswer = z.object({ verificationToken: z.string() });
const asideAnswer = z.object({ events: z.array(keptAside) });

/** Runs `work` on the subscriptions that an invocation is about. Throws UsageError, and what either way throws. */
export async function withWebhooks<T>(invocation: Invocation, work: (webhooks: Webhooks) => Promise<T>): Promise<T> {
  const { options, settings, terminal } = invocation;
  if (options.deployment !== true) {
    const remote = remoteOf(invocation);
    return work(remoteWebhooks(remote, `/api/workspaces/${await workspaceOf(invocation, remote)}/webhooks`));
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

function remoteWebhooks(remote: Remote, path: `/api/${string}`): Webhooks {
  return {
    list: async () => listAnswer.parse(await remote.get(path)).subscriptions,
    add: async () => subscription.parse(await remote.send('POST', path)),
    token: async id => tokenAnswer.parse(await remote.send('POST', `${path}/${id}/token`)).verificationToken,
    reset: async id => subscription.parse(await remote.send('POST', `${path}/${id}/reset`)),
    async remove(id) {
      await remote.send('DELETE', `${path}/${id}`);
    },
    keptAside: async id => asideAnswer.parse(await remote.get(`${path}/${id}/kept-aside`)).events,
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
