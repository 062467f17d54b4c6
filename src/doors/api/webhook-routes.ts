import { type ZodType, z } from 'zod';
import type { RecordEvent } from '../../domain/event.ts';
import type { EventName } from '../../domain/event-names.ts';
import type { PrincipalId, SubscriptionId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { Secret } from '../../domain/secret.ts';
import { type KeptAside, type SubscriptionSummary, type WebhookOwner, withUrl } from '../../domain/webhook.ts';
import { idOf } from './fields.ts';
import { workspaceOf } from './in-workspace.ts';
import { recordChange } from './record-change.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from './route.ts';
import {
  keptAsideAnswer,
  subscription as subscriptionShape,
  subscriptionsAnswer,
  verificationTokenAnswer,
} from './shapes/webhooks.ts';

/** What these routes have done. */
export interface WebhookCommands {
  list(owner: WebhookOwner): Promise<SubscriptionSummary[]>;
  create(owner: WebhookOwner, createdBy: PrincipalId): Promise<SubscriptionSummary>;
  takeToken(named: Named): Promise<Secret>;
  reset(named: Named): Promise<SubscriptionSummary>;
  remove(named: Named): Promise<void>;
  keptAside(named: Named): Promise<KeptAside[]>;
}

interface Named {
  readonly owner: WebhookOwner;
  readonly id: SubscriptionId;
}

/** The owner of a set of subscriptions. */
interface Place {
  readonly path: `/api/${string}`;
  readonly name: string;
  readonly whose: string;
  readonly demand: RouteDemand;
  readonly params: Readonly<Record<string, ZodType>>;
  ownerIn(context: CommandContext): WebhookOwner;
}

const places: readonly Place[] = [
  {
    path: '/api/workspaces/:workspace/webhooks',
    name: 'webhooks',
    whose: 'a workspace',
    demand: { on: 'workspace', action: 'connect' },
    params: { workspace: idOf('wsp') },
    ownerIn: workspaceOf,
  },
  {
    path: '/api/webhooks',
    name: 'deployment_webhooks',
    whose: 'the deployment',
    demand: { on: 'deployment', action: 'connect' },
    params: {},
    ownerIn: () => null,
  },
];

interface Parts {
  readonly commands: WebhookCommands;
  readonly record: RecordEvent;
  readonly publicUrl: string;
}

/** The addresses at which Notion reports to a workspace, or to the deployment for all workspaces: docs/webhooks.md. */
export function createWebhookRoutes(parts: Parts): ApiRoute[] {
  return places.flatMap(place => routesOf(place, parts));
}

function routesOf({ path, name, whose, demand, params, ownerIn }: Place, { commands, record, publicUrl }: Parts) {
  const here = z.object(params);
  const named = z.object({ ...params, subscription: idOf('whs') });
  const view = (summary: SubscriptionSummary) => withUrl(summary, publicUrl);
  const nameOf = (input: { params: { subscription: SubscriptionId } }, context: CommandContext): Named => ({
    owner: ownerIn(context),
    id: input.params.subscription,
  });
  const changed = (context: CommandContext, event: EventName, subscription: SubscriptionId) =>
    recordChange(record, context, event, { subscription });

  return [
    apiRoute({
      method: 'GET',
      path,
      name: `${name}.list`,
      answer: subscriptionsAnswer,
      summary: `The addresses at which ${whose} hears from Notion, and whether they work`,
      demand,
      params: here,
      run: async (_input, context) => ({ subscriptions: (await commands.list(ownerIn(context))).map(view) }),
    }),
    apiRoute({
      method: 'POST',
      path,
      name: `${name}.create`,
      answer: subscriptionShape,
      summary: `Make an address for Notion to send events of ${whose} to`,
      demand,
      params: here,
      status: 201,
      async run(_input, context) {
        const made = await commands.create(ownerIn(context), authorOf(context));
        await changed(context, 'webhook.created', made.id);
        return view(made);
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/:subscription/token`,
      name: `${name}.take_token`,
      answer: verificationTokenAnswer,
      summary: 'The verification token that Notion sent, once, to be pasted at Notion',
      demand,
      params: named,
      async run(input, context) {
        const token = await commands.takeToken(nameOf(input, context));
        await changed(context, 'webhook.token_shown', input.params.subscription);
        return { verificationToken: token.reveal() };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/:subscription/reset`,
      name: `${name}.reset`,
      answer: subscriptionShape,
      summary: 'Start over with another address: the old one and its token are worth nothing from then on',
      demand,
      params: named,
      async run(input, context) {
        const renewed = await commands.reset(nameOf(input, context));
        await changed(context, 'webhook.reset', renewed.id);
        return view(renewed);
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/:subscription/kept-aside`,
      name: `${name}.kept_aside`,
      answer: keptAsideAnswer,
      summary: 'Events of types that this Portcullis does not know, newest first',
      demand,
      params: named,
      run: async (input, context) => ({ events: await commands.keptAside(nameOf(input, context)) }),
    }),
    apiRoute({
      method: 'DELETE',
      path: `${path}/:subscription`,
      name: `${name}.remove`,
      answer: null,
      summary: 'Stop listening at an address',
      demand,
      params: named,
      status: 204,
      async run(input, context) {
        await commands.remove(nameOf(input, context));
        await changed(context, 'webhook.removed', input.params.subscription);
      },
    }),
  ];
}

function authorOf({ caller: { principal } }: CommandContext): PrincipalId {
  if (principal.kind === 'user' || principal.kind === 'agent') return principal.id;
  throw new Error('Only people and agents get this far.');
}
