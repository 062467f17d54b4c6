import type { SubscriptionId } from '../domain/ids.ts';
import type { Command, Invocation } from './command.ts';
import {
  type ListedEvent,
  type Subscription,
  subscriptionNamed,
  type Webhooks,
  webhookNotes,
  webhookOptions,
  withWebhooks,
} from './webhooks-place.ts';

const listOptions = {
  ...webhookOptions,
  json: { takes: null, doc: 'one JSON object a line' },
};

type Described = Pick<Command, 'name' | 'summary' | 'options'>;

/** A command on all subscriptions. */
function onAll(command: Described, work: (webhooks: Webhooks, invocation: Invocation) => Promise<void>): Command {
  return {
    ...command,
    parameters: [],
    notes: webhookNotes,
    async run(invocation) {
      await withWebhooks(invocation, webhooks => work(webhooks, invocation));
      return 0;
    },
  };
}

/** A command on one subscription. */
function onOne(
  command: Described,
  work: (webhooks: Webhooks, id: SubscriptionId, invocation: Invocation) => Promise<void>,
): Command {
  return {
    ...command,
    parameters: ['SUBSCRIPTION'],
    notes: webhookNotes,
    async run(invocation) {
      const id = subscriptionNamed(invocation);
      await withWebhooks(invocation, webhooks => work(webhooks, id, invocation));
      return 0;
    },
  };
}

export const webhooksList = onAll(
  {
    name: 'webhooks list',
    summary: 'List the addresses at which Notion tells of changes, and whether they work.',
    options: listOptions,
  },
  async (webhooks, invocation) => {
    const all = await webhooks.list();
    if (all.length === 0) invocation.terminal.err('There are none. To make one: portcullis webhooks add');
    for (const one of all) print(invocation, one, describe);
  },
);

export const webhooksAdd = onAll(
  {
    name: 'webhooks add',
    summary: 'Make an address for Notion to send events to.',
    options: listOptions,
  },
  async (webhooks, invocation) => {
    const made = await webhooks.add();
    print(invocation, made, describe);
    sayNext(invocation, made);
  },
);

export const webhooksToken = onOne(
  {
    name: 'webhooks token',
    summary: 'Print the verification token that Notion sent to an address. Works once.',
    options: webhookOptions,
  },
  async (webhooks, id, invocation) => {
    const { terminal } = invocation;
    terminal.out(await webhooks.token(id));
    terminal.err('Paste it at Notion: it is not shown again. The first event confirms it.');
  },
);

export const webhooksReset = onOne(
  {
    name: 'webhooks reset',
    summary: 'Start over with another address: the old one and its token are worth nothing from then on.',
    options: listOptions,
  },
  async (webhooks, id, invocation) => {
    const renewed = await webhooks.reset(id);
    print(invocation, renewed, describe);
    sayNext(invocation, renewed);
  },
);

export const webhooksRemove = onOne(
  { name: 'webhooks remove', summary: 'Stop listening at an address.', options: webhookOptions },
  async (webhooks, id, invocation) => {
    await webhooks.remove(id);
    invocation.terminal.err('Removed. Delete the subscription at Notion too.');
  },
);

export const webhooksKeptAside = onOne(
  {
    name: 'webhooks kept-aside',
    summary: 'List events of types that this Portcullis does not know, newest first.',
    options: listOptions,
  },
  async (webhooks, id, invocation) => {
    for (const one of await webhooks.keptAside(id)) print(invocation, one, describeAside);
  },
);

function print<T>({ options, terminal }: Invocation, value: T, describeIt: (value: T) => string): void {
  terminal.out(options.json === true ? JSON.stringify(value) : describeIt(value));
}

function describe({ id, state, url, lastEventAt, keptAside }: Subscription): string {
  const last = lastEventAt === null ? [] : [`last event ${lastEventAt.toISOString()}`];
  return [id, state.padEnd(9), url, ...last, ...(keptAside > 0 ? [`${keptAside} kept aside`] : [])].join('  ');
}

function describeAside({ receivedAt, type, entity }: ListedEvent): string {
  return [receivedAt.toISOString(), type, ...(entity === null ? [] : [entity.kind, entity.id])].join('  ');
}

function sayNext({ options, terminal }: Invocation, { id, handshakeUntil }: Subscription): void {
  const next = ['portcullis webhooks token', id, ...(options.deployment === true ? ['--deployment'] : [])].join(' ');
  terminal.err(`Give the address to Notion before ${handshakeUntil.toISOString()}. Then: ${next}`);
}
